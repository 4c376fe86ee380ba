"""Tables of the addresses that an account must not write to. They hold keyed hashes, never an address (C21)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class Suppression(Base):
    """An address of a channel that gets nothing more from the account.

    `address_hash` is keyed by a secret of the server, which no erasure of statistics destroys (C21). `campaign_id` is
    the campaign that the address answered, where it is known; it may be gone.
    """

    __tablename__ = "suppressions"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    campaign_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("account_id", "channel", "address_hash"),
        Index(None, "account_id", "id"),
    )


class SuppressionRemoval(Base):
    """That somebody made an address mailable again, why, and what it was suppressed for. `id` is the suppression's."""

    __tablename__ = "suppression_removals"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(8))
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)
    suppressed_for: Mapped[str] = mapped_column(String(16))
    suppressed_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[bytes] = mapped_column(Sealed)
    removed_by: Mapped[str | None] = mapped_column(String(40))
    removed_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "account_id", "id"),)
