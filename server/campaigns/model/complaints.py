"""Tables of complaints: the case, who reported what, the proof, and what the company decided about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class ComplaintCase(Base):
    """A complaint about what an account sent, and where it is (M022 to M025).

    `unsolicited` and `bulk` are what was found of a message that is called spam (M015), null while nobody looked and
    in other categories. `reports` counts those who complained. `queue_at` is when whom the case waits for is late, in
    a case that is over when it ended: the staff's queue is in this order. `closed_account` says whether this case
    closed the account.
    """

    __tablename__ = "complaint_cases"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    campaign_id: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(16))
    unsolicited: Mapped[bool | None]
    bulk: Mapped[bool | None]
    reports: Mapped[int] = mapped_column(Integer)
    queue_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    proof_due_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    appealed_at: Mapped[datetime | None] = mapped_column(Instant)
    appeal: Mapped[bytes | None] = mapped_column(Sealed)
    closed_account: Mapped[bool]
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint(
            "status <> 'AWAITING_PROOF' OR proof_due_at IS NOT NULL", name="asked_has_a_deadline"
        ),
        CheckConstraint(
            "category <> 'SPAM' OR source = 'AUTOMATIC' OR campaign_id IS NOT NULL", name="spam_of_campaign"
        ),
        Index(None, "account_id", "id"),
        Index(None, "account_id", "status"),
        Index(None, "campaign_id", "status"),
        Index(None, "status", "queue_at", "id"),
    )


class ComplaintReport(Base):
    """What one complainant said. `complainant` is the address or number that received the message, if it was told."""

    __tablename__ = "complaint_reports"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_cases.id"))
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    complainant: Mapped[bytes | None] = mapped_column(Sealed)
    text: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "case_id", "id"),)


class ComplaintEvidence(Base):
    """One piece of the proof, of one of the four kinds (M023). `consented_at` is the date and time of consent."""

    __tablename__ = "complaint_evidence"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_cases.id"))
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    text: Mapped[bytes] = mapped_column(Sealed)
    consented_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("case_id", "kind"),
        CheckConstraint("kind <> 'CONSENT_TIME' OR consented_at IS NOT NULL", name="consent_has_a_time"),
    )


class ComplaintDecision(Base):
    """What somebody of the company decided about the proof or the appeal, for ever (M025).

    `decided_by` is the person, `credential_id` the session in which they did.
    """

    __tablename__ = "complaint_decisions"
    case_id: Mapped[str] = mapped_column(ForeignKey("complaint_cases.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(8), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    accepted: Mapped[bool]
    reason_code: Mapped[str | None] = mapped_column(String(32))
    decided_by: Mapped[str] = mapped_column(String(40))
    credential_id: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (CheckConstraint("accepted OR reason_code IS NOT NULL", name="rejected_for_a_reason"),)
