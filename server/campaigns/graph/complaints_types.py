"""Complaints as the API shows them, to the customer and to the staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import strawberry

from server.accounts.graph.masking import MASKED, Masked, masked
from server.accounts.reads import open_or_none
from server.accounts.rules import COMPLAINTS_ANSWER
from server.accounts.rules.accesses import LegalDuty
from server.campaigns.graph.complaints_enums import (
    CategoryEnum,
    EvidenceKindEnum,
    ReasonEnum,
    SourceEnum,
    StageEnum,
    StatusEnum,
)
from server.campaigns.reads import complaints as reads
from server.campaigns.reads.complaints import CaseRow
from server.campaigns.rules.complaints import MAY_APPEAL, ComplaintStatus
from server.kit.clock import to_micros
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.viewer import Viewer
from server.kit.work import Read

ANSWER = Access(Who.SIGNED_IN, "security", COMPLAINTS_ANSWER)
DECIDE = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({"SUPPORT", "ADMIN"}),
    duty=LegalDuty.DISPUTES.value,
)
OWN = Access(Who.SIGNED_IN, "security")
"""For the fields of a complaint: whoever was let through a field that leads to it may read it."""


@exposes(OWN)
@strawberry.type(description="What one complainant said.")
class ComplaintReport:
    complainant: str | None = strawberry.field(
        description="The address or number that received the message, so that the consent can be found; null when it "
        "was not told, and once it was erased."
    )
    text: str | None = strawberry.field(
        description="In their words; null without, and once they were erased."
    )
    reported_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, read: Read, row: Any) -> ComplaintReport:
        return cls(
            complainant=open_or_none(read, reads.COMPLAINANT_COLUMN, row.complainant),
            text=open_or_none(read, reads.REPORT_TEXT_COLUMN, row.text),
            reported_at=row.created_at,
        )


@exposes(OWN)
@strawberry.type(description="A piece of the proof.")
class ComplaintEvidence:
    kind: EvidenceKindEnum = strawberry.field(description="What it shows.")
    text: str | None = strawberry.field(description="In the customer's words; null once they were erased.")
    consented_at: datetime | None = strawberry.field(description="When consent was given, where it is told.")
    submitted_at: datetime = strawberry.field(description="When it was submitted.")

    @classmethod
    def of(cls, read: Read, row: Any) -> ComplaintEvidence:
        return cls(
            kind=EvidenceKindEnum[row.kind],
            text=open_or_none(read, reads.EVIDENCE_COLUMN, row.text),
            consented_at=row.consented_at,
            submitted_at=row.created_at,
        )


@exposes(OWN)
@strawberry.type(description="What somebody of the company decided.")
class ComplaintDecision:
    stage: StageEnum = strawberry.field(description="About what.")
    accepted: bool = strawberry.field(description="Whether the customer convinced.")
    reason: ReasonEnum | None = strawberry.field(description="Why not; null when they did.")
    decided_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, row: Any) -> ComplaintDecision:
        return cls(
            stage=StageEnum[row.stage],
            accepted=row.accepted,
            reason=None if row.reason_code is None else ReasonEnum[row.reason_code],
            decided_at=row.decided_at,
        )


@exposes(OWN)
@strawberry.type(
    name="Complaint",
    description="A complaint about what an account sent. While it waits for a proof or a decision nothing is sent.",
)
class ComplaintType(Node):
    campaign_id: strawberry.ID | None = strawberry.field(
        description="About which campaign, `cmp_…`; null when about the account."
    )
    category: CategoryEnum = strawberry.field(description="What it is about.")
    source: SourceEnum = strawberry.field(description="Who opened it.")
    status: StatusEnum = strawberry.field(description="Where it is.")
    unsolicited: bool | None = strawberry.field(
        description="Whether recipients did not ask for the message; null in other categories than spam."
    )
    bulk: bool | None = strawberry.field(
        description="Whether the same went to several recipients; null in other categories than spam."
    )
    report_count: int = strawberry.field(description="How many complained.")
    reports: list[ComplaintReport] = strawberry.field(description="The first 20 of what they said.")
    received_at: datetime = strawberry.field(description="When the first complaint arrived.")
    proof_asked_at: datetime | None = strawberry.field(description="When a proof was asked for.")
    proof_due_at: datetime | None = strawberry.field(
        description="When the account is closed without a proof, pauses for force majeure included; null when none was "
        "asked for."
    )
    proof_submitted_at: datetime | None = strawberry.field(description="When the proof was submitted.")
    evidence: list[ComplaintEvidence] = strawberry.field(description="The proof; empty before.")
    decisions: list[ComplaintDecision] = strawberry.field(description="What was decided, in order.")
    ended_at: datetime | None = strawberry.field(
        description="When it was accepted or dismissed, or when it closed the account; null before."
    )
    appeal_due_at: datetime | None = strawberry.field(
        description="Until before when the closing can be appealed against; null when there is nothing to appeal."
    )
    appeal_code: str | None = strawberry.field(
        description="What `appealComplaint` asks for. Keep it: nobody signs in to a closed account. Null once there is "
        "nothing to appeal against, or not any more.",
        metadata=declare(ANSWER),
    )
    appealed_at: datetime | None = strawberry.field(description="When it was appealed against.")
    appeal: str | None = strawberry.field(
        description="What the appeal says; null without, and once it was erased."
    )
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def many(cls, read: Read, rows: Sequence[CaseRow]) -> list[ComplaintType]:
        """All of them, with five look-ups for what belongs to them."""
        ids = [row.id for row in rows]
        proofs_due, appeals_due = reads.proofs_due(read, rows), reads.appeals_due(read, rows)
        reports, evidence = reads.reports(read, ids), reads.evidence(read, ids)
        decisions = reads.decisions(read, ids)
        return [
            cls(
                id=strawberry.ID(row.id),
                campaign_id=None if row.campaign_id is None else strawberry.ID(row.campaign_id),
                category=CategoryEnum[row.category],
                source=SourceEnum[row.source],
                status=StatusEnum[row.status],
                unsolicited=row.unsolicited,
                bulk=row.bulk,
                report_count=row.reports,
                reports=[ComplaintReport.of(read, each) for each in reports.get(row.id, ())],
                received_at=row.received_at,
                proof_asked_at=row.asked_at,
                proof_due_at=proofs_due.get(row.id),
                proof_submitted_at=row.submitted_at,
                evidence=[ComplaintEvidence.of(read, each) for each in evidence.get(row.id, ())],
                decisions=[ComplaintDecision.of(each) for each in decisions.get(row.id, ())],
                ended_at=row.ended_at,
                appeal_due_at=appeals_due.get(row.id),
                appeal_code=reads.appeal_code(read, row.id) if row.status in MAY_APPEAL else None,
                appealed_at=row.appealed_at,
                appeal=open_or_none(read, reads.APPEAL_COLUMN, row.appeal),
                updated_at=row.updated_at,
            )
            for row in rows
        ]

    @classmethod
    def of(cls, read: Read, row: CaseRow) -> ComplaintType:
        return cls.many(read, [row])[0]

    def without_words(self) -> ComplaintType:
        """The same, without who complained and what anybody wrote (H017)."""
        reports = [replace(each, complainant=None, text=None) for each in self.reports]
        evidence = [replace(each, text=None) for each in self.evidence]
        return replace(self, reports=reports, evidence=evidence, appeal=None)


@exposes(OWN)
@strawberry.type(description="One message of `complaintChanged`.")
class ComplaintUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    complaint: ComplaintType | None = strawberry.field(
        description="The complaint, in the status that it had right after this change. In a snapshot or a reset the "
        "one that was asked for as it is now, null when all are watched."
    )
    newest: list[ComplaintType] = strawberry.field(
        description="In a snapshot or a reset of all complaints the 20 newest; else empty."
    )


@exposes(DECIDE)
@strawberry.type(description="A complaint as the staff sees it.")
class ComplaintCase:
    account_id: strawberry.ID = strawberry.field(description="Whose account it is about.")
    complaint: ComplaintType = strawberry.field(description="The complaint.")
    late_at: datetime = strawberry.field(
        description="When whom it waits for is late, the customer or the company; when it ended, once it is over."
    )
    decided_by: list[strawberry.ID] = strawberry.field(
        description="Who decided, one person for each of the complaint's decisions."
    )
    masked: Masked | None = strawberry.field(description=MASKED)
    cursor: strawberry.Private[str]

    @classmethod
    def many(cls, read: Read, rows: Sequence[CaseRow], viewer: Viewer) -> list[ComplaintCase]:
        hidden = masked(read, viewer, ["complainant", "text", "appeal"])
        complaints, decisions = (
            ComplaintType.many(read, rows),
            reads.decisions(read, [row.id for row in rows]),
        )
        return [
            cls(
                account_id=strawberry.ID(row.account_id),
                complaint=complaint.without_words() if hidden else complaint,
                late_at=_late_at(complaint, row),
                decided_by=[strawberry.ID(each.decided_by) for each in decisions.get(row.id, ())],
                masked=hidden,
                cursor=f"{to_micros(row.queue_at)}.{row.id}",
            )
            for row, complaint in zip(rows, complaints, strict=True)
        ]

    @classmethod
    def of(cls, read: Read, row: CaseRow, viewer: Viewer) -> ComplaintCase:
        return cls.many(read, [row], viewer)[0]


def _late_at(complaint: ComplaintType, row: CaseRow) -> datetime:
    """The deadline of the customer moves with a pause (M103)."""
    waits = row.status == ComplaintStatus.AWAITING_PROOF.value
    return complaint.proof_due_at if waits and complaint.proof_due_at is not None else row.queue_at
