"""Incidents as the API shows them to the staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from server.accounts.graph.reports import SecurityReportKind
from server.accounts.reads import open_or_none
from server.incidents import reads
from server.incidents.graph.enums import (
    EntryKindEnum,
    ExemptionEnum,
    ReachEnum,
    RiskEnum,
    SourceEnum,
    StateEnum,
)
from server.incidents.graph.types import OFFICERS
from server.incidents.reads import AffectedRow, EntryRow, IncidentRow
from server.incidents.rules.lifecycle import Criterion, Reach
from server.kit.clock import to_micros
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.work import Read

ENTRIES_SHOWN = 20
_BATCHED = "resolved for many incidents at once"


@exposes(OFFICERS)
@strawberry.type(description="What an incident affects, and at which risk (H022).")
class IncidentAssessment:
    risk: RiskEnum = strawberry.field(description="The risk for people.")
    categories: list[str] = strawberry.field(description="Which categories of data, by the policy.")
    people: BigInt = strawberry.field(description="How many people, as far as known.")
    consequences: str | None = strawberry.field(description="What is likely to follow for them.")
    assessed_at: datetime = strawberry.field(description="When it was last assessed.")


@exposes(OFFICERS)
@strawberry.type(description="By what affected accounts are found, besides those that are named.")
class IncidentCriterion:
    everyone: bool = strawberry.field(description="All customers of then.")
    held_category: str | None = strawberry.field(
        description="Of whom data of this category is held; null otherwise."
    )
    signed_in_from: datetime | None = strawberry.field(
        description="Who signed in from this instant on; null otherwise."
    )
    signed_in_until: datetime | None = strawberry.field(
        description="Who signed in before this instant; null otherwise."
    )
    applied_at: datetime | None = strawberry.field(
        description="When it was applied to all accounts; null while it is not."
    )


@exposes(OFFICERS)
@strawberry.type(description="Whether customers are told of an incident (H023).")
class IncidentDecision:
    notify: bool = strawberry.field(description="Whether they are.")
    reason: str | None = strawberry.field(description="Why.")
    exemption: ExemptionEnum | None = strawberry.field(
        description="Why they need not be told of a risk; null otherwise."
    )
    message: str | None = strawberry.field(description="What they are told; null where they are not.")
    decided_at: datetime = strawberry.field(description="When it was decided.")
    told_at: datetime | None = strawberry.field(description="When the last of them was told; null before.")


@exposes(OFFICERS)
@strawberry.type(description="That the authority was told of an incident (GDPR article 33).")
class IncidentAuthorityNotice:
    authority: str | None = strawberry.field(description="Which authority.")
    reference: str | None = strawberry.field(description="Under which reference.")
    notified_at: datetime = strawberry.field(description="When.")
    late: bool = strawberry.field(description="Whether that was after the due date.")
    delay_reason: str | None = strawberry.field(description="Why it was late; null where it was not.")


@exposes(OFFICERS)
@strawberry.type(description="How many accounts an incident affects.")
class IncidentCounts:
    accounts: int = strawberry.field(description="All of them.")
    told: int = strawberry.field(description="How many were told.")
    gone: int = strawberry.field(description="How many were erased before they could be told.")


@exposes(OFFICERS)
@strawberry.type(description="An account that an incident affects.")
class IncidentAccount:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    named: bool = strawberry.field(description="Whether it was named; the criterion found the others.")
    reach: ReachEnum = strawberry.field(description="Whether it was told.")
    added_at: datetime = strawberry.field(description="Since when it counts as affected.")
    told_at: datetime | None = strawberry.field(description="When it was told; null before.")

    @classmethod
    def of(cls, row: AffectedRow) -> IncidentAccount:
        return cls(
            account_id=strawberry.ID(row.account_id),
            named=row.criterion is None,
            reach=ReachEnum[row.status],
            added_at=row.added_at,
            told_at=row.told_at,
        )


@exposes(OFFICERS)
@strawberry.type(description="One thing that was done about an incident.")
class IncidentEntry:
    number: int = strawberry.field(description="Its place among the incident's entries, from 1.")
    kind: EntryKindEnum = strawberry.field(description="What it is.")
    state: StateEnum | None = strawberry.field(
        description="The state that was reached or skipped; null for a note or a correction."
    )
    text: str | None = strawberry.field(description="What was written; null where a state was reached.")
    written_at: datetime = strawberry.field(description="When.")
    written_by: strawberry.ID | None = strawberry.field(
        description="The credential that wrote it; null for the server itself."
    )

    @classmethod
    def of(cls, read: Read, row: EntryRow) -> IncidentEntry:
        return cls(
            number=row.number,
            kind=EntryKindEnum[row.kind],
            state=None if row.status is None else StateEnum[row.status],
            text=open_or_none(read, "incident_entries.text", row.text),
            written_at=row.written_at,
            written_by=None if row.written_by is None else strawberry.ID(row.written_by),
        )


def _counts_of(cases: Sequence[IncidentCase], info: Info) -> list[IncidentCounts]:
    found = reads.reached(info.context.read, [str(case.id) for case in cases])
    return [
        IncidentCounts(
            accounts=sum(counts.values()),
            told=counts.get(Reach.TOLD, 0),
            gone=counts.get(Reach.GONE, 0),
        )
        for counts in (found[str(case.id)] for case in cases)
    ]


def _entries_of(cases: Sequence[IncidentCase], info: Info) -> list[list[IncidentEntry]]:
    read = info.context.read
    found = reads.newest_entries(read, [str(case.id) for case in cases], ENTRIES_SHOWN)
    return [[IncidentEntry.of(read, row) for row in found[str(case.id)]] for case in cases]


@exposes(OFFICERS)
@strawberry.type(description="An incident as the staff sees it.")
class IncidentCase(Node):
    kind: SecurityReportKind = strawberry.field(description="What happened.")
    source: SourceEnum = strawberry.field(description="How it became known.")
    state: StateEnum = strawberry.field(description="Where it is.")
    report_id: strawberry.ID | None = strawberry.field(
        description="The customer's report that opened it, `srp_…`; null otherwise."
    )
    summary: str | None = strawberry.field(description="What is known; null where a report says it.")
    message_id: str | None = strawberry.field(
        description="The Message-ID of the mail by which it became known; null without."
    )
    occurred_at: datetime | None = strawberry.field(
        description="When it happened; null when that is unknown."
    )
    known_at: datetime = strawberry.field(description="When the company knew of it, which starts the clock.")
    due_at: datetime = strawberry.field(
        description="Until when the authority is told, 72 hours later by law; no pause moves it."
    )
    overdue: bool = strawberry.field(description="Whether that passed without a recorded notice.")
    assessment: IncidentAssessment | None = strawberry.field(description="What it affects; null before.")
    criterion: IncidentCriterion | None = strawberry.field(
        description="By what affected accounts are found; null where all are named."
    )
    decision: IncidentDecision | None = strawberry.field(
        description="Whether customers are told; null before it is decided."
    )
    authority_notice: IncidentAuthorityNotice | None = strawberry.field(
        description="That the authority was told; null before."
    )
    opened_at: datetime = strawberry.field(description="When it was entered into the register.")
    closed_at: datetime | None = strawberry.field(description="When it was closed; null before.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    cursor: strawberry.Private[str]

    @strawberry.field(
        description="How many accounts it affects; `incidentAccounts` lists them.",
        metadata=declare(OFFICERS, batch=_counts_of),
    )
    def affected(self) -> IncidentCounts:
        raise AssertionError(_BATCHED)

    @strawberry.field(
        description="The 20 newest entries about it, in order; `incidentEntries` lists all.",
        metadata=declare(OFFICERS, batch=_entries_of, items=ENTRIES_SHOWN),
    )
    def entries(self) -> list[IncidentEntry]:
        raise AssertionError(_BATCHED)

    @classmethod
    def of(cls, read: Read, row: IncidentRow) -> IncidentCase:
        return cls(
            id=strawberry.ID(row.id),
            kind=SecurityReportKind[row.kind],
            source=SourceEnum[row.source],
            state=StateEnum[row.status],
            report_id=None if row.report_id is None else strawberry.ID(row.report_id),
            summary=open_or_none(read, "incidents.summary", row.summary),
            message_id=open_or_none(read, "incidents.message_id", row.message_id),
            occurred_at=row.occurred_at,
            known_at=row.known_at,
            due_at=row.due_at,
            overdue=row.overdue_at is not None,
            assessment=_assessment(read, row),
            criterion=_criterion(row),
            decision=_decision(read, row),
            authority_notice=_authority_notice(read, row),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            updated_at=row.updated_at,
            cursor=f"{row.queue_rank}.{to_micros(row.due_at)}.{row.id}",
        )


@exposes(OFFICERS)
@strawberry.type(
    description="Where an incident is. What is read of it is audited, so a feed tells no more: ask for the incident."
)
class IncidentStanding:
    incident_id: strawberry.ID = strawberry.field(description="The incident, `inc_…`.")
    state: StateEnum = strawberry.field(description="Where it is.")
    due_at: datetime = strawberry.field(description="Until when the authority is told.")
    overdue: bool = strawberry.field(description="Whether that passed without a recorded notice.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, row: IncidentRow) -> IncidentStanding:
        return cls(
            incident_id=strawberry.ID(row.id),
            state=StateEnum[row.status],
            due_at=row.due_at,
            overdue=row.overdue_at is not None,
            updated_at=row.updated_at,
        )


@exposes(OFFICERS)
@strawberry.type(description="One message of `incidentChanged`.")
class IncidentCaseUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The staff's sequence of this message; give it as `after` to resume behind it."
    )
    incident: IncidentStanding | None = strawberry.field(
        description="The incident, with the state that it had right after this change. In a snapshot or a reset the "
        "one that was asked for as it is now, null when all are watched."
    )
    newest: list[IncidentStanding] = strawberry.field(
        description="In a snapshot or a reset of all incidents the 20 newest; else empty."
    )


def _assessment(read: Read, row: IncidentRow) -> IncidentAssessment | None:
    if row.assessed_at is None or row.risk is None:
        return None
    return IncidentAssessment(
        risk=RiskEnum[row.risk],
        categories=(row.categories or "").split(),
        people=BigInt(row.people or 0),
        consequences=open_or_none(read, "incidents.consequences", row.consequences),
        assessed_at=row.assessed_at,
    )


def _criterion(row: IncidentRow) -> IncidentCriterion | None:
    if row.criterion is None:
        return None
    return IncidentCriterion(
        everyone=row.criterion == Criterion.EVERYONE.value,
        held_category=row.criterion_category,
        signed_in_from=row.criterion_from,
        signed_in_until=row.criterion_until,
        applied_at=row.scanned_at,
    )


def _decision(read: Read, row: IncidentRow) -> IncidentDecision | None:
    if row.notify is None or row.decided_at is None:
        return None
    return IncidentDecision(
        notify=row.notify,
        reason=open_or_none(read, "incidents.notify_reason", row.notify_reason),
        exemption=None if row.exemption is None else ExemptionEnum[row.exemption],
        message=open_or_none(read, "incidents.message", row.message),
        decided_at=row.decided_at,
        told_at=row.told_at,
    )


def _authority_notice(read: Read, row: IncidentRow) -> IncidentAuthorityNotice | None:
    if row.authority_notified_at is None:
        return None
    return IncidentAuthorityNotice(
        authority=open_or_none(read, "incidents.authority", row.authority),
        reference=open_or_none(read, "incidents.authority_reference", row.authority_reference),
        notified_at=row.authority_notified_at,
        late=row.authority_notified_at > row.due_at,
        delay_reason=open_or_none(read, "incidents.delay_reason", row.delay_reason),
    )
