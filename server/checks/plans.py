"""Checks of subscriptions and of what is rented with them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from server.accounts.model import Person, PostalAddress
from server.accounts.rules.lifecycle import add_months
from server.checks.looking import GRACE, NEWEST_MAX, WRONG_MAX, look, micros, span
from server.checks.served import Served
from server.kit.due import DueWork, Pause
from server.kit.work import Read
from server.notices.model import OutboxMessage
from server.orders.model import Invoice
from server.plans.actions.changes import RENEW
from server.plans.actions.members import WITHDRAW
from server.plans.actions.subscribing import currency
from server.plans.model import IpAddress, IpAssignment, PlanCharge, PlanSubscription, PlanWithdrawal
from server.plans.rules.fixed_ips import CYCLE, FixedIpTerms
from server.plans.rules.status import LIVE, RUNNING, ChargeReason, ChargeStatus, Product, Status, StopReason
from server.plans.rules.terms import Terms
from server.policy.rules.checking import Check, Finding, finding

_P = PlanSubscription
_running = _P.status.in_([status.value for status in RUNNING])
_live = _P.status.in_([status.value for status in LIVE])
_by_customer = _P.stop_reason == StopReason.CUSTOMER.value
_fixed_ip = _P.product == Product.FIXED_IP.value


def cycles_renewed(read: Read) -> Finding:
    """No cycle is over without the next one being charged, unless its account cannot be charged at present (M041)."""
    asked = select(PlanCharge.id).where(
        PlanCharge.subscription_id == _P.id, PlanCharge.status == ChargeStatus.PENDING.value
    )
    late = (_P.period_end <= read.now - GRACE) & _P.held_at.is_(None) & _undone(read, RENEW, _P.id)
    over = (_P.status == Status.ACTIVE.value) & late & ~asked.exists()
    return look(read, "subscriptions", _P, _P.id, over)


def cancelled_not_charged(read: Read) -> Finding:
    """Nothing was charged for a cycle that begins when a subscription, cancelled before, ends (M042)."""
    after = select(_P.id).where(
        _P.id == PlanCharge.subscription_id,
        _P.ends_at <= PlanCharge.period_start,
        _P.cancelled_at < PlanCharge.created_at,
    )
    renewal = PlanCharge.reason == ChargeReason.RENEWAL.value
    return look(read, "cycles", PlanCharge, PlanCharge.id, renewal & after.exists())


def access_to_cycle_end(read: Read) -> Finding:
    """What a customer cancelled stays until the end of its cycle (M043)."""
    ended_early = (_P.status == Status.ENDED.value) & (_P.ended_at < _P.ends_at)
    ends_early = (_P.status == Status.CANCELLING.value) & (_P.ends_at < _P.period_end)
    return look(read, "subscriptions", _P, _P.id, _by_customer & (ended_early | ends_early))


def ended_is_free(read: Read) -> Finding:
    """No subscription goes on after its end: its account is free again (M045)."""
    late = (_P.ends_at <= read.now - GRACE) & _undone(read, RENEW, _P.id)
    return look(read, "subscriptions", _P, _P.id, (_P.status == Status.CANCELLING.value) & late)


def subscriptions_not_refunded(read: Read) -> Finding:
    """No cycle that was paid was credited (M044, M057, M085)."""
    credited = select(Invoice.id).where(Invoice.corrects_id == PlanCharge.invoice_id)
    return look(read, "cycles", PlanCharge, PlanCharge.id, credited.exists())


def terms_set_once(read: Read) -> Finding:
    """The days of a subscription's cycles were fixed by its first cycle, and not later than the policy says (M035)."""
    unset = _running & (_P.number > 1) & _P.term_set_at.is_(None)
    early = _P.term_set_at < _P.created_at
    return look(read, "subscriptions", _P, _P.id, unset | early)


def currencies_by_country(read: Read) -> Finding:
    """A subscription is billed in the currency of the country that its account had when it began (M028); of the newest
    whose country has not changed since."""
    moved = select(PostalAddress.account_id).where(
        PostalAddress.account_id == _P.account_id, PostalAddress.updated_at > _P.created_at
    )
    live = select(_P.id, _P.account_id, _P.currency).where(_live, ~moved.exists()).order_by(_P.id.desc())
    rows = read.rows(live.limit(WRONG_MAX))
    wrong = [row.id for row in rows if row.currency != currency(read, row.account_id).code]
    return finding(len(rows), "subscriptions", wrong)


def free_plan_limited(read: Read) -> Finding:
    """The free plan has limits, by which every account without a subscription is held now (M037)."""
    free = read.terms(Terms).free
    limits = {
        "messages_a_day": free.limits.messages_a_day,
        "messages_a_month": free.limits.messages_a_month,
        "users_max": free.users_max,
    }
    return finding(len(limits), "limits", [name for name, limit in limits.items() if limit is None])


def seats_billed(read: Read) -> Finding:
    """Extra users are there for a cycle of their own that was paid (M062)."""
    paid = select(PlanCharge.id).where(
        PlanCharge.subscription_id == _P.id, PlanCharge.status == ChargeStatus.PAID.value
    )
    seats = (_P.product == Product.SEATS.value) & _running
    return look(read, "subscriptions", _P, _P.id, seats & ~paid.exists())


def withdrawals_at_cycle_end(read: Read) -> Finding:
    """A member who was deleted stays active until the end of the cycle, and not longer (M063)."""
    there = select(Person.id).where(Person.id == PlanWithdrawal.person_id, Person.removed_at.is_(None))
    over = PlanWithdrawal.withdraw_at <= read.now - GRACE
    late = over & there.exists() & _undone(read, WITHDRAW, PlanWithdrawal.person_id)
    return look(read, "members to leave", PlanWithdrawal, PlanWithdrawal.person_id, late)


