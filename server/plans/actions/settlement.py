"""What payments in mean to plans: reactions to top-ups and payment methods, in the same transaction as they.

Decided here, where the terms are silent:
- Money that comes for a charge that is decided already (it was paid by another attempt, it failed, the plan lapsed or
  was cancelled meanwhile) stays in the balance, which it was credited to: no plan begins again by itself.
- Where fees of banks or an open claim leave too little for the cycle (M031), nothing is taken and the card is not
  asked again: the charge failed, and the money stays in the balance.
- A chargeback of the running cycle's payment ends the subscription at once, and what was not there to be taken back
  is owed (M044: no credit for the unused part). One of an earlier cycle turns renewal off.
"""

from __future__ import annotations

from datetime import datetime

from server.kit.db import savepoint
from server.kit.due import cancel, schedule
from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.work import Work
from server.orders.actions.invoicing import issue_invoice
from server.orders.actions.payments import sale
from server.orders.rules.invoices import Line
from server.plans.actions.billing import not_paid
from server.plans.actions.changes import (
    GIVE_UP,
    RETRY,
    cancel_at,
    change,
    charge_by_id,
    locked,
    locked_charge,
    plan_ahead,
    stop,
    write_charge,
)
from server.plans.actions.events import PlanUpgraded, SubscriptionEvent, told
from server.plans.actions.subscribing import cycle_end, drop_open_charge, locked_all, resume
from server.plans.reads import ChargeRow, SubscriptionRow, open_charge
from server.plans.rules.calendar import Period, period_of
from server.plans.rules.status import (
    RUNNING,
    ChargeFailure,
    ChargeReason,
    ChargeStatus,
    Product,
    Status,
    StopReason,
)
from server.plans.rules.terms import Cycle, Terms, TermSetOn
from server.topups.actions.changes import TopUpChange, TopUpFailed, TopUpReversed, TopUpSettled
from server.topups.actions.method_changes import (
    PaymentMethodExpired,
    PaymentMethodRemoved,
    PaymentMethodSaved,
)
from server.topups.rules.methods import SavedFor
from server.wallet.actions import post
from server.wallet.rules import BalanceTooLow, PostingKind, WalletsClosed


def pay_cycle(work: Work, event: TopUpSettled) -> None:
    """The card was charged: the wallet pays the cycle, which begins; all of it or nothing."""
    found = _charge_of(work, event)
    if found is None:
        return
    row, charge = found
    transfer_id = _pay(work, charge)
    if transfer_id is None:
        not_paid(work, row, charge, ChargeFailure.UNDERPAID)
        return
    period = _period_paid(work, charge)
    write_charge(
        work,
        charge,
        status=ChargeStatus.PAID.value,
        period_start=period.start,
        period_end=period.end,
        transfer_id=transfer_id,
        settled_at=work.now,
    )
    for kind in (RETRY, GIVE_UP):
        cancel(work, kind, charge.id)
    _begin_cycle(work, row, charge, period)
    invoice_id = _invoice(work, row, charge, period, transfer_id)
    write_charge(work, charge, invoice_id=invoice_id)


def ask_again_later(work: Work, event: TopUpFailed) -> None:
    """The card was not charged: a renewal asks again by the terms, everything else has failed."""
    found = _charge_of(work, event)
    if found is None or found[1].top_up_id != event.subject_id:
        return
    row, charge = found
    waits = work.terms(Terms).renewal_retries
    if charge.reason != ChargeReason.RENEWAL.value or charge.attempts > len(waits):
        not_paid(work, row, charge, ChargeFailure.DECLINED)
        return
    write_charge(work, charge, top_up_id=None)
    cancel(work, GIVE_UP, charge.id)
    schedule(work, RETRY, charge.id, work.now + waits[charge.attempts - 1])
    work.record(told(row).renewal_failed.of(row))


def take_back_cycle(work: Work, event: TopUpReversed) -> None:
    """The payment of a cycle was taken back."""
    charge_id = event.for_id or ""
    charge = charge_by_id(work, charge_id) if is_id(charge_id, "plc") else None
    row = locked(work, charge.subscription_id) if charge is not None else None
    if charge is None or row is None or charge.status != ChargeStatus.PAID.value:
        return
    if Status(row.status) not in RUNNING:
        return
    if charge.number == row.number:
        drop_open_charge(work, row)
        stop(work, row, StopReason.CHARGED_BACK)
    elif row.status == Status.ACTIVE.value:
        _stop_after_cycle(work, row, StopReason.CHARGED_BACK)


def stop_renewals(work: Work, event: PaymentMethodRemoved | PaymentMethodExpired) -> None:
    """Without a card nothing renews any more (M040): what was paid stays until the end of its cycle."""
    if not event.last_one:
        return
    for row in locked_all(work, event.account_id):
        if row.status == Status.ACTIVE.value:
            _stop_after_cycle(work, row, StopReason.NO_PAYMENT_METHOD)


