"""What becomes of plans and seats, as domain events. The subject is the subscription, `pls_…`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from server.kit.events import DomainEvent
from server.plans.reads import SubscriptionRow
from server.plans.rules.status import Product


@dataclass(frozen=True, slots=True)
class SubscriptionEvent(DomainEvent):
    """The state of a subscription from then on. The period is that of the cycle it is in, or ended in."""

    status: str
    plan: str
    cycle: str
    seats: int
    number: int
    period_start: datetime | None
    period_end: datetime | None
    next_plan: str | None
    next_cycle: str | None
    next_seats: int | None
    stop_reason: str | None
    cancelled_at: datetime | None
    ends_at: datetime | None

    @classmethod
    def of(cls, row: SubscriptionRow) -> Self:
        return cls(
            account_id=row.account_id,
            subject_id=row.id,
            status=row.status,
            plan=row.plan,
            cycle=row.cycle,
            seats=row.seats,
            number=row.number,
            period_start=row.period_start,
            period_end=row.period_end,
            next_plan=row.next_plan,
            next_cycle=row.next_cycle,
            next_seats=row.next_seats,
            stop_reason=row.stop_reason,
            cancelled_at=row.cancelled_at,
            ends_at=row.ends_at,
        )


class PlanOrdered(SubscriptionEvent):
    """A plan was chosen; its first payment is awaited."""


class PlanNotPaid(SubscriptionEvent):
    """The first payment failed: the plan never began."""


class PlanStarted(SubscriptionEvent):
    """The first payment came: the plan holds from now on."""


class PlanTermSet(SubscriptionEvent):
    """The service was used for the first time, and the first cycle begins with it (M035)."""


class PlanRenewalSoon(SubscriptionEvent):
    """The next cycle will be charged soon."""


class PlanRenewed(SubscriptionEvent):
    """The next cycle was paid, and has begun. A change that was planned for it holds from now on."""


class PlanRenewalFailed(SubscriptionEvent):
    """The card was not charged for the cycle that is due; it will be asked again."""


class PlanChangePlanned(SubscriptionEvent):
    """The next cycle will be another plan's, or of another length; or that was taken back."""


class PlanUpgraded(SubscriptionEvent):
    """A larger plan was paid, and its first cycle began at once."""


class PlanUpgradeFailed(SubscriptionEvent):
    """The upgrade was not paid; everything stays as it was."""


class PlanCancelled(SubscriptionEvent):
    """It will end at `ends_at`, the end of a cycle; `stop_reason` tells whose doing that is."""


class PlanResumed(SubscriptionEvent):
    """The cancellation was taken back: it renews again."""


class PlanEnded(SubscriptionEvent):
    """The last cycle of a cancelled plan is over: the account is free (M045)."""


class PlanLapsed(SubscriptionEvent):
    """It was not paid any more: the account is free (M041)."""


class SeatsOrdered(SubscriptionEvent):
    """Extra seats were chosen; their first payment is awaited."""


class SeatsNotPaid(SubscriptionEvent):
    """The first payment failed: the seats were never there."""


class SeatsStarted(SubscriptionEvent):
    """The first payment came: the seats are there from now on."""


class SeatsRenewed(SubscriptionEvent):
    """The next cycle was paid, and has begun, with `seats` seats."""


class SeatsRenewalFailed(SubscriptionEvent):
    """The card was not charged for the cycle that is due; it will be asked again."""


class SeatsChangePlanned(SubscriptionEvent):
    """The next cycle will have fewer seats."""


class SeatsCancelled(SubscriptionEvent):
    """The seats will go at `ends_at`, the end of a cycle."""


class SeatsResumed(SubscriptionEvent):
    """The cancellation was taken back: the seats stay."""


class SeatsEnded(SubscriptionEvent):
    """The last cycle of the seats is over."""


class SeatsLapsed(SubscriptionEvent):
    """The seats were not paid any more."""


class FixedIpOrdered(SubscriptionEvent):
    """A fixed address was set aside; its first payment is awaited."""


