"""Tables of incidents, of the accounts that they affect, and of what was done about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed

CONTENT = "content"
"""The retention class of what is written about an incident, under a key of the incident's own."""


class Incident(Base):
    """That data may have been seen, lost or misused, and what is known, decided and done about it (GDPR article 33(5)).

    `known_at` starts the clock of the notice to the authority, which ends at `due_at`. `queue_rank` is its place in the
    staff's queue before that, null once it is closed. `report_id` is the customer's report that opened it.

    `risk`, `categories` (separated by spaces) and `people` are the assessment; null before. `criterion` says which
    accounts are affected besides those that are named: `criterion_number` counts the criteria so far, `scan_before` is
    when an account must have been there, `scanned_to` the account up to which it was applied, `scanned_at` when to all.

    `notify`, `notify_reason` and `exemption` are the decision about the customers; `told_at` is when all were told.
    `entries` counts what was written about it. The row is the company's own: it names no person and no account.
    """

    __tablename__ = "incidents"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    queue_rank: Mapped[int | None] = mapped_column(SmallInteger)
    report_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    summary: Mapped[bytes | None] = mapped_column(Sealed)
    message_id: Mapped[bytes | None] = mapped_column(Sealed)
    occurred_at: Mapped[datetime | None] = mapped_column(Instant)
    known_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by: Mapped[str | None] = mapped_column(String(40))
    entries: Mapped[int] = mapped_column(Integer)
    risk: Mapped[str | None] = mapped_column(String(12))
    categories: Mapped[str | None] = mapped_column(String(400))
    people: Mapped[int | None] = mapped_column(BigInteger)
    consequences: Mapped[bytes | None] = mapped_column(Sealed)
    assessed_at: Mapped[datetime | None] = mapped_column(Instant)
    criterion: Mapped[str | None] = mapped_column(String(12))
    criterion_number: Mapped[int] = mapped_column(Integer)
    criterion_category: Mapped[str | None] = mapped_column(String(60))
    criterion_from: Mapped[datetime | None] = mapped_column(Instant)
    criterion_until: Mapped[datetime | None] = mapped_column(Instant)
    scan_before: Mapped[datetime | None] = mapped_column(Instant)
    scanned_to: Mapped[str | None] = mapped_column(String(40))
    scanned_at: Mapped[datetime | None] = mapped_column(Instant)
    notify: Mapped[bool | None]
    notify_reason: Mapped[bytes | None] = mapped_column(Sealed)
    exemption: Mapped[str | None] = mapped_column(String(16))
    message: Mapped[bytes | None] = mapped_column(Sealed)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    authority: Mapped[bytes | None] = mapped_column(Sealed)
    authority_reference: Mapped[bytes | None] = mapped_column(Sealed)
    authority_notified_at: Mapped[datetime | None] = mapped_column(Instant)
    delay_reason: Mapped[bytes | None] = mapped_column(Sealed)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("status <> 'CLOSED' OR closed_at IS NOT NULL", name="closed_at_a_time"),
        CheckConstraint("notify IS NULL OR notify_reason IS NOT NULL", name="decided_with_a_reason"),
        CheckConstraint(
            "authority_notified_at IS NULL OR authority_reference IS NOT NULL", name="notice_referenced"
        ),
        Index(None, "queue_rank", "due_at", "id"),
    )


class IncidentAccount(Base):
    """That an incident affects an account, and when the account was told.

    `criterion` is the number of the criterion by which it was found, null where somebody named it. The row outlives the
    account, as the record of what was done.
    """

    __tablename__ = "incident_accounts"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    criterion: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(8))
    added_at: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("status <> 'TOLD' OR told_at IS NOT NULL", name="told_at_a_time"),
        Index(None, "incident_id", "account_id"),
        Index(None, "incident_id", "status", "account_id"),
    )


class IncidentEntry(Base):
    """One thing that was done about an incident, in order: a step, one that was skipped, a note, or a correction.

    `status` is the state that it reached or skipped, null for the others. Each state has one such entry at most.
    """

    __tablename__ = "incident_entries"
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str | None] = mapped_column(String(16))
    text: Mapped[bytes | None] = mapped_column(Sealed)
    written_at: Mapped[datetime] = mapped_column(Instant)
    written_by: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (UniqueConstraint("incident_id", "status"),)
