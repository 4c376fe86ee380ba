"""The enumerations of customers' requests, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="PrivacyRequestKind", description="What a customer asks about their data.")
class PrivacyKindEnum(Enum):
    ACCESS = strawberry.enum_value("ACCESS", description="A copy of what is held (GDPR article 15).")
    RECTIFICATION = strawberry.enum_value("RECTIFICATION", description="That it is corrected (article 16).")
    ERASURE = strawberry.enum_value("ERASURE", description="That it is deleted (article 17).")
    RESTRICTION = strawberry.enum_value(
        "RESTRICTION", description="That it is stored and not used, for some purposes or all (article 18)."
    )
    PORTABILITY = strawberry.enum_value(
        "PORTABILITY", description="That it can be taken elsewhere (article 20)."
    )
    OBJECTION = strawberry.enum_value(
        "OBJECTION", description="That it is not used, for some purposes or all (article 21)."
    )
    CONSENT_WITHDRAWAL = strawberry.enum_value(
        "CONSENT_WITHDRAWAL", description="That a consent holds no longer (article 7(3))."
    )
    CONCERN = strawberry.enum_value("CONCERN", description="That somebody looks at a concern.")


@strawberry.enum(name="PrivacyRequestSource", description="How a request came.")
class PrivacySourceEnum(Enum):
    SELF = strawberry.enum_value("SELF", description="By somebody who was signed in.")
    STAFF = strawberry.enum_value("STAFF", description="It was told to the staff.")
    MAIL = strawberry.enum_value("MAIL", description="By mail or letter to the company.")
    TICKET = strawberry.enum_value("TICKET", description="It was written to support.")
    CLOSURE = strawberry.enum_value("CLOSURE", description="By closing the account.")
    REPORT = strawberry.enum_value("REPORT", description="By a report that the data is of a minor.")


@strawberry.enum(name="PrivacyRegime", description="The law of data protection that protects an account.")
class RegimeEnum(Enum):
    GDPR = strawberry.enum_value("GDPR", description="Of the European Union and the European Economic Area.")
    FADP = strawberry.enum_value("FADP", description="Of Switzerland.")
    OWN = strawberry.enum_value("OWN", description="Neither holds: what the policy promises by itself.")


@strawberry.enum(name="PrivacyRequestState", description="Where a request is.")
class PrivacyStateEnum(Enum):
    UNVERIFIED = strawberry.enum_value(
        "UNVERIFIED", description="Nobody showed yet who they are; nothing is done before."
    )
    RECEIVED = strawberry.enum_value("RECEIVED", description="It is to be done.")
    IN_PROGRESS = strawberry.enum_value("IN_PROGRESS", description="It is being done.")
    HELD = strawberry.enum_value("HELD", description="An open case keeps it from being done.")
    FULFILLED = strawberry.enum_value("FULFILLED", description="It is done. Final.")
    PARTLY_FULFILLED = strawberry.enum_value(
        "PARTLY_FULFILLED", description="It is done as far as the law allows. Final."
    )
    REFUSED = strawberry.enum_value("REFUSED", description="It was refused on a legal ground. Final.")
    WITHDRAWN = strawberry.enum_value("WITHDRAWN", description="Who asked asks no more. Final.")
    LAPSED = strawberry.enum_value("LAPSED", description="Nobody showed in time who they are. Final.")


@strawberry.enum(name="PrivacyExtensionReason", description="Why more time is needed (GDPR article 12(3)).")
class ExtensionReasonEnum(Enum):
    COMPLEXITY = strawberry.enum_value("COMPLEXITY", description="The request is complex.")
    NUMBER_OF_REQUESTS = strawberry.enum_value("NUMBER_OF_REQUESTS", description="There are many of them.")


@strawberry.enum(name="PrivacyHoldGround", description="Which open case keeps a request from being done.")
class HoldGroundEnum(Enum):
    COMPLAINT = strawberry.enum_value("COMPLAINT", description="A complaint about what was sent.")
    INCIDENT = strawberry.enum_value("INCIDENT", description="An incident that is being looked into.")
    LEGAL_REQUEST = strawberry.enum_value("LEGAL_REQUEST", description="A request of an authority.")


@strawberry.enum(
    name="IdentityProof", description="How somebody showed who they are. What they showed is not kept."
)
class ProofEnum(Enum):
    SESSION = strawberry.enum_value("SESSION", description="They were signed in.")
    CODE_TO_ADDRESS = strawberry.enum_value(
        "CODE_TO_ADDRESS",
        description="They gave back what was sent to an address that is known to be theirs.",
    )
    CALL_BACK = strawberry.enum_value(
        "CALL_BACK", description="They were called at a number that is known to be theirs."
    )
    DOCUMENT = strawberry.enum_value("DOCUMENT", description="They showed a document.")


@strawberry.enum(name="PrivacyRequestEntrySource", description="How what the staff enters came.")
class EntrySourceEnum(Enum):
    STAFF = strawberry.enum_value("STAFF", description="It was told to the staff.")
    MAIL = strawberry.enum_value("MAIL", description="By mail or letter to the company.")


@strawberry.enum(name="ShownIdentityProof", description="How somebody showed the staff who they are.")
class ShownProofEnum(Enum):
    CODE_TO_ADDRESS = strawberry.enum_value(
        "CODE_TO_ADDRESS",
        description="They gave back what was sent to an address that is known to be theirs.",
    )
    CALL_BACK = strawberry.enum_value(
        "CALL_BACK", description="They were called at a number that is known to be theirs."
    )
    DOCUMENT = strawberry.enum_value("DOCUMENT", description="They showed a document.")
