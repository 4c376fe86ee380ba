"""The verbs of the customer's side of a plan: start it, change it, cancel it, and take that back.

Upgrading is by the customer's choice: at once, which begins a new cycle at its full price (M044: nothing is given for
the rest of the old one), or with the next cycle, which costs nothing extra. Anything smaller begins with the next
cycle.
"""

from __future__ import annotations

from server.accounts.actions import check_may_order
from server.accounts.reads import team
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.plans.actions.billing import begin_charge
from server.plans.actions.changes import cancel_at, change, plan_ahead
from server.plans.actions.events import PlanTermSet, told
from server.plans.actions.subscribing import (
    abandon,
    check_method,
    cycle_end,
    order,
    resume,
    settled_up,
)
from server.plans.reads import SubscriptionRow, extra_seats, live_plan, open_charge
from server.plans.rules.calendar import period_of
from server.plans.rules.pricing import check_upgrade, paid_plan
from server.plans.rules.problems import (
    NoPaidPlan,
    PlanAlreadyRunning,
    PlanEnding,
    PlanNotCancelled,
    PlanPaymentPending,
    PlanUnchanged,
    UsersExceedPlan,
)
from server.plans.rules.status import ChargeReason, Product, Status, StopReason
from server.plans.rules.terms import Cycle, Plan, Terms


def start_plan(
    work: Work, account_id: str, plan_code: str, cycle: Cycle, method_id: str | None = None
) -> Receipt:
    """Have the saved card pay for the first cycle; the plan begins when the money is there (M030, M038).

    Facts: `subscription_id`. Raises PlanUnknown, PostalAddressMissing, PlanAlreadyRunning, NoValidPaymentMethod,
    and what `charge_method` raises.
    """
    plan = paid_plan(plan_code, work.terms(Terms))
    check_may_order(work, account_id)
    settled_up(work, account_id)
    row = order(work, account_id, Product.PLAN, plan, cycle, method_id)
    if row is None:
        live = live_plan(work, account_id)
        assert live is not None, "it is what was in the way"
        raise PlanAlreadyRunning(live.plan, live.status)
    return Receipt({"subscription_id": row.id})


def change_plan(work: Work, account_id: str, plan_code: str, cycle: Cycle, *, at_once: bool) -> Receipt:
    """Another plan, or another length of cycle: paid and begun at once, or planned for the next cycle.

    To plan what the account has already takes back what was planned. Facts: `subscription_id`. Raises PlanUnknown,
    NoPaidPlan, PlanPaymentPending, PlanEnding, PlanUnchanged, NotAnUpgrade (at once), UsersExceedPlan,
    NoValidPaymentMethod and what `charge_method` raises.
    """
    terms = work.terms(Terms)
    plan = paid_plan(plan_code, terms)
    row = _changeable(work, account_id)
    same = (plan.code, cycle.name) == (row.plan, row.cycle)
    if same and (at_once or row.next_plan is None):
        raise PlanUnchanged(plan.code)
    _check_users(work, account_id, plan)
    if at_once:
        check_upgrade(row.plan, Cycle[row.cycle], plan.code, cycle, terms)
        check_method(work, row)
        begin_charge(work, row, ChargeReason.UPGRADE, plan.code, cycle, None)
    elif same:
        change(work, row, told(row).change_planned, next_plan=None, next_cycle=None)
    else:
        change(work, row, told(row).change_planned, next_plan=plan.code, next_cycle=cycle.name)
    return Receipt({"subscription_id": row.id})


def cancel_plan(work: Work, account_id: str) -> SubscriptionRow:
    """End the plan with the cycle that runs at this instant (M042, M043); nothing is given back (M044, M085).

    At any time: what waits for its first payment never begins; repeated, it changes nothing. Raises NoPaidPlan.
    """
    row = settled_up(work, account_id)
    if row is None:
        raise NoPaidPlan
    return cancel(work, row)


def cancel(work: Work, row: SubscriptionRow) -> SubscriptionRow:
    """The same for any subscription, locked and settled up."""
    if row.status == Status.PENDING_PAYMENT.value:
        return abandon(work, row)
    if row.stop_reason == StopReason.CUSTOMER.value:
        return row
    return cancel_at(work, row, StopReason.CUSTOMER, cycle_end(work, row))


def resume_plan(work: Work, account_id: str) -> SubscriptionRow:
    """Take a cancellation back, before the plan has ended. Raises NoPaidPlan, PlanNotCancelled,
    NoValidPaymentMethod."""
    row = settled_up(work, account_id)
    if row is None:
        raise NoPaidPlan
    if row.status != Status.CANCELLING.value:
        raise PlanNotCancelled(row.status)
    check_method(work, row)
    return resume(work, row)


def set_term_by_use(work: Work, account_id: str) -> None:
    """The service is used: where the terms say so, the first cycle of a plan begins again with its first use (M035).

    For whoever counts uses; it is cheap, and changes something once at most.
    """
    seen = live_plan(work, account_id)
    if seen is None or seen.number == 0 or seen.term_set_at is not None:
        return
    row = settled_up(work, account_id)
    if row is None or row.number == 0 or row.term_set_at is not None or row.cancelled_at is not None:
        return
    if open_charge(work, row.id) is not None:
        return
    period = period_of(work.now, Cycle[row.cycle], 0)
    set_now = change(
        work,
        row,
        PlanTermSet,
        term_set_at=work.now,
        anchor_at=period.start,
        anchor_number=row.number,
        period_start=period.start,
        period_end=period.end,
    )
    plan_ahead(work, set_now)


def _changeable(work: Work, account_id: str) -> SubscriptionRow:
    row = settled_up(work, account_id)
    if row is None:
        raise NoPaidPlan
    waiting = open_charge(work, row.id)
    if waiting is not None:
        raise PlanPaymentPending(waiting.top_up_id)
    if row.status == Status.CANCELLING.value:
        raise PlanEnding(row.plan)
    return row


def _check_users(work: Work, account_id: str, plan: Plan) -> None:
    allowed = plan.users_max + extra_seats(work, account_id)
    used = team.people_count(work, account_id)
    if used > allowed:
        raise UsersExceedPlan(allowed, used)
