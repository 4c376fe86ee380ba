"""Charging cycles: asking the card, renewing at the end of a cycle, asking again, and giving up.

Each of these steps may run twice, or be cut off anywhere: a cycle has one charge by the database's own constraint,
a charge has one payment in flight, and both are written with the payment's intent in one transaction.

Decided here, where the terms are silent: while an account is suspended (M083), disabled or deactivated, nothing is
charged to it. A renewal that falls due then waits, and the next cycle begins with the charge after the account is
active again; what is in flight already ends as it would.
"""

from __future__ import annotations

from sqlalchemy import insert, select

from server.accounts.actions.events import AccountReactivated, AccountReinstated
from server.accounts.actions.restricting import ProcessingReleased
from server.accounts.reads.lifecycle import may_be_charged
from server.kit.due import schedule
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.plans.actions.changes import (
    GIVE_UP,
    RENEW,
    change,
    fail_charge,
    locked,
    locked_charge,
    stop,
    write,
    write_charge,
)
from server.plans.actions.events import PlanRenewalSoon, PlanUpgradeFailed, told
from server.plans.model import PlanCharge, PlanSubscription
from server.plans.reads import ChargeRow, SubscriptionRow, live_plan, open_charge, price
from server.plans.rules.calendar import Period, period_of
from server.plans.rules.status import (
    RUNNING,
    ChargeFailure,
    ChargeReason,
    ChargeStatus,
    Product,
    Status,
    StopReason,
    is_over,
)
from server.plans.rules.terms import Cycle, Terms
from server.topups.actions.methods import charge_method
from server.topups.reads.methods import valid_method
from server.topups.rules.outcomes import TopUpPurpose


def renew(work: Work, subscription_id: str) -> None:
    """At the end of a cycle: charge the next one (M041), or end what was cancelled before (M042, M045).

    The instant of billing is the end of the cycle: a cancellation one second before it is heard, one at it is for
    the cycle after. An account that may not be charged is not: its renewal waits, and what was cancelled ends.
    """
    row = locked(work, subscription_id)
    if row is None or Status(row.status) not in RUNNING:
        return
    assert row.period_end is not None
    if work.now < row.period_end:
        schedule(work, RENEW, row.id, row.period_end)
    elif is_over(row.ends_at, row.period_end):
        assert row.stop_reason is not None
        stop(work, row, StopReason(row.stop_reason))
    elif open_charge(work, row.id) is not None:
        return  # its outcome decides
    elif not may_be_charged(work, row.account_id):
        _hold(work, row)
    else:
        _charge_next(work, row)


def wake_held(work: Work, event: AccountReinstated | AccountReactivated | ProcessingReleased) -> None:
    """The account may be used and charged again: so are its renewals that waited, for a cycle that begins now."""
    held = (PlanSubscription.account_id == event.account_id) & PlanSubscription.held_at.is_not(None)
    for subscription_id in work.execute(select(PlanSubscription.id).where(held)).scalars().all():
        schedule(work, RENEW, subscription_id, work.now)


def retry(work: Work, charge_id: str) -> None:
    """Ask for the payment of a cycle once more, unless it came meanwhile or is on its way."""
    found = locked_charge(work, charge_id)
    if found is None or found[1].top_up_id is not None:
        return
    row, charge = found
    if not may_be_charged(work, row.account_id):
        fail_charge(work, charge, ChargeFailure.SUPERSEDED)
        _hold(work, row)
    elif method_of(work, row) is None:
        fail_charge(work, charge, ChargeFailure.NO_PAYMENT_METHOD)
        stop(work, row, StopReason.NO_PAYMENT_METHOD)
    else:
        ask(work, row, charge)


def give_up(work: Work, charge_id: str) -> None:
    """The outcome of a payment stayed unknown for as long as the terms wait: it counts as none."""
    found = locked_charge(work, charge_id)
    if found is not None and found[1].top_up_id is not None:
        not_paid(work, *found, ChargeFailure.OUTCOME_UNKNOWN)


def remind(work: Work, subscription_id: str) -> None:
    """Announce a renewal."""
    row = locked(work, subscription_id)
    if row is None or row.status != Status.ACTIVE.value:
        return
    assert row.period_end is not None
    if work.now < row.period_end and may_be_charged(work, row.account_id):
        work.record(PlanRenewalSoon.of(row))


