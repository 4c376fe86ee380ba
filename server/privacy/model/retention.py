"""The tables of the retention's reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class RetentionRun(Base):
    """One sweep: it begins by flagging what is over at `started_at`, and is done at `ended_at`."""

    __tablename__ = "retention_runs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class RetentionCount(Base):
    """What a sweep did to a table: `flagged` and `held` at its start, and what was `deleted` in how many batches.

    `position` is the place of the clock in the order of the sweep, `after` the key of the last row that was looked at,
    JSON. Without a table the rows were deleted by their slice's own steps since the sweep before.
    """

    __tablename__ = "retention_counts"
    run_id: Mapped[str] = mapped_column(ForeignKey("retention_runs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    table: Mapped[str | None] = mapped_column(String(60))
    flagged: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    deleted: Mapped[int] = mapped_column(BigInteger)
    batches: Mapped[int] = mapped_column(Integer)
    after: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (Index(None, "run_id", "done_at"),)