def addresses_with_plans(read: Read) -> Finding:
    """A fixed address is rented by the year, and only of who has a plan (M055, M059)."""
    plan = _P.__table__.alias("plan")
    has_plan = select(plan.c.id).where(
        plan.c.account_id == _P.account_id,
        plan.c.product == Product.PLAN.value,
        plan.c.status.in_([status.value for status in RUNNING]),
    )
    yearly = _P.cycle == CYCLE.name
    return look(read, "subscriptions", _P, _P.id, _fixed_ip & _running & (~yearly | ~has_plan.exists()))


def addresses_return(read: Read) -> Finding:
    """An address that nobody rents any more is in the pool again (M056)."""
    live = select(_P.id).where(_P.id == IpAddress.subscription_id, _fixed_ip, _live)
    lost = IpAddress.subscription_id.is_not(None) & ~live.exists()
    return look(read, "addresses", IpAddress, IpAddress.id, lost)


def addresses_rest(read: Read) -> Finding:
    """An address that was in use rests before somebody else gets it."""
    quarantine = span(read.terms(FixedIpTerms).quarantine)
    before = IpAssignment.__table__.alias("before")
    used = select(_P.id).where(_P.id == before.c.subscription_id, _P.number > 0)
    hasty = select(before.c.ip_id).where(
        before.c.ip_id == IpAssignment.ip_id,
        before.c.released_at <= IpAssignment.assigned_at,
        micros(before.c.released_at) + quarantine > micros(IpAssignment.assigned_at),
        used.exists(),
    )
    return look(read, "assignments", IpAssignment, IpAssignment.subscription_id, hasty.exists())


def addresses_to_next_cycle(read: Read) -> Finding:
    """An address that was given up stays for as many cycles more as the policy says (M060)."""
    months = CYCLE.value * read.terms(FixedIpTerms).cycles_after_cancellation
    cancelled = select(_P.id, _P.cancelled_at, _P.ends_at).where(
        _fixed_ip, _by_customer, _P.ends_at.is_not(None)
    )
    rows = read.rows(cancelled.order_by(_P.id.desc()).limit(NEWEST_MAX))
    wrong = [row.id for row in rows if row.ends_at < add_months(row.cancelled_at, months)]
    return finding(len(rows), "cancelled addresses", wrong)


def reclaims_announced(read: Read) -> Finding:
    """An address was taken back only after the e-mail that announces it was delivered (M058)."""
    undelivered = select(OutboxMessage.id).where(
        OutboxMessage.notice_id == IpAssignment.notice_id,
        or_(OutboxMessage.settled_at.is_(None), OutboxMessage.settled_at > IpAssignment.released_at),
    )
    reclaimed = select(_P.id).where(
        _P.id == IpAssignment.subscription_id, _P.stop_reason == StopReason.RECLAIMED.value
    )
    untold = IpAssignment.notice_id.is_(None) | undelivered.exists()
    return look(read, "assignments", IpAssignment, IpAssignment.subscription_id, reclaimed.exists() & untold)


def pauses_contractual(read: Read) -> Finding:
    """Of pauses no two overlap, and while one lasts nothing is late that is no term of a contract (M103)."""
    rows = read.rows(select(Pause.__table__).order_by(Pause.starts_at))
    overlapping = [
        after.id
        for before, after in pairwise(rows)
        if before.ends_at is None or before.ends_at > after.starts_at
    ]
    others = DueWork.kind.not_in(read.terms(Served).timers.contractual)
    late = others & (DueWork.due_at <= read.now - GRACE) & DueWork.leased_until.is_(None)
    held_up = select(DueWork.kind).where(late, DueWork.attempts == 0).distinct().limit(WRONG_MAX)
    kinds = list(read.execute(held_up).scalars()) if _paused(read) else []
    return finding(len(rows), "pauses", [*overlapping, *sorted(kinds)])


def _undone(read: Read, kind: str, subject: Any) -> ColumnElement[bool]:
    """Whether due work that should have been done is not even planned for now; while terms are paused, none should."""
    planned = select(DueWork.id).where(DueWork.kind == kind, DueWork.subject_id == subject)
    return ~(planned if _paused(read) else planned.where(DueWork.due_at > read.now - GRACE)).exists()


def _paused(read: Read) -> bool:
    """Whether contractual terms stand still (M103)."""
    return read.scalar(select(Pause.id).where(Pause.ends_at.is_(None)).limit(1)) is not None


CHECKS: Mapping[str, Check] = {
    "cycles_renewed": cycles_renewed,
    "cancelled_not_charged": cancelled_not_charged,
    "access_to_cycle_end": access_to_cycle_end,
    "ended_is_free": ended_is_free,
    "subscriptions_not_refunded": subscriptions_not_refunded,
    "terms_set_once": terms_set_once,
    "currencies_by_country": currencies_by_country,
    "free_plan_limited": free_plan_limited,
    "seats_billed": seats_billed,
    "withdrawals_at_cycle_end": withdrawals_at_cycle_end,
    "addresses_with_plans": addresses_with_plans,
    "addresses_return": addresses_return,
    "addresses_rest": addresses_rest,
    "addresses_to_next_cycle": addresses_to_next_cycle,
    "reclaims_announced": reclaims_announced,
    "pauses_contractual": pauses_contractual,
}
