"""Extra seats: bought with a plan or later, each purchase billed by its own cycle (M062)."""

from __future__ import annotations

from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.plans.actions.changes import change
from server.plans.actions.events import told
from server.plans.actions.ordering import cancel
from server.plans.actions.subscribing import check_method, order, resume, settle_up, settled_up
from server.plans.reads import SubscriptionRow, live_seats, open_charge, subscription
from server.plans.rules.pricing import check_seats, paid_plan
from server.plans.rules.problems import (
    NoPaidPlan,
    PlanNotCancelled,
    PlanPaymentPending,
    SeatsNotFound,
    TooManySeatPurchases,
)
from server.plans.rules.status import Product, Status
from server.plans.rules.terms import Cycle, Terms


def buy_seats(work: Work, account_id: str, count: int, cycle: Cycle, method_id: str | None = None) -> Receipt:
    """More people than the plan has, from when the money is there; facts: `subscription_id`.

    Their price is that of the account's plan at this moment, also later when the plan is another one. They live by
    themselves: neither an end nor a change of the plan ends them. Raises NoPaidPlan, SeatsOutOfRange,
    TooManySeatPurchases, NoValidPaymentMethod and what `charge_method` raises.
    """
    terms = work.terms(Terms)
    plan_row = settled_up(work, account_id)
    if plan_row is None:
        raise NoPaidPlan
    bought = live_seats(work, account_id)
    check_seats(count, 1, max(0, terms.seats_max - sum(row.seats for row in bought)))
    if len(bought) >= terms.seat_subscriptions_max:
        raise TooManySeatPurchases(terms.seat_subscriptions_max)
    plan = paid_plan(plan_row.plan, terms)
    row = order(work, account_id, Product.SEATS, plan, cycle, method_id, count)
    assert row is not None, "an account may have many purchases of seats"
    return Receipt({"subscription_id": row.id})


def remove_seats(work: Work, account_id: str, seats_id: str, count: int) -> SubscriptionRow:
    """Give seats of one purchase up: they stay until the end of its cycle, and nothing is given back (M044, M063).

    Raises SeatsNotFound, PlanPaymentPending, SeatsOutOfRange.
    """
    row = _locked(work, account_id, seats_id)
    kept = 0 if row.status == Status.CANCELLING.value else _of_next_cycle(row)
    check_seats(count, 1, kept)
    if count == kept:
        return cancel(work, row)
    waiting = open_charge(work, row.id)
    if waiting is not None:
        raise PlanPaymentPending(waiting.top_up_id)
    return change(work, row, told(row).change_planned, next_seats=kept - count)


def keep_seats(work: Work, account_id: str, seats_id: str) -> SubscriptionRow:
    """Take back that seats of this purchase were given up, while they are there.

    Raises SeatsNotFound, PlanNotCancelled, NoValidPaymentMethod.
    """
    row = _locked(work, account_id, seats_id)
    if row.status == Status.CANCELLING.value:
        check_method(work, row)
        return resume(work, row)
    if row.next_seats is None:
        raise PlanNotCancelled(row.status)
    return change(work, row, told(row).change_planned, next_seats=None)


def _of_next_cycle(row: SubscriptionRow) -> int:
    return row.seats if row.next_seats is None else row.next_seats


def _locked(work: Work, account_id: str, seats_id: str) -> SubscriptionRow:
    """A live purchase of the account, settled up. Raises SeatsNotFound, also for another's (Q014)."""
    found = subscription(work, account_id, seats_id)
    if found is None or found.product != Product.SEATS.value:
        raise SeatsNotFound
    row = settle_up(work, found.id)
    if row is None:
        raise SeatsNotFound
    return row
