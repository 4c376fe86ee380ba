"""Fixed addresses: rented by the year and only with a plan (M055), renewed as long as the plan is (M059).

Decided here, where the terms are silent:
- The billing cycle of an address is its year. Cancelled in one year, it stays for the next one, which is charged as
  usual, and is removed at that one's end (M060). `keep_ip` takes it back until then.
- While the plan's own renewal is unpaid, that of an address which is due waits for its outcome.
- A plan that ends, or is cancelled when the address is due, takes the address with it; nothing is given back (M044).
"""

from __future__ import annotations

from sqlalchemy import insert, select, update

from server.kit.due import schedule
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.plans import reads
from server.plans.actions.changes import RENEW, cancel_at, locked
from server.plans.actions.events import PlanEnded, PlanLapsed, PlanRenewed, SubscriptionEvent
from server.plans.actions.subscribing import (
    abandon,
    check_method,
    cycle_end,
    end_now,
    order,
    resume,
    settle_up,
    settled_up,
)
from server.plans.model import IpAddress, IpAssignment
from server.plans.reads import SubscriptionRow, open_charge
from server.plans.reads.fixed_ips import rentals
from server.plans.rules.calendar import add_months
from server.plans.rules.fixed_ips import (
    CYCLE,
    FixedIpNotFound,
    FixedIpPoolEmpty,
    FixedIpTerms,
    check_rented,
)
from server.plans.rules.pricing import paid_plan
from server.plans.rules.problems import NoPaidPlan, PlanEnding, PlanNotCancelled
from server.plans.rules.status import Product, Status, StopReason
from server.plans.rules.terms import Terms


def rent_ip(work: Work, account_id: str, method_id: str | None = None) -> Receipt:
    """Set an address aside and have the saved card pay for its first year; facts: `subscription_id`.

    Raises NoPaidPlan (M055), PlanEnding, FixedIpLimitReached, FixedIpPoolEmpty, NoValidPaymentMethod and what
    `charge_method` raises.
    """
    plan_row = settled_up(work, account_id)
    if plan_row is None or plan_row.number == 0:
        raise NoPaidPlan
    if plan_row.status == Status.CANCELLING.value:
        raise PlanEnding(plan_row.plan)
    check_rented(len(rentals(work, account_id)), work.terms(FixedIpTerms))
    plan = paid_plan(plan_row.plan, work.terms(Terms))
    row = order(work, account_id, Product.FIXED_IP, plan, CYCLE, method_id)
    assert row is not None, "an account may have many addresses"
    _assign(work, row)
    return Receipt({"subscription_id": row.id})


def cancel_ip(work: Work, account_id: str, fixed_ip_id: str) -> SubscriptionRow:
    """Give an address up: it is removed at the end of the next cycle (M060), and nothing is given back.

    One that waits for its first payment is never had; repeated, it changes nothing. Raises FixedIpNotFound.
    """
    row = _locked(work, account_id, fixed_ip_id)
    if row.status == Status.PENDING_PAYMENT.value:
        return abandon(work, row)
    if row.stop_reason == StopReason.CUSTOMER.value:
        return row
    months = CYCLE.value * work.terms(FixedIpTerms).cycles_after_cancellation
    return cancel_at(work, row, StopReason.CUSTOMER, add_months(cycle_end(work, row), months))


def keep_ip(work: Work, account_id: str, fixed_ip_id: str) -> SubscriptionRow:
    """Take the cancellation back, while the address is there.

    Raises FixedIpNotFound, PlanNotCancelled, NoValidPaymentMethod.
    """
    row = _locked(work, account_id, fixed_ip_id)
    if row.status != Status.CANCELLING.value:
        raise PlanNotCancelled(row.status)
    check_method(work, row)
    return resume(work, row)


def end_with_plan(work: Work, event: PlanEnded | PlanLapsed) -> None:
    """Without a plan there is no fixed address (M055)."""
    for each in rentals(work, event.account_id):
        row = locked(work, each.id)
        assert row is not None, "subscriptions stay"
        end_now(work, row, StopReason.PLAN_ENDED)


def renew_with_plan(work: Work, event: PlanRenewed) -> None:
    """The addresses that waited for the plan's renewal are due now (M059)."""
    for row in rentals(work, event.account_id):
        if row.period_end is not None and row.period_end <= work.now and open_charge(work, row.id) is None:
            schedule(work, RENEW, row.id, work.now)


def release(work: Work, event: SubscriptionEvent) -> None:
    """The address goes back to the pool (M056), and rests there if it was in use."""
    rests = work.terms(FixedIpTerms).quarantine if event.number else None
    available_at = work.now if rests is None else work.now + rests
    mine = IpAddress.subscription_id == event.subject_id
    work.execute(update(IpAddress).where(mine).values(subscription_id=None, available_at=available_at))
    had = IpAssignment.subscription_id == event.subject_id
    work.execute(update(IpAssignment).where(had).values(released_at=work.now))


def _assign(work: Work, row: SubscriptionRow) -> None:
    """Take the address that has been free for longest; one statement, so that nobody else takes it, too."""
    free = (
        select(IpAddress.id)
        .where(
            IpAddress.subscription_id.is_(None),
            IpAddress.retired_at.is_(None),
            IpAddress.available_at <= work.now,
        )
        .order_by(IpAddress.available_at, IpAddress.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    take = update(IpAddress).where(IpAddress.id == free.scalar_subquery()).values(subscription_id=row.id)
    ip_id = work.scalar(take.returning(IpAddress.id))
    if ip_id is None:
        raise FixedIpPoolEmpty
    assigned = {"subscription_id": row.id, "ip_id": ip_id, "account_id": row.account_id}
    work.execute(insert(IpAssignment).values(assigned_at=work.now, **assigned))


def _locked(work: Work, account_id: str, fixed_ip_id: str) -> SubscriptionRow:
    """A live rental of the account, settled up. Raises FixedIpNotFound, also for another's (Q014)."""
    found = reads.subscription(work, account_id, fixed_ip_id)
    if found is None or found.product != Product.FIXED_IP.value:
        raise FixedIpNotFound
    row = settle_up(work, found.id)
    if row is None:
        raise FixedIpNotFound
    return row
