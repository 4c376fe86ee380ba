"""The tables of due work, and of the times in which contractual timers stood still."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class DueWork(Base):
    """One thing to do. It is deleted when its step succeeds.

    `scheduled_at` is when it was asked for: a pause shifts it only by what came after that. `attempts` counts the
    failed ones, and `last_error` names the last failure's class: a message may carry personal data.
    """

    __tablename__ = "due_work"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(40))
    scheduled_at: Mapped[datetime] = mapped_column(Instant, server_default="0")
    due_at: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_id: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index(None, "due_at"),
        Index(
            "ix_due_work_failing",
            "due_at",
            sqlite_where=text("last_error IS NOT NULL"),
            postgresql_where=text("last_error IS NOT NULL"),
        ),
    )


class Pause(Base):
    """From when until when contractual timers stood still (M103); `ends_at` is null while they do."""

    __tablename__ = "due_pauses"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Instant, unique=True)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(200))
    declared_at: Mapped[datetime] = mapped_column(Instant)
