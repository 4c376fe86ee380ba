"""The only writer of subscriptions: each change that a customer can see is one event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from server.accounts.actions import set_member_limit
from server.kit.due import cancel, schedule
from server.kit.work import Work
from server.plans.actions.events import SubscriptionEvent, told
from server.plans.model import PlanCharge, PlanSubscription
from server.plans.reads import ChargeRow, SubscriptionRow, current, extra_seats
from server.plans.rules.status import (
    ChargeFailure,
    ChargeStatus,
    Product,
    Status,
    StopReason,
    final_status,
)
from server.plans.rules.terms import Terms

RENEW = "plans.renew"
REMIND = "plans.remind"
RETRY = "plans.retry"
GIVE_UP = "plans.give_up"


def locked(work: Work, subscription_id: str) -> SubscriptionRow | None:
    """The subscription, locked for the rest of the transaction."""
    query = select(PlanSubscription.__table__).where(PlanSubscription.id == subscription_id)
    row = work.first(query.with_for_update())
    return SubscriptionRow(**row._mapping) if row is not None else None


def write(work: Work, row: SubscriptionRow, **values: object) -> SubscriptionRow:
    """Write columns of a locked subscription."""
    statement = update(PlanSubscription).where(PlanSubscription.id == row.id).values(**values)
    found = work.first(statement.returning(*PlanSubscription.__table__.c))
    assert found is not None, "a locked row stays"
    return SubscriptionRow(**found._mapping)


def change(
    work: Work, row: SubscriptionRow, event: type[SubscriptionEvent], **values: object
) -> SubscriptionRow:
    """Write columns of a locked subscription, hand over what it now allows, and record the event that tells it."""
    changed = write(work, row, **values)
    hand_over_limit(work, row.account_id)
    work.record(event.of(changed))
    return changed


def charge_by_id(work: Work, charge_id: str) -> ChargeRow | None:
    """The charge; lock its subscription first and look again, for that is its lock too."""
    row = work.first(select(PlanCharge.__table__).where(PlanCharge.id == charge_id))
    return ChargeRow(**row._mapping) if row is not None else None


def locked_charge(work: Work, charge_id: str) -> tuple[SubscriptionRow, ChargeRow] | None:
    """The charge that waits for its payment with its subscription, locked; None when it is decided."""
    charge = charge_by_id(work, charge_id)
    row = locked(work, charge.subscription_id) if charge is not None else None
    charge = charge_by_id(work, charge_id)
    if row is None or charge is None or charge.status != ChargeStatus.PENDING.value:
        return None
    return row, charge


def write_charge(work: Work, charge: ChargeRow, **values: object) -> None:
    """Write columns of a charge whose subscription is locked."""
    work.execute(update(PlanCharge).where(PlanCharge.id == charge.id).values(**values))


def fail_charge(work: Work, charge: ChargeRow, failure: ChargeFailure) -> None:
    """It is not paid, and will not be: what its card still brings stays in the balance."""
    write_charge(work, charge, status=ChargeStatus.FAILED.value, failure=failure.value, settled_at=work.now)
    for kind in (RETRY, GIVE_UP):
        cancel(work, kind, charge.id)


def stop(work: Work, row: SubscriptionRow, reason: StopReason) -> SubscriptionRow:
    """The subscription is over now: without a plan the account is free (M041, M045)."""
    for kind in (RENEW, REMIND):
        cancel(work, kind, row.id)
    status = final_status(reason)
    event = told(row).ended if status is Status.ENDED else told(row).lapsed
    return change(
        work, row, event, status=status.value, stop_reason=reason.value, ended_at=work.now, **NO_PLANS
    )


def cancel_at(
    work: Work, row: SubscriptionRow, reason: StopReason, ends_at: datetime | None
) -> SubscriptionRow:
    """No cycle follows the one that ends then; until then everything stays as it is (M043)."""
    return change(
        work,
        row,
        told(row).cancelled,
        status=Status.CANCELLING.value,
        stop_reason=reason.value,
        cancelled_at=work.now,
        ends_at=ends_at,
        **NO_PLANS,
    )


def plan_ahead(work: Work, row: SubscriptionRow) -> None:
    """Let the due work come by at the end of the cycle, and before it to announce a renewal."""
    assert row.period_start is not None
    assert row.period_end is not None
    schedule(work, RENEW, row.id, row.period_end)
    remind_at = row.period_end - work.terms(Terms).renewal_notice
    if row.product == Product.PLAN.value and remind_at > row.period_start:
        schedule(work, REMIND, row.id, remind_at)
    else:
        cancel(work, REMIND, row.id)


def hand_over_limit(work: Work, account_id: str) -> None:
    """Tell accounts how many people this one may have; without a row of its own the free plan's number holds."""
    paid = current(work, account_id)
    extra = extra_seats(work, account_id)
    limit = paid.plan.users_max + extra if paid.paid or extra else None
    set_member_limit(work, account_id, limit)


NO_PLANS: dict[str, Any] = {"next_plan": None, "next_cycle": None, "next_seats": None}
"""Nothing is planned for the next cycle."""
