"""Plans and seats as they are, and what was charged for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.work import Read
from server.orders.reads.tax import tax_status
from server.orders.rules import Terms as OrderTerms
from server.orders.rules.tax import Taxed, TaxTreatment, tax
from server.plans.model import PlanCharge, PlanSubscription, PlanWithdrawal
from server.plans.reads.prices import unit_price_at
from server.plans.rules.status import LIVE, RUNNING, ChargeStatus, Product, is_over
from server.plans.rules.terms import Cycle, Plan, Terms

_subscriptions = PlanSubscription.__table__.c
_charges = PlanCharge.__table__.c
_live = _subscriptions.status.in_([status.value for status in LIVE])


class SubscriptionRow(NamedTuple):
    """A subscription: the columns of its table, by the same names."""

    id: str
    account_id: str
    product: str
    plan: str
    cycle: str
    seats: int
    currency: str
    status: str
    method_id: str | None
    number: int
    anchor_at: datetime | None
    anchor_number: int
    term_set_at: datetime | None
    period_start: datetime | None
    period_end: datetime | None
    next_plan: str | None
    next_cycle: str | None
    next_seats: int | None
    stop_reason: str | None
    cancelled_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    held_at: datetime | None


class ChargeRow(NamedTuple):
    """A charge: the columns of its table, by the same names."""

    id: str
    subscription_id: str
    account_id: str
    reason: str
    number: int
    plan: str
    cycle: str
    seats: int
    period_start: datetime | None
    period_end: datetime | None
    currency: str
    net_minor: int
    tax_minor: int
    rate_basis_points: int
    tax_treatment: str
    status: str
    failure: str | None
    attempts: int
    top_up_id: str | None
    transfer_id: str | None
    invoice_id: str | None
    created_at: datetime
    settled_at: datetime | None

    @property
    def taxed(self) -> Taxed:
        treatment = TaxTreatment(self.tax_treatment)
        return Taxed(self.net_minor, self.rate_basis_points, self.tax_minor, treatment)


class Current(NamedTuple):
    """The plan that an account has now; `subscription` is None with the free one (M045).

    A plan that waits for its first payment is not current yet, and one that reached its end is not any more, whether
    or not the due work came by.
    """

    plan: Plan
    subscription: SubscriptionRow | None

    @property
    def paid(self) -> bool:
        return self.subscription is not None


def current(read: Read, account_id: str) -> Current:
    """The account's plan at this instant."""
    terms = read.terms(Terms)
    row = live_plan(read, account_id)
    if row is None or row.number == 0 or is_over(row.ends_at, read.now):
        return Current(terms.free, None)
    return Current(terms.plan(row.plan) or terms.free, row)


def live_plan(read: Read, account_id: str) -> SubscriptionRow | None:
    """The account's plan subscription that is pending, active or cancelling."""
    found = _rows(read, _of(account_id, Product.PLAN) & _live)
    return found[0] if found else None


def live_seats(read: Read, account_id: str) -> Sequence[SubscriptionRow]:
    """The account's purchases of extra seats that are pending, active or cancelling, the oldest first."""
    return _rows(read, _of(account_id, Product.SEATS) & _live)


def extra_seats(read: Read, account_id: str) -> int:
    """How many extra seats the account has at this instant."""
    running = {status.value for status in RUNNING}
    rows = live_seats(read, account_id)
    return sum(row.seats for row in rows if row.status in running and not is_over(row.ends_at, read.now))


def users_max(read: Read, account_id: str) -> int:
    """How many people the account may have: those of its plan, and its extra seats (M061, M062)."""
    return current(read, account_id).plan.users_max + extra_seats(read, account_id)


def subscription(read: Read, account_id: str, subscription_id: str) -> SubscriptionRow | None:
    """The account's subscription; None when there is none or it is another account's (Q014)."""
    if not is_id(subscription_id, "pls"):  # PostgreSQL takes no NUL
        return None
    return subscriptions(read, account_id, [subscription_id]).get(subscription_id)


def subscriptions(read: Read, account_id: str, ids: Collection[str]) -> Mapping[str, SubscriptionRow]:
    """Those of these subscriptions that are the account's, by id."""
    rows = _rows(read, (_subscriptions.account_id == account_id) & _subscriptions.id.in_(sorted(ids)))
    return {row.id: row for row in rows}


def charges_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[ChargeRow]:
    """What the account was charged for plans and seats, newest first, older than `before_id`."""
    query = select(*[_charges[name] for name in ChargeRow._fields]).where(_charges.account_id == account_id)
    if before_id is not None:
        query = query.where(_charges.id < before_id)
    return [ChargeRow._make(row) for row in read.rows(query.order_by(_charges.id.desc()).limit(limit))]


def open_charge(read: Read, subscription_id: str) -> ChargeRow | None:
    """The charge of the subscription that waits for its payment."""
    query = select(*[_charges[name] for name in ChargeRow._fields]).where(
        _charges.subscription_id == subscription_id, _charges.status == ChargeStatus.PENDING.value
    )
    row = read.first(query)
    return ChargeRow._make(row) if row is not None else None


def price(
    read: Read, row: SubscriptionRow, plan: str, cycle: Cycle, seats: int, at: datetime | None = None
) -> Taxed:
    """What one cycle costs this subscriber, today or at an instant: the catalog's price, and the tax on it (M029)."""
    product = Product(row.product)
    unit = unit_price_at(read, product, plan, cycle, Currency[row.currency], at or read.now)
    net_minor = unit * seats if product is Product.SEATS else unit
    return tax(net_minor, tax_status(read, row.account_id), read.terms(OrderTerms))


def next_price(read: Read, row: SubscriptionRow) -> Taxed:
    """What the next cycle will cost by what is announced now, with what is planned for it (M033)."""
    seats = row.seats if row.next_seats is None else row.next_seats
    begins = max(row.period_end, read.now) if row.period_end is not None else read.now
    return price(read, row, row.next_plan or row.plan, Cycle[row.next_cycle or row.cycle], seats, begins)


def withdrawals(read: Read, account_id: str) -> Mapping[str, datetime]:
    """When which members are withdrawn, by person (M063)."""
    query = select(PlanWithdrawal.person_id, PlanWithdrawal.withdraw_at)
    return {
        row.person_id: row.withdraw_at
        for row in read.rows(query.where(PlanWithdrawal.account_id == account_id))
    }


def _of(account_id: str, product: Product) -> ColumnElement[bool]:
    return (_subscriptions.account_id == account_id) & (_subscriptions.product == product.value)


def _rows(read: Read, which: ColumnElement[bool]) -> Sequence[SubscriptionRow]:
    query = select(*[_subscriptions[name] for name in SubscriptionRow._fields]).where(which)
    return [SubscriptionRow._make(row) for row in read.rows(query.order_by(_subscriptions.id))]
