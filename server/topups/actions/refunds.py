"""Giving a payment back: staff orders it, the gateway pays it out, and a decline puts the money back in the wallet.

The wallet is debited with the order, so that the money cannot be spent while it is on its way.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update

from server.accounts.actions import require_fresh_session
from server.kit.due import schedule
from server.kit.ids import is_id
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.topups.actions.changes import (
    TopUpRefunded,
    TopUpRefundFailed,
    TopUpRefundOrdered,
    change,
    locked,
)
from server.topups.model import Refund
from server.topups.reads import TopUpRow
from server.topups.reads.refunds import RefundRow, refund
from server.topups.rules import Terms, TopUpNotFound, reconcile_at
from server.topups.rules.outcomes import Declined, RefundRequest, RefundResult, Succeeded, TopUpStatus
from server.topups.rules.refunds import RefundReason, RefundStatus, TopUpNotRefundable, check_refund
from server.wallet.actions import Transfer, collect, post, post_unattributed
from server.wallet.rules import Counter, PostingKind, WalletsClosed

REFUND = "topups.refund"


def order_refund_freshly(work: Work, top_up_id: str, money: Money, reason: RefundReason) -> RefundRow:
    """The same for the acting member of staff. Raises StepUpRequired besides."""
    require_fresh_session(work)
    return order_refund(work, top_up_id, money, reason)


def order_refund(work: Work, top_up_id: str, money: Money, reason: RefundReason) -> RefundRow:
    """Commit the intent to give a part of a payment back; the due job `topups.refund` asks the gateway at once.

    Raises TopUpNotFound, TopUpNotRefundable, RefundCurrencyWrong, RefundTooLarge, or BalanceTooLow when the customer
    has spent it.
    """
    top_up = locked(work, top_up_id) if is_id(top_up_id, "top") else None
    if top_up is None:
        raise TopUpNotFound
    check_refund(TopUpStatus(top_up.status), top_up.currency, top_up.left_minor, money)
    values = {
        "id": work.ids.new("rfd"),
        "top_up_id": top_up.id,
        "account_id": top_up.account_id,
        "currency": top_up.currency,
        "amount_minor": money.minor,
        "status": RefundStatus.PENDING.value,
        "reason": reason.value,
        "ordered_by": work.actor.credential_id or "",
        "tries": 0,
        "created_at": work.now,
        "updated_at": work.now,
    }
    row = work.execute(insert(Refund).values(values).returning(*Refund.__table__.c)).one()
    ordered = RefundRow(**row._mapping)
    try:
        post(work, [_transfer(ordered, -ordered.amount_minor, PostingKind.TOP_UP_REFUNDED)])
    except WalletsClosed:
        raise TopUpNotRefundable(top_up.status) from None
    change(work, top_up, TopUpRefundOrdered, refunded_minor=top_up.refunded_minor + money.minor)
    schedule(work, REFUND, ordered.id, work.now)
    return ordered


def begin_refund(work: Work, refund_id: str) -> tuple[str, RefundRequest] | None:
    """The gateway's name and what to ask it; None when it has answered. A repetition asks for the same refund."""
    found = _locked(work, refund_id)
    if found is None:
        return None
    top_up, ordered = found
    _write(work, ordered, tries=ordered.tries + 1)
    money = Money(ordered.amount_minor, Currency[ordered.currency])
    return top_up.gateway, RefundRequest(top_up.transaction_id, ordered.id, money)


def settle_refund(work: Work, refund_id: str, result: RefundResult | None) -> None:
    """Take what the gateway answered, once; None when it did not answer."""
    found = _locked(work, refund_id)
    if found is None:
        return
    top_up, ordered = found
    if isinstance(result, Succeeded):
        _write(work, ordered, status=RefundStatus.SUCCEEDED.value)
        change(work, top_up, TopUpRefunded)
    elif isinstance(result, Declined):
        _write(work, ordered, status=RefundStatus.FAILED.value, failure_code=result.code.value)
        _put_back(work, top_up, ordered)
    else:
        _ask_later(work, ordered)


def _put_back(work: Work, top_up: TopUpRow, ordered: RefundRow) -> None:
    # The gateway may have counted it in its total before it failed: what is less there is nobody's refund.
    told_minor = max(0, top_up.gateway_refunded_minor - ordered.amount_minor)
    left_minor = top_up.refunded_minor - ordered.amount_minor
    change(work, top_up, TopUpRefundFailed, refunded_minor=left_minor, gateway_refunded_minor=told_minor)
    if top_up.status != TopUpStatus.SUCCEEDED.value:
        return  # the payer's bank took the whole payment back meanwhile, this part of it too
    back = _transfer(ordered, ordered.amount_minor, PostingKind.TOP_UP_REFUND_FAILED)
    try:
        post(work, [back])
        collect(work, ordered.account_id, ordered.currency)
    except WalletsClosed:
        post_unattributed(work, [back])  # refused before anything was written


def _ask_later(work: Work, ordered: RefundRow) -> None:
    at = reconcile_at(work.now, max(ordered.tries - 1, 0), work.terms(Terms))
    if at is not None:
        schedule(work, REFUND, ordered.id, at)
    else:
        _write(work, ordered, status=RefundStatus.ERRORED.value)


def _locked(work: Work, refund_id: str) -> tuple[TopUpRow, RefundRow] | None:
    """A refund that is on its way and its top-up, both locked, the top-up first."""
    known = refund(work, refund_id)
    top_up = locked(work, known.top_up_id) if known is not None else None
    row = work.first(select(Refund.__table__).where(Refund.id == refund_id).with_for_update())
    if top_up is None or row is None or row.status != RefundStatus.PENDING.value:
        return None
    return top_up, RefundRow(**row._mapping)


def _write(work: Work, ordered: RefundRow, **changes: object) -> None:
    work.execute(update(Refund).where(Refund.id == ordered.id).values(updated_at=work.now, **changes))


def _transfer(ordered: RefundRow, amount: int, kind: PostingKind) -> Transfer:
    return Transfer(ordered.account_id, ordered.currency, amount, Counter.PAYMENTS, kind, ordered.id)