def begin_charge(
    work: Work, row: SubscriptionRow, reason: ChargeReason, plan: str, cycle: Cycle, period: Period | None
) -> ChargeRow:
    """Write what the next cycle costs on its first day (M033) and ask the card for it.

    Raises what `charge_method` raises.
    """
    seats = row.seats if row.next_seats is None else row.next_seats
    taxed = price(work, row, plan, cycle, seats, period.start if period else None)
    values = {
        "id": work.ids.new("plc"),
        "subscription_id": row.id,
        "account_id": row.account_id,
        "reason": reason.value,
        "number": row.number + 1,
        "plan": plan,
        "cycle": cycle.name,
        "seats": seats,
        "period_start": period.start if period else None,
        "period_end": period.end if period else None,
        "currency": row.currency,
        "net_minor": taxed.net_minor,
        "tax_minor": taxed.tax_minor,
        "rate_basis_points": taxed.rate_basis_points,
        "tax_treatment": taxed.treatment.value,
        "status": ChargeStatus.PENDING.value,
        "attempts": 0,
        "created_at": work.now,
    }
    made = work.execute(insert(PlanCharge).values(values).returning(*PlanCharge.__table__.c)).one()
    charge = ChargeRow(**made._mapping)
    ask(work, row, charge)
    return charge


def ask(work: Work, row: SubscriptionRow, charge: ChargeRow) -> None:
    """Let the card pay the charge: the method that was chosen, or the account's default one where that is gone."""
    money = Money(charge.taxed.gross_minor, Currency[charge.currency])
    top_up = charge_method(
        work,
        row.account_id,
        money,
        TopUpPurpose.PLAN,
        method_id=method_of(work, row),
        for_id=charge.id,
    )
    write_charge(work, charge, top_up_id=top_up.id, attempts=charge.attempts + 1)
    schedule(work, GIVE_UP, charge.id, work.now + work.terms(Terms).payment_wait_max)


def not_paid(work: Work, row: SubscriptionRow, charge: ChargeRow, failure: ChargeFailure) -> None:
    """A charge failed for good: a first payment brings no plan, an upgrade none either, a renewal ends it."""
    fail_charge(work, charge, failure)
    match ChargeReason(charge.reason):
        case ChargeReason.START:
            _never_began(work, row)
        case ChargeReason.UPGRADE:
            work.record(PlanUpgradeFailed.of(row))
            assert row.period_end is not None
            schedule(work, RENEW, row.id, row.period_end)  # it waited for this outcome
        case ChargeReason.RENEWAL:
            stop(work, row, StopReason.PAYMENT_FAILED)


def next_period(row: SubscriptionRow) -> Period:
    """The cycle after the present one, on the days of the anchor unless its length changes (M035)."""
    assert row.anchor_at is not None
    assert row.period_end is not None
    if row.next_cycle is not None and row.next_cycle != row.cycle:
        return period_of(row.period_end, Cycle[row.next_cycle], 0)
    return period_of(row.anchor_at, Cycle[row.cycle], row.number + 1 - row.anchor_number)


def _charge_next(work: Work, row: SubscriptionRow) -> None:
    if row.product == Product.FIXED_IP.value and not _renews_with_plan(work, row):
        return
    if method_of(work, row) is None:
        stop(work, row, StopReason.NO_PAYMENT_METHOD)
        return
    plan, cycle = row.next_plan or row.plan, Cycle[row.next_cycle or row.cycle]
    # Who was held back does not pay for the time in which the account could not be used.
    period = next_period(row) if row.held_at is None else period_of(work.now, cycle, 0)
    begin_charge(work, row, ChargeReason.RENEWAL, plan, cycle, period)


def _hold(work: Work, row: SubscriptionRow) -> None:
    """Let a renewal wait: `wake_held` goes on with it. It looks again by itself, too, so that a wake-up that crossed
    this decision is not lost."""
    write(work, row, held_at=row.held_at or work.now)
    schedule(work, RENEW, row.id, work.now + work.terms(Terms).held_renewal_wait)


def _renews_with_plan(work: Work, row: SubscriptionRow) -> bool:
    """A fixed address goes with a plan that is over or ending, and waits while the plan's own renewal is open."""
    plan = live_plan(work, row.account_id)
    if plan is None or plan.status != Status.ACTIVE.value:
        stop(work, row, StopReason.PLAN_ENDED)
        return False
    assert plan.period_end is not None
    return plan.period_end > work.now  # else the plan's renewal calls for this one (M059)


def method_of(work: Work, row: SubscriptionRow) -> str | None:
    """A valid card of the account (M041): the chosen one if it still is one, else the default one."""
    chosen = valid_method(work, row.account_id, row.method_id) if row.method_id is not None else None
    method = chosen or valid_method(work, row.account_id)
    return method.id if method is not None else None


def _never_began(work: Work, row: SubscriptionRow) -> None:
    change(
        work,
        row,
        told(row).not_paid,
        status=Status.FAILED.value,
        stop_reason=StopReason.PAYMENT_FAILED.value,
        ended_at=work.now,
    )
