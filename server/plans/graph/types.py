"""Plans, subscriptions and charges as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.accounts.reads import team
from server.kit.graph.access import exposes
from server.kit.graph.context import Info
from server.kit.graph.node import Node
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.kit.work import Read
from server.orders.rules.tax import Taxed
from server.plans import reads
from server.plans.graph.access import OWN
from server.plans.graph.catalog import PlanLimits, PlanType
from server.plans.graph.enums import (
    ChargeFailureEnum,
    ChargeReasonEnum,
    ChargeStatusEnum,
    CycleEnum,
    ProductEnum,
    StatusEnum,
    StopReasonEnum,
)
from server.plans.reads import ChargeRow, SubscriptionRow
from server.plans.rules.status import Status


@exposes(OWN)
@strawberry.type(description="What the next cycle will cost, by the prices and the tax of today.")
class NextCharge:
    net: MoneyType = strawberry.field(description="Without tax.")
    tax: MoneyType = strawberry.field(description="The tax on it.")
    gross: MoneyType = strawberry.field(description="What the card will be charged.")
    at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, taxed: Taxed, currency: Currency, at: datetime) -> NextCharge:
        net, tax, gross = (
            MoneyType.of(Money(minor, currency))
            for minor in (taxed.net_minor, taxed.tax_minor, taxed.gross_minor)
        )
        return cls(net=net, tax=tax, gross=gross, at=at)


@exposes(OWN)
@strawberry.type(
    name="PlanSubscription",
    description="A plan, extra seats or a fixed address, that the account pays for cycle by cycle.",
)
class SubscriptionType(Node):
    product: ProductEnum = strawberry.field(description="What is subscribed to.")
    plan: str = strawberry.field(description="The code of the plan, or of the one whose seat price holds.")
    cycle: CycleEnum = strawberry.field(description="By which cycle it is billed.")
    seats: int = strawberry.field(description="How many extra seats; 0 for a plan.")
    status: StatusEnum = strawberry.field(description="Where it is.")
    period_start: datetime | None = strawberry.field(
        description="When the present cycle, or the last one, began; null before the first payment."
    )
    period_end: datetime | None = strawberry.field(
        description="When that cycle ends, which is when it is billed."
    )
    renews_at: datetime | None = strawberry.field(
        description="When the next cycle is charged; null when none is."
    )
    next_plan: str | None = strawberry.field(
        description="The plan of the next cycle, where it is another one."
    )
    next_cycle: CycleEnum | None = strawberry.field(
        description="The length of the next cycle, where another plan or length was chosen for it."
    )
    next_seats: int | None = strawberry.field(
        description="The seats of the next cycle, where they are fewer."
    )
    stop_reason: StopReasonEnum | None = strawberry.field(
        description="Why no cycle follows; null while one does."
    )
    cancelled_at: datetime | None = strawberry.field(
        description="When it was cancelled; null while it is not."
    )
    ends_at: datetime | None = strawberry.field(description="When it ends; null while it renews.")
    created_at: datetime = strawberry.field(description="When it was chosen.")
    row: strawberry.Private[SubscriptionRow]

    @strawberry.field(description="What the next cycle will cost; null when there is none.")
    def next_charge(self, info: Info) -> NextCharge | None:
        return _next_charge(info.context.read, self.row)

    @strawberry.field(
        description="The payment that is awaited: `confirmTopUp` answers its challenge, if it has one. Null when "
        "none is."
    )
    def awaited_top_up_id(self, info: Info) -> strawberry.ID | None:
        charge = reads.open_charge(info.context.read, self.id)
        return strawberry.ID(charge.top_up_id) if charge is not None and charge.top_up_id else None

    @classmethod
    def of(cls, row: SubscriptionRow) -> SubscriptionType:
        return cls(
            id=strawberry.ID(row.id),
            product=ProductEnum[row.product],
            plan=row.plan,
            cycle=CycleEnum[row.cycle],
            seats=row.seats,
            status=StatusEnum[row.status],
            period_start=row.period_start,
            period_end=row.period_end,
            renews_at=_renews_at(row),
            next_plan=row.next_plan,
            next_cycle=CycleEnum[row.next_cycle] if row.next_cycle else None,
            next_seats=row.next_seats,
            stop_reason=StopReasonEnum[row.stop_reason] if row.stop_reason else None,
            cancelled_at=row.cancelled_at,
            ends_at=row.ends_at,
            created_at=row.created_at,
            row=row,
        )


@exposes(OWN)
@strawberry.type(description="How many people the account may have, and has (M061).")
class Seats:
    limit: int = strawberry.field(description="How many it may have: those of the plan, and the extra ones.")
    extra: int = strawberry.field(description="How many extra seats it has.")
    used: int = strawberry.field(description="How many people it has, invited ones included.")
    purchases: list[SubscriptionType] = strawberry.field(
        description="Its extra seats that are pending, active or cancelling, each purchase by its own cycle."
    )

    @classmethod
    def of(cls, read: Read, account_id: str) -> Seats:
        return cls(
            limit=reads.users_max(read, account_id),
            extra=reads.extra_seats(read, account_id),
            used=team.people_count(read, account_id),
            purchases=[SubscriptionType.of(row) for row in reads.live_seats(read, account_id)],
        )


@exposes(OWN)
@strawberry.type(
    description="The plan that an account has at this instant; the free one when it pays for none."
)
class AccountPlan:
    account_id: strawberry.Private[str]
    plan: PlanType = strawberry.field(description="The plan.")
    status: StatusEnum = strawberry.field(description="Where it is; FREE without a subscription.")
    subscription: SubscriptionType | None = strawberry.field(
        description="The subscription that pays for it; null with the free plan."
    )
    pending: SubscriptionType | None = strawberry.field(
        description="The plan that waits for its first payment; null when none does."
    )
    cycle: CycleEnum | None = strawberry.field(
        description="By which cycle it is billed; null with the free plan."
    )
    period_start: datetime | None = strawberry.field(description="When the present cycle began.")
    period_end: datetime | None = strawberry.field(
        description="When it ends, which is the instant of billing."
    )
    renews_at: datetime | None = strawberry.field(
        description="When the next cycle is charged; null when none is."
    )
    cancelled_at: datetime | None = strawberry.field(
        description="When it was cancelled; null while it is not."
    )
    ends_at: datetime | None = strawberry.field(
        description="When the account becomes free; null while the plan renews."
    )
    limits: PlanLimits = strawberry.field(description="What the plan allows.")

    @strawberry.field(description="How many people the account may have, and has.")
    def seats(self, info: Info) -> Seats:
        return Seats.of(info.context.read, self.account_id)

    @strawberry.field(description="What the next cycle of the plan will cost; null when there is none.")
    def next_charge(self, info: Info) -> NextCharge | None:
        if self.subscription is None:
            return None
        return _next_charge(info.context.read, self.subscription.row)

    @classmethod
    def of_account(cls, read: Read, account_id: str) -> AccountPlan:
        plan, row = reads.current(read, account_id)
        live = reads.live_plan(read, account_id)
        pending = live if live is not None and live.status == Status.PENDING_PAYMENT.value else None
        shown = PlanType.of(plan)
        return cls(
            account_id=account_id,
            plan=shown,
            status=StatusEnum[row.status] if row is not None else StatusEnum.FREE,
            subscription=SubscriptionType.of(row) if row is not None else None,
            pending=SubscriptionType.of(pending) if pending is not None else None,
            cycle=CycleEnum[row.cycle] if row is not None else None,
            period_start=row.period_start if row is not None else None,
            period_end=row.period_end if row is not None else None,
            renews_at=_renews_at(row) if row is not None else None,
            cancelled_at=row.cancelled_at if row is not None else None,
            ends_at=row.ends_at if row is not None else None,
            limits=shown.limits,
        )


@exposes(OWN)
@strawberry.type(name="PlanCharge", description="What one cycle cost, and whether it was paid.")
class ChargeType:
    id: strawberry.ID = strawberry.field(description="Its id; the invoice is for it.")
    subscription_id: strawberry.ID = strawberry.field(description="The subscription.")
    reason: ChargeReasonEnum = strawberry.field(description="What it is for.")
    plan: str = strawberry.field(description="The code of the plan.")
    cycle: CycleEnum = strawberry.field(description="How long the cycle is.")
    seats: int = strawberry.field(description="How many extra seats; 0 for a plan.")
    period_start: datetime | None = strawberry.field(
        description="When the cycle begins; null until its payment, where that begins it."
    )
    period_end: datetime | None = strawberry.field(description="When the cycle ends.")
    net: MoneyType = strawberry.field(description="Without tax.")
    tax: MoneyType = strawberry.field(description="The tax on it.")
    gross: MoneyType = strawberry.field(description="What the card was charged, and the balance paid.")
    status: ChargeStatusEnum = strawberry.field(description="Where it is.")
    failure: ChargeFailureEnum | None = strawberry.field(description="Why it failed for good; null else.")
    top_up_id: strawberry.ID | None = strawberry.field(
        description="The newest payment that was asked for it."
    )
    transfer_id: strawberry.ID | None = strawberry.field(
        description="The transfer of its postings, once paid."
    )
    invoice_id: strawberry.ID | None = strawberry.field(description="Its invoice, once paid.")
    created_at: datetime = strawberry.field(description="When it was first asked for.")
    settled_at: datetime | None = strawberry.field(description="When it was paid, or failed for good.")

    @classmethod
    def of(cls, row: ChargeRow) -> ChargeType:
        currency = Currency[row.currency]
        return cls(
            id=strawberry.ID(row.id),
            subscription_id=strawberry.ID(row.subscription_id),
            reason=ChargeReasonEnum[row.reason],
            plan=row.plan,
            cycle=CycleEnum[row.cycle],
            seats=row.seats,
            period_start=row.period_start,
            period_end=row.period_end,
            net=MoneyType.of(Money(row.net_minor, currency)),
            tax=MoneyType.of(Money(row.tax_minor, currency)),
            gross=MoneyType.of(Money(row.taxed.gross_minor, currency)),
            status=ChargeStatusEnum[row.status],
            failure=ChargeFailureEnum[row.failure] if row.failure else None,
            top_up_id=_id(row.top_up_id),
            transfer_id=_id(row.transfer_id),
            invoice_id=_id(row.invoice_id),
            created_at=row.created_at,
            settled_at=row.settled_at,
        )


def _renews_at(row: SubscriptionRow) -> datetime | None:
    return row.period_end if row.status == Status.ACTIVE.value else None


def _next_charge(read: Read, row: SubscriptionRow) -> NextCharge | None:
    if row.status != Status.ACTIVE.value or row.period_end is None:
        return None
    return NextCharge.of(reads.next_price(read, row), Currency[row.currency], row.period_end)


def _id(text: str | None) -> strawberry.ID | None:
    return strawberry.ID(text) if text is not None else None