def resume_renewals(work: Work, event: PaymentMethodSaved) -> None:
    """A card was saved for plans (M039): what lost its card renews again."""
    if event.saved_for != SavedFor.PLAN.value:
        return
    for row in locked_all(work, event.account_id):
        if row.stop_reason == StopReason.NO_PAYMENT_METHOD.value and row.status == Status.CANCELLING.value:
            assert row.ends_at is not None
            if work.now < row.ends_at:
                resume(work, row, method_id=event.subject_id)


def _stop_after_cycle(work: Work, row: SubscriptionRow, reason: StopReason) -> None:
    """End it with the cycle that is paid, or on the way to be; one that is over, and not billed yet, is the last."""
    on_the_way = open_charge(work, row.id) is not None
    cancel_at(work, row, reason, cycle_end(work, row) if on_the_way else row.period_end)


def _charge_of(work: Work, event: TopUpChange) -> tuple[SubscriptionRow, ChargeRow] | None:
    """The charge that a top-up was asked for, if it still waits for its payment."""
    return locked_charge(work, event.for_id) if event.for_id and is_id(event.for_id, "plc") else None


def _pay(work: Work, charge: ChargeRow) -> str | None:
    """The transfer that paid; None when there is too little."""

    transfers = sale(charge.account_id, charge.currency, charge.taxed, PostingKind.PLAN, charge.id)
    try:
        with savepoint(work.connection, "plan_payment"):
            return post(work, transfers)[0].transfer_id
    except (BalanceTooLow, WalletsClosed):
        return None


def _period_paid(work: Work, charge: ChargeRow) -> Period:
    """A renewal has its days; a first cycle and an upgrade's begin with their payment (M030)."""
    if charge.period_start is not None and charge.period_end is not None:
        return Period(charge.period_start, charge.period_end)
    return period_of(work.now, Cycle[charge.cycle], 0)


def _invoice(work: Work, row: SubscriptionRow, charge: ChargeRow, period: Period, transfer_id: str) -> str:
    seats = row.product == Product.SEATS.value
    quantity = charge.seats if seats else 1
    code = _LINES[row.product]
    line = Line(
        code=code,
        params={"plan": charge.plan} if code == "PLAN" else {},
        quantity=quantity,
        unit_price_minor=charge.net_minor // quantity,
        priced_units=1,
        taxed=charge.taxed,
    )
    return issue_invoice(
        work,
        row.account_id,
        Currency[charge.currency],
        [line],
        subject_id=charge.id,
        period=(period.start, period.end),
        payment_reference=transfer_id,
    )


_LINES = {
    Product.PLAN.value: "PLAN",
    Product.SEATS.value: "EXTRA_SEATS",
    Product.FIXED_IP.value: "DEDICATED_IP",
}


def _begin_cycle(work: Work, row: SubscriptionRow, charge: ChargeRow, period: Period) -> None:
    reason = ChargeReason(charge.reason)
    values = _cycle_values(row, charge, period)
    if reason is ChargeReason.START:
        at_once = work.terms(Terms).term_set_on is TermSetOn.REGISTRATION
        values |= {"status": Status.ACTIVE.value, "term_set_at": period.start if at_once else None}
    elif row.term_set_at is None:
        values["term_set_at"] = period.start
    if row.cancelled_at is not None:
        values["ends_at"] = _ends_at(row, period)
    event: dict[ChargeReason, type[SubscriptionEvent]] = {
        ChargeReason.START: told(row).started,
        ChargeReason.RENEWAL: told(row).renewed,
        ChargeReason.UPGRADE: PlanUpgraded,
    }
    begun = change(work, row, event[reason], **values)
    plan_ahead(work, begun)


def _ends_at(row: SubscriptionRow, period: Period) -> datetime:
    """Cancelled at or after the instant of billing, this cycle is the last (M042); that of an address may be the next
    one (M060)."""
    if row.product == Product.FIXED_IP.value and row.ends_at is not None:
        return max(row.ends_at, period.end)
    return period.end


def _cycle_values(row: SubscriptionRow, charge: ChargeRow, period: Period) -> dict[str, object]:
    values: dict[str, object] = {
        "plan": charge.plan,
        "cycle": charge.cycle,
        "seats": charge.seats,
        "number": charge.number,
        "period_start": period.start,
        "period_end": period.end,
        "next_plan": None,
        "next_cycle": None,
        "next_seats": None,
        "held_at": None,
    }
    moved = charge.cycle != row.cycle or period.start != row.period_end
    if charge.reason != ChargeReason.RENEWAL.value or moved:
        values |= {"anchor_at": period.start, "anchor_number": charge.number}
    return values
