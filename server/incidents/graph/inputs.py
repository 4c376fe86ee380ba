"""What the staff gives of incidents."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.accounts.graph.reports import SecurityReportKind
from server.incidents.graph.enums import EntrySourceEnum, ExemptionEnum, NoteKindEnum, RiskEnum, StateEnum
from server.incidents.rules.lifecycle import Criteria, Criterion
from server.kit.graph.scalars import BigInt

_WHICH = "The incident, `inc_…`, not closed."


@strawberry.input(description="What is known of an incident at first.")
class OpenIncidentInput:
    kind: SecurityReportKind = strawberry.field(description="What happened.")
    source: EntrySourceEnum = strawberry.field(description="How it became known.")
    known_at: datetime = strawberry.field(
        description="When it became known, at most 365 days ago: the 72 hours run from then."
    )
    occurred_at: datetime | None = strawberry.field(
        default=None, description="When it happened; null when that is unknown."
    )
    summary: str = strawberry.field(description="What is known, up to 2,000 characters.")
    message_id: str | None = strawberry.field(
        default=None, description="The Message-ID of the mail, up to 254 characters; null without."
    )
    account_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Affected accounts, as far as known; at most 100."
    )


@strawberry.input(description="Which accounts an incident affects, and which not after all.")
class NameIncidentAccountsInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    add: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="Accounts that it affects; at most 100 at once."
    )
    remove: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Accounts that it does not affect, which were not told yet; at most 100.",
    )


@strawberry.input(description="Two instants.")
class IncidentSignInsInput:
    since: datetime = strawberry.field(description="From this instant on, of which sign-ins are still kept.")
    until: datetime = strawberry.field(description="Before this instant.")


@strawberry.input(one_of=True, description="By what affected accounts are found.")
class IncidentCriterionInput:
    everyone: bool | None = strawberry.field(
        default=strawberry.UNSET, description="`true`: all customers of now."
    )
    held_category: str | None = strawberry.field(
        default=strawberry.UNSET, description="Of whom data of this category of the policy is held."
    )
    signed_in: IncidentSignInsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Who signed in between two instants."
    )

    def criteria(self) -> Criteria:
        """As the rules have it."""
        if isinstance(self.signed_in, IncidentSignInsInput):
            return Criteria(Criterion.SIGNED_IN, since=self.signed_in.since, until=self.signed_in.until)
        if self.everyone is True:
            return Criteria(Criterion.EVERYONE)
        return Criteria(Criterion.HELD, self.held_category or None)


@strawberry.input(description="By what the affected accounts of an incident are found.")
class SetIncidentCriterionInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    criterion: IncidentCriterionInput | None = strawberry.field(
        default=None,
        description="It takes the place of the one before; null: only named accounts are affected.",
    )


@strawberry.input(description="What an incident affects, and at which risk.")
class AssessIncidentInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    risk: RiskEnum = strawberry.field(description="The risk for people.")
    categories: list[str] = strawberry.field(
        description="Which categories of data of the policy; at least one where there is a risk."
    )
    people: BigInt = strawberry.field(
        description="How many people, as far as known; at least one where there is a risk."
    )
    consequences: str = strawberry.field(
        description="What is likely to follow for them, up to 2,000 characters."
    )


@strawberry.input(description="Whether the customers are told of an incident, and why.")
class DecideIncidentNoticeInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    notify: bool = strawberry.field(description="Whether they are told. That they are cannot be taken back.")
    reason: str = strawberry.field(description="Why, for the register; up to 2,000 characters.")
    exemption: ExemptionEnum | None = strawberry.field(
        default=None, description="Where they are not told of a risk: why they need not be."
    )
    message: str | None = strawberry.field(
        default=None,
        description="What they are told, up to 2,000 characters: what happened, what may follow, what is done about it "
        "and whom to ask (GDPR article 34(2)). Needed where they are.",
    )


@strawberry.input(description="That the authority was told of an incident.")
class RecordIncidentAuthorityNoticeInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    authority: str = strawberry.field(description="Which authority, up to 200 characters.")
    reference: str = strawberry.field(description="Under which reference, up to 200 characters.")
    notified_at: datetime = strawberry.field(description="When it was told.")
    delay_reason: str | None = strawberry.field(
        default=None, description="Why that was after the due date, up to 2,000 characters; needed then."
    )


@strawberry.input(description="What is written about an incident.")
class NoteIncidentInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    kind: NoteKindEnum = strawberry.field(description="A note, or a corrective action.")
    text: str = strawberry.field(description="What is written, up to 2,000 characters.")


@strawberry.input(description="Where an incident goes on to.")
class MoveIncidentInput:
    incident_id: strawberry.ID = strawberry.field(description=_WHICH)
    to: StateEnum = strawberry.field(description="A later state.")
    skip_reason: str | None = strawberry.field(
        default=None,
        description="Why the states in between are skipped, up to 2,000 characters; needed where there are any.",
    )
