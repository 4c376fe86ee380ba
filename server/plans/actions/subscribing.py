"""What the verbs of plans and of seats share: ordering, abandoning and resuming a subscription."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from server.accounts import reads as account_reads
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.signing import currency_of
from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.work import Read, Work
from server.plans.actions.billing import begin_charge, method_of, next_period, renew
from server.plans.actions.changes import change, fail_charge, locked, stop
from server.plans.actions.events import told
from server.plans.model import PlanSubscription
from server.plans.reads import SubscriptionRow, live_plan, live_seats, open_charge
from server.plans.reads.fixed_ips import rentals
from server.plans.rules.pricing import billed_currency
from server.plans.rules.status import (
    LIVE,
    RUNNING,
    ChargeFailure,
    ChargeReason,
    Product,
    Status,
    StopReason,
)
from server.plans.rules.terms import Cycle, Plan, Terms
from server.topups.reads.methods import valid_method
from server.topups.rules.methods import NoValidPaymentMethod


def order(
    work: Work,
    account_id: str,
    product: Product,
    plan: Plan,
    cycle: Cycle,
    method_id: str | None,
    seats: int = 0,
) -> SubscriptionRow | None:
    """A subscription that waits for its first payment, which is asked of the card; None when the account has a plan.

    Raises NoValidPaymentMethod, and what `charge_method` raises.
    """
    known = method_id is None or is_id(method_id, "pm")  # PostgreSQL takes no NUL
    if not known or valid_method(work, account_id, method_id) is None:
        raise NoValidPaymentMethod
    values = {
        "id": work.ids.new("pls"),
        "account_id": account_id,
        "product": product.value,
        "plan": plan.code,
        "cycle": cycle.name,
        "seats": seats,
        "currency": currency(work, account_id).code,
        "status": Status.PENDING_PAYMENT.value,
        "method_id": method_id,
        "number": 0,
        "anchor_number": 0,
        "created_at": work.now,
    }
    made = insert(PlanSubscription).values(values).on_conflict_do_nothing()
    found = work.first(made.returning(*PlanSubscription.__table__.c))
    if found is None:
        return None
    row = SubscriptionRow(**found._mapping)
    begin_charge(work, row, ChargeReason.START, plan.code, cycle, None)
    work.record(told(row).ordered.of(row))
    return row


def settled_up(work: Work, account_id: str) -> SubscriptionRow | None:
    """The account's live plan, locked, after doing what is due at this instant: a cycle that is over was charged or
    ended before anything else is decided (M042)."""
    found = live_plan(work, account_id)
    return settle_up(work, found.id) if found is not None else None


def settle_up(work: Work, subscription_id: str) -> SubscriptionRow | None:
    """The same for one subscription."""
    row = locked(work, subscription_id)
    if row is not None and Status(row.status) in RUNNING:
        assert row.period_end is not None
        if work.now >= row.period_end:
            renew(work, row.id)
            row = locked(work, row.id)
    return row if row is not None and Status(row.status) in LIVE else None


def cycle_end(work: Work, row: SubscriptionRow) -> datetime:
    """When the cycle of this instant ends: of the next one, if that is being paid at this moment."""
    assert row.period_end is not None
    if work.now < row.period_end:
        return row.period_end
    waiting = open_charge(work, row.id)
    return (waiting.period_end if waiting is not None else None) or next_period(row).end


def abandon(work: Work, row: SubscriptionRow) -> SubscriptionRow:
    """The customer does not want it any more before it was paid; what the card still brings stays in the balance."""
    drop_open_charge(work, row)
    return change(
        work,
        row,
        told(row).not_paid,
        status=Status.FAILED.value,
        stop_reason=StopReason.CUSTOMER.value,
        ended_at=work.now,
    )


def drop_open_charge(work: Work, row: SubscriptionRow) -> None:
    """The subscription does without the payment that it waits for."""
    waiting = open_charge(work, row.id)
    if waiting is not None:
        fail_charge(work, waiting, ChargeFailure.SUPERSEDED)


def locked_all(work: Work, account_id: str) -> list[SubscriptionRow]:
    """The account's live subscriptions, locked in the order of their ids."""
    plan = live_plan(work, account_id)
    others = (*live_seats(work, account_id), *rentals(work, account_id))
    ids = sorted(row.id for row in (*([plan] if plan else []), *others))
    rows = [row for row in (locked(work, each) for each in ids) if row is not None]
    return [row for row in rows if Status(row.status) in LIVE]


def end_all(work: Work, account_id: str) -> int:
    """The account is closed: its plan, seats and fixed addresses end now, and nothing is given back (M038, M085);
    returns how many."""
    live = locked_all(work, account_id)
    for row in reversed(live):  # the plan last: its end would end its addresses for another reason
        end_now(work, row, StopReason.ACCOUNT_CLOSED)
    return len(live)


def end_now(work: Work, row: SubscriptionRow, reason: StopReason) -> None:
    """End a locked, live subscription at this instant; what the card still brings for it stays in the balance."""
    if row.status == Status.PENDING_PAYMENT.value:
        abandon(work, row)
    else:
        drop_open_charge(work, row)
        stop(work, row, reason)


def resume(work: Work, row: SubscriptionRow, **values: object) -> SubscriptionRow:
    """Take the end of a subscription back: it renews again."""
    return change(
        work,
        row,
        told(row).resumed,
        status=Status.ACTIVE.value,
        stop_reason=None,
        cancelled_at=None,
        ends_at=None,
        **values,
    )


def check_method(work: Work, row: SubscriptionRow) -> None:
    """Raises NoValidPaymentMethod when the account has no card that could pay for the subscription (M041)."""
    if method_of(work, row) is None:
        raise NoValidPaymentMethod


def currency(read: Read, account_id: str) -> Currency:
    """What the account's plans are billed in: the currency of its country (M028)."""
    terms = read.terms(AccountTerms)
    account = account_reads.account(read, account_id)
    country = account.country if account is not None else None
    return billed_currency(
        currency_of(country, terms.default_currency), terms.default_currency, read.terms(Terms)
    )
