"""The enumerations of incidents, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="IncidentSource", description="How an incident became known.")
class SourceEnum(Enum):
    STAFF = strawberry.enum_value("STAFF", description="The staff noticed it, or was told.")
    MAIL = strawberry.enum_value("MAIL", description="By mail or letter to the company.")
    REPORT = strawberry.enum_value("REPORT", description="A customer reported a compromise.")


@strawberry.enum(name="IncidentEntrySource", description="How what the staff enters became known.")
class EntrySourceEnum(Enum):
    STAFF = strawberry.enum_value("STAFF", description="The staff noticed it, or was told.")
    MAIL = strawberry.enum_value("MAIL", description="By mail or letter to the company.")


@strawberry.enum(name="IncidentState", description="Where an incident is, in this order.")
class StateEnum(Enum):
    REPORTED = strawberry.enum_value("REPORTED", description="It is in the register, and its clock runs.")
    INVESTIGATING = strawberry.enum_value("INVESTIGATING", description="Somebody looks into it.")
    ASSESSED = strawberry.enum_value("ASSESSED", description="What is affected, and the risk, is judged.")
    MITIGATED = strawberry.enum_value("MITIGATED", description="It does no more harm.")
    NOTIFIED = strawberry.enum_value("NOTIFIED", description="Who had to be told of it was told.")
    CORRECTED = strawberry.enum_value("CORRECTED", description="It will not happen again in the same way.")
    CLOSED = strawberry.enum_value("CLOSED", description="Nothing about it changes any more. Final.")


@strawberry.enum(name="IncidentRisk", description="What an incident may mean for people.")
class RiskEnum(Enum):
    NONE = strawberry.enum_value(
        "NONE", description="A risk is unlikely: the authority need not be told (GDPR article 33(1))."
    )
    RISK = strawberry.enum_value("RISK", description="There is a risk to their rights and freedoms.")
    HIGH_RISK = strawberry.enum_value("HIGH_RISK", description="The risk is high (GDPR article 34(1)).")


@strawberry.enum(
    name="IncidentExemption",
    description="Why customers need not be told of a risk (GDPR article 34(3)).",
)
class ExemptionEnum(Enum):
    UNINTELLIGIBLE = strawberry.enum_value(
        "UNINTELLIGIBLE", description="Nobody can read the data: it was encrypted."
    )
    RISK_AVERTED = strawberry.enum_value(
        "RISK_AVERTED", description="What was done since makes the risk unlikely."
    )
    DISPROPORTIONATE = strawberry.enum_value(
        "DISPROPORTIONATE", description="It would take too much; the public is told instead."
    )


@strawberry.enum(name="IncidentLack", description="What an incident needs before it goes on.")
class LackEnum(Enum):
    ASSESSMENT = strawberry.enum_value("ASSESSMENT", description="Categories, people and risk (H022).")
    ACCOUNTS = strawberry.enum_value("ACCOUNTS", description="At least one affected account (H022).")
    SCAN = strawberry.enum_value(
        "SCAN", description="The criterion is still being applied; wait until `criterion.appliedAt`."
    )
    AUTHORITY_NOTICE = strawberry.enum_value(
        "AUTHORITY_NOTICE", description="The notice to the authority (GDPR article 33)."
    )
    DECISION = strawberry.enum_value("DECISION", description="Whether customers are told, and why (H023).")
    CUSTOMERS_TOLD = strawberry.enum_value(
        "CUSTOMERS_TOLD", description="They are still being told; wait until `decision.toldAt`."
    )
    CORRECTION = strawberry.enum_value("CORRECTION", description="A corrective action (H024).")


@strawberry.enum(name="IncidentReach", description="Whether an affected account was told.")
class ReachEnum(Enum):
    WAITING = strawberry.enum_value("WAITING", description="It was not told, or not yet.")
    TOLD = strawberry.enum_value("TOLD", description="It was told.")
    GONE = strawberry.enum_value("GONE", description="It was erased before it could be told.")


@strawberry.enum(name="IncidentEntryKind", description="What an entry of the register is.")
class EntryKindEnum(Enum):
    REACHED = strawberry.enum_value("REACHED", description="A state was reached.")
    SKIPPED = strawberry.enum_value("SKIPPED", description="A state was skipped, for the reason it says.")
    NOTE = strawberry.enum_value("NOTE", description="Something that is known or was done.")
    CORRECTION = strawberry.enum_value("CORRECTION", description="A corrective action.")


@strawberry.enum(name="IncidentNoteKind", description="What the staff writes into the register.")
class NoteKindEnum(Enum):
    NOTE = strawberry.enum_value("NOTE", description="Something that is known or was done.")
    CORRECTION = strawberry.enum_value(
        "CORRECTION", description="A corrective action: there is one before an incident is closed (H024)."
    )
