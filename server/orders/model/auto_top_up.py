"""Tables of automatic top-ups. Money is in minor units of the row's `currency`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class AutoTopUp(Base):
    """The rule of one account and unit, what it remembers, and what was decided about it last.

    `below` and `add_quantity` are whole credits, or minor units of a money wallet. A null `method_id` is whichever
    payment method is the default one. `run_id` is the one that is in flight.
    """

    __tablename__ = "auto_top_ups"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(8))
    enabled: Mapped[bool]
    below: Mapped[int] = mapped_column(BigInteger)
    add_quantity: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    method_id: Mapped[str | None] = mapped_column(String(40))
    cap_day_minor: Mapped[int | None] = mapped_column(BigInteger)
    cap_month_minor: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[str | None] = mapped_column(String(40))
    failures: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    suspension: Mapped[str | None] = mapped_column(String(20))
    failure_code: Mapped[str | None] = mapped_column(String(40))
    verdict: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_available: Mapped[int | None] = mapped_column(BigInteger)
    decided_below: Mapped[int | None] = mapped_column(BigInteger)
    decided_amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    decided_next_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("account_id", "unit"),
        CheckConstraint("below > 0", name="below_positive"),
        CheckConstraint("add_quantity >= below", name="add_reaches_below"),
        CheckConstraint("cap_day_minor > 0", name="cap_day_positive"),
        CheckConstraint("cap_month_minor > 0", name="cap_month_positive"),
        CheckConstraint("failures >= 0", name="failures_not_negative"),
    )


class AutoTopUpRun(Base):
    """One automatic top-up: what it ordered, what it charged, and how it ended.

    The database itself lets a rule have one in flight and no second.
    """

    __tablename__ = "auto_top_up_runs"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    auto_top_up_id: Mapped[str] = mapped_column(String(40), ForeignKey("auto_top_ups.id"))
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    status: Mapped[str] = mapped_column(String(12))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[str | None] = mapped_column(String(40))
    top_up_id: Mapped[str | None] = mapped_column(String(40))
    failure_code: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(status = 'IN_FLIGHT') = (ended_at IS NULL)", name="ended_when_landed"),
        Index(None, "auto_top_up_id", "started_at"),
        Index(
            "uq_auto_top_up_runs_in_flight",
            "auto_top_up_id",
            unique=True,
            sqlite_where=text("status = 'IN_FLIGHT'"),
            postgresql_where=text("status = 'IN_FLIGHT'"),
        ),
    )


class AutoTopUpSwitch(Base):
    """The operators' kill switch: one row, or none before its first use."""

    __tablename__ = "auto_top_up_switch"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    stopped: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Instant)
