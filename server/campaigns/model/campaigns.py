"""Tables of campaigns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class Campaign(Base):
    """One message to many recipients, from its draft to its end.

    `name`, `subject` and `text` are the customer's own words, `merge_fields` the declared ones as JSON, `sender` what
    an SMS is to show. `lawful_basis` and `list_source` are what the customer declared of its recipients, when and
    under which credential (M014, M019, H019). `recipients` counts them, suppressed ones excluded; `uploaded` says
    that their addresses are in CampaignRecipient. `credits_reserved` is what the launch held, `credits_captured` what
    messages took of it, in credits of the channel. `hold_id` is the hold in the wallet, null before the launch.
    """

    __tablename__ = "campaigns"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(12))
    name: Mapped[bytes] = mapped_column(Sealed)
    subject: Mapped[bytes | None] = mapped_column(Sealed)
    text: Mapped[bytes | None] = mapped_column(Sealed)
    merge_fields: Mapped[bytes | None] = mapped_column(Sealed)
    sender: Mapped[bytes | None] = mapped_column(Sealed)
    lawful_basis: Mapped[str | None] = mapped_column(String(24))
    list_source: Mapped[str | None] = mapped_column(String(24))
    declared_at: Mapped[datetime | None] = mapped_column(Instant)
    declared_by: Mapped[str | None] = mapped_column(String(40))
    segments: Mapped[int] = mapped_column(Integer)
    recipients: Mapped[int] = mapped_column(Integer)
    uploaded: Mapped[bool]
    credits_reserved: Mapped[int] = mapped_column(Integer)
    credits_captured: Mapped[int] = mapped_column(Integer)
    hold_id: Mapped[str | None] = mapped_column(String(40))
    pause_reason: Mapped[str | None] = mapped_column(String(24))
    failure_code: Mapped[str | None] = mapped_column(String(40))
    scheduled_at: Mapped[datetime | None] = mapped_column(Instant)
    launched_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("recipients >= 0", name="recipients_counted"),
        CheckConstraint("credits_captured <= credits_reserved", name="captured_was_reserved"),
        Index(None, "account_id", "id"),
        Index(None, "account_id", "status"),
    )
