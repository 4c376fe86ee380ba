"""The table of what recipients of campaigns ask about their data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class RecipientRequest(Base):
    """What somebody who got a message asks of the customer who sent it (M011).

    `received_at` starts the clock; `filed_at` is when it was written here, later for what came by mail. `open_key` is
    the same for the same request of the same person while it is open, else null: there is one of them. `queue_rank`
    is its place in the staff's queue before its due date, null once it is over. `address_hash` is the keyed hash by
    which campaigns know the address. Address, hash and words are null once they were forgotten.
    """

    __tablename__ = "recipient_requests"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    campaign_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(12))
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    open_key: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    address: Mapped[bytes | None] = mapped_column(Sealed)
    text: Mapped[bytes | None] = mapped_column(Sealed)
    message_id: Mapped[bytes | None] = mapped_column(Sealed)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_attempts_left: Mapped[int] = mapped_column(SmallInteger)
    code_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    codes_sent: Mapped[int] = mapped_column(SmallInteger)
    codes_since: Mapped[datetime | None] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    filed_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    queue_rank: Mapped[int | None] = mapped_column(SmallInteger)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_by: Mapped[str | None] = mapped_column(String(40))
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    escalated_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(16))
    ground: Mapped[str | None] = mapped_column(String(24))
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("status <> 'ANSWERED' OR outcome IS NOT NULL", name="answered_with_an_outcome"),
        CheckConstraint("outcome <> 'REFUSED' OR ground IS NOT NULL", name="refused_on_a_ground"),
        Index(None, "account_id", "id"),
        Index(None, "queue_rank", "due_at", "id"),
    )
