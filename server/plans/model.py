"""Tables of plan subscriptions and of what was charged for them. Amounts are minor units of the row's currency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant

_LIVE_PLAN = text("product = 'PLAN' AND status IN ('PENDING_PAYMENT', 'ACTIVE', 'CANCELLING')")
_NOT_FAILED = text("status <> 'FAILED'")
_RENEWAL = text("status <> 'FAILED' AND reason = 'RENEWAL'")


class PlanSubscription(Base):
    """A plan, or extra seats, that an account pays for cycle by cycle. One that is over stays as it ended.

    `product` is PLAN or SEATS; `plan` is the plan, or the one whose seat price the seats have, and `seats` how many
    they are. Cycle `number` runs from `period_start` to `period_end`; it is 0 before the first payment. Cycles are
    counted from `anchor_at`, the start of cycle `anchor_number`. `next_…` is what the next cycle will be instead.
    `ends_at` is the end of a cycle after which none follows, `stop_reason` why. `held_at` is since when a renewal waits
    for its account to be active again.
    """

    __tablename__ = "plan_subscriptions"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    product: Mapped[str] = mapped_column(String(8))
    plan: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[str] = mapped_column(String(8))
    seats: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(16))
    method_id: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    anchor_at: Mapped[datetime | None] = mapped_column(Instant)
    anchor_number: Mapped[int] = mapped_column(Integer)
    term_set_at: Mapped[datetime | None] = mapped_column(Instant)
    period_start: Mapped[datetime | None] = mapped_column(Instant)
    period_end: Mapped[datetime | None] = mapped_column(Instant)
    next_plan: Mapped[str | None] = mapped_column(String(20))
    next_cycle: Mapped[str | None] = mapped_column(String(8))
    next_seats: Mapped[int | None] = mapped_column(Integer)
    stop_reason: Mapped[str | None] = mapped_column(String(20))
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        # An account has one plan, or the free one that has no row.
        Index(
            "uq_plan_subscriptions_live_plan",
            "account_id",
            unique=True,
            sqlite_where=_LIVE_PLAN,
            postgresql_where=_LIVE_PLAN,
        ),
        Index(None, "account_id", "product", "id"),
        CheckConstraint("seats >= 0", name="seats_not_negative"),
        CheckConstraint("status <> 'CANCELLING' OR ends_at IS NOT NULL", name="cancelling_ends"),
        CheckConstraint(
            "status NOT IN ('ACTIVE', 'CANCELLING') OR period_end > period_start", name="running_has_period"
        ),
    )


class PlanCharge(Base):
    """What one cycle costs, and whether it was paid: at most one a cycle that did not fail.

    `top_up_id` is the newest payment that was asked of the card for it, `attempts` how many there were. The period
    of a cycle that starts with its payment is set by it.
    """

    __tablename__ = "plan_charges"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    subscription_id: Mapped[str] = mapped_column(String(40), ForeignKey("plan_subscriptions.id"))
    account_id: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(8))
    number: Mapped[int] = mapped_column(Integer)
    plan: Mapped[str] = mapped_column(String(20))
    cycle: Mapped[str] = mapped_column(String(8))
    seats: Mapped[int] = mapped_column(Integer)
    period_start: Mapped[datetime | None] = mapped_column(Instant)
    period_end: Mapped[datetime | None] = mapped_column(Instant)
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    rate_basis_points: Mapped[int] = mapped_column(Integer)
    tax_treatment: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(8))
    failure: Mapped[str | None] = mapped_column(String(24))
    attempts: Mapped[int] = mapped_column(Integer)
    top_up_id: Mapped[str | None] = mapped_column(String(40))
    transfer_id: Mapped[str | None] = mapped_column(String(40))
    invoice_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        Index(
            "uq_plan_charges_cycle",
            "subscription_id",
            "number",
            unique=True,
            sqlite_where=_NOT_FAILED,
            postgresql_where=_NOT_FAILED,
        ),
        Index(
            "uq_plan_charges_renewal",
            "subscription_id",
            "period_start",
            unique=True,
            sqlite_where=_RENEWAL,
            postgresql_where=_RENEWAL,
        ),
        Index(None, "account_id", "id"),
        CheckConstraint("net_minor > 0 AND tax_minor >= 0", name="amounts"),
    )


class PlanWithdrawal(Base):
    """A member who stays active until the end of the cycle, and is withdrawn then (M063)."""

    __tablename__ = "plan_withdrawals"
    person_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    withdraw_at: Mapped[datetime] = mapped_column(Instant)


class IpAddress(Base):
    """An address of the provider's pool (M056), and the subscription that has it: never two.

    It is free for the next one from `available_at` on, unless it was retired.
    """

    __tablename__ = "ip_addresses"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    address: Mapped[str] = mapped_column(String(45), unique=True)
    subscription_id: Mapped[str | None] = mapped_column(ForeignKey("plan_subscriptions.id"), unique=True)
    available_at: Mapped[datetime] = mapped_column(Instant)
    added_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("retired_at IS NULL OR subscription_id IS NULL", name="retired_is_free"),
        Index(None, "available_at", "id"),
    )


class IpAssignment(Base):
    """Who had which address from when until when. `notice_id` is the newest notice that it will be taken back."""

    __tablename__ = "ip_assignments"
    subscription_id: Mapped[str] = mapped_column(ForeignKey("plan_subscriptions.id"), primary_key=True)
    ip_id: Mapped[str] = mapped_column(ForeignKey("ip_addresses.id"), index=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    assigned_at: Mapped[datetime] = mapped_column(Instant)
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    notice_id: Mapped[str | None] = mapped_column(String(40))
