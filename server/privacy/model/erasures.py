"""The table of erasures: those that are planned, and what was certified of those that are done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class Erasure(Base):
    """The erasure of one account; its id is that of the certificate.

    `account_id` is null once it is done. `request_id` is the request that it fulfils. `clock` says what it follows
    from, `due_at` when it begins and `overdue_at` by when it must be done. `waits_until` is when what it waits for
    (letters, payments) is given up. `pseudonym` is the owner of what is kept for billing. `acknowledged` is the
    warning that was acknowledged, with its version and what was said to be lost, as JSON. `counts` is what was erased
    by category and what is retained by clause, as JSON. `final_at` is when old backups and key copies have died;
    `rewrapped_at` when the master key of the time was destroyed.
    """

    __tablename__ = "erasures"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    request_id: Mapped[str | None] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(24))
    clock: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(12))
    planned_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    overdue_at: Mapped[datetime] = mapped_column(Instant)
    waits_until: Mapped[datetime | None] = mapped_column(Instant)
    pseudonym: Mapped[str | None] = mapped_column(String(40))
    acknowledged: Mapped[str | None] = mapped_column(Text)
    counts: Mapped[str | None] = mapped_column(Text)
    certificate: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    live_erased_at: Mapped[datetime | None] = mapped_column(Instant)
    final_at: Mapped[datetime | None] = mapped_column(Instant)
    rewrapped_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("status <> 'ERASED' OR account_id IS NULL", name="erased_is_anonymous"),
        CheckConstraint("status <> 'ERASED' OR certificate IS NOT NULL", name="erased_is_certified"),
        Index(None, "status", "overdue_at"),
        Index(None, "live_erased_at"),
        Index(None, "pseudonym"),
    )
