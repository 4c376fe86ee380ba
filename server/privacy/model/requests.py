"""The table of what customers ask about their own data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class PrivacyRequest(Base):
    """What a customer asks about their data, or what the server asks for them: one right each (H037, B016, B017).

    `received_at` starts the clock; `regime` is the law by which it runs, as the account was when it was filed;
    `filed_at` is when it was written here, later for what came by mail. `purposes` are separated by spaces, empty for
    all. `person_id` is who filed it, where they were signed in. `open_key` is the same for the same request of the
    same account while it is open, else null: there is one of them. `queue_rank` is its place in the staff's queue
    before its due date, null once it is over. The row outlives the account, as the record of what was done; it refers
    to no other table, and its words go with the account's key.
    """

    __tablename__ = "privacy_requests"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(20))
    purposes: Mapped[str] = mapped_column(String(400))
    open_key: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    text: Mapped[bytes | None] = mapped_column(Sealed)
    message_id: Mapped[bytes | None] = mapped_column(Sealed)
    received_at: Mapped[datetime] = mapped_column(Instant)
    regime: Mapped[str] = mapped_column(String(8))
    filed_at: Mapped[datetime] = mapped_column(Instant)
    filed_by: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(Instant)
    queue_rank: Mapped[int | None] = mapped_column(SmallInteger)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_by: Mapped[str | None] = mapped_column(String(40))
    proof: Mapped[str | None] = mapped_column(String(20))
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    extended_at: Mapped[datetime | None] = mapped_column(Instant)
    extension_reason: Mapped[str | None] = mapped_column(String(20))
    hold_ground: Mapped[str | None] = mapped_column(String(20))
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(40))
    ground: Mapped[str | None] = mapped_column(String(24))
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint(
            "status NOT IN ('REFUSED', 'PARTLY_FULFILLED') OR ground IS NOT NULL", name="refused_on_a_ground"
        ),
        CheckConstraint(
            "status NOT IN ('RECEIVED', 'IN_PROGRESS', 'HELD', 'FULFILLED', 'PARTLY_FULFILLED') "
            "OR verified_at IS NOT NULL",
            name="verified_before_done",
        ),
        CheckConstraint("extended_at IS NULL OR extension_reason IS NOT NULL", name="extended_with_a_reason"),
        Index(None, "account_id", "id"),
        Index(None, "queue_rank", "due_at", "id"),
    )