class FixedIpNotPaid(SubscriptionEvent):
    """The first payment failed: the address was never there."""


class FixedIpStarted(SubscriptionEvent):
    """The first payment came: the address is the account's from now on."""


class FixedIpRenewed(SubscriptionEvent):
    """The next year was paid, and has begun."""


class FixedIpRenewalFailed(SubscriptionEvent):
    """The card was not charged for the year that is due; it will be asked again."""


class FixedIpCancelled(SubscriptionEvent):
    """The address will go at `ends_at`, the end of a cycle."""


class FixedIpResumed(SubscriptionEvent):
    """The cancellation was taken back: the address stays."""


class FixedIpEnded(SubscriptionEvent):
    """The address is the account's no more; `stop_reason` tells why."""


class FixedIpLapsed(SubscriptionEvent):
    """The address was not paid any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """The events of one product."""

    ordered: type[SubscriptionEvent]
    not_paid: type[SubscriptionEvent]
    started: type[SubscriptionEvent]
    renewed: type[SubscriptionEvent]
    renewal_failed: type[SubscriptionEvent]
    change_planned: type[SubscriptionEvent]
    cancelled: type[SubscriptionEvent]
    resumed: type[SubscriptionEvent]
    ended: type[SubscriptionEvent]
    lapsed: type[SubscriptionEvent]


_TOLD = {
    Product.PLAN.value: Told(
        PlanOrdered,
        PlanNotPaid,
        PlanStarted,
        PlanRenewed,
        PlanRenewalFailed,
        PlanChangePlanned,
        PlanCancelled,
        PlanResumed,
        PlanEnded,
        PlanLapsed,
    ),
    Product.SEATS.value: Told(
        SeatsOrdered,
        SeatsNotPaid,
        SeatsStarted,
        SeatsRenewed,
        SeatsRenewalFailed,
        SeatsChangePlanned,
        SeatsCancelled,
        SeatsResumed,
        SeatsEnded,
        SeatsLapsed,
    ),
    Product.FIXED_IP.value: Told(
        FixedIpOrdered,
        FixedIpNotPaid,
        FixedIpStarted,
        FixedIpRenewed,
        FixedIpRenewalFailed,
        FixedIpRenewed,
        FixedIpCancelled,
        FixedIpResumed,
        FixedIpEnded,
        FixedIpLapsed,
    ),
}


def told(row: SubscriptionRow) -> Told:
    """How changes of this subscription are told."""
    return _TOLD[row.product]


@dataclass(frozen=True, slots=True)
class MemberWithdrawalPlanned(DomainEvent):
    """A member stays until `withdraw_at` and is withdrawn then (M063); the subject is the person."""

    withdraw_at: datetime


@dataclass(frozen=True, slots=True)
class MemberWithdrawalUndone(DomainEvent):
    """The member stays after all; the subject is the person."""


PLAN_EVENTS: tuple[type[DomainEvent], ...] = (
    PlanOrdered,
    PlanNotPaid,
    PlanStarted,
    PlanTermSet,
    PlanRenewalSoon,
    PlanRenewed,
    PlanRenewalFailed,
    PlanChangePlanned,
    PlanUpgraded,
    PlanUpgradeFailed,
    PlanCancelled,
    PlanResumed,
    PlanEnded,
    PlanLapsed,
    SeatsOrdered,
    SeatsNotPaid,
    SeatsStarted,
    SeatsRenewed,
    SeatsRenewalFailed,
    SeatsChangePlanned,
    SeatsCancelled,
    SeatsResumed,
    SeatsEnded,
    SeatsLapsed,
    FixedIpOrdered,
    FixedIpNotPaid,
    FixedIpStarted,
    FixedIpRenewed,
    FixedIpRenewalFailed,
    FixedIpCancelled,
    FixedIpResumed,
    FixedIpEnded,
    FixedIpLapsed,
)
"""Everything that `planChanged` delivers."""
