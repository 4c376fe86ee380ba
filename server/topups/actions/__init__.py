"""The verbs of the customer's side: order a top-up, hand it to the gateway, answer its challenge."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from server.kit.crypto import Shredded
from server.kit.due import schedule
from server.kit.ids import is_id
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.topups.actions.changes import (
    TopUpConfirmed,
    TopUpCreated,
    TopUpFailed,
    TopUpStarted,
    change,
    locked,
    move,
)
from server.topups.actions.settlement import mark_unknown
from server.topups.model import TopUp
from server.topups.reads import TopUpRow
from server.topups.reads.methods import REFERENCE_COLUMN, valid_method
from server.topups.rules import (
    Terms,
    TooManyConfirmations,
    TooManyTopUps,
    TopUpNotFound,
    check_amount,
    check_code,
    check_token,
)
from server.topups.rules.outcomes import (
    UNRESOLVED,
    ChargeRequest,
    ConfirmRequest,
    FailureCode,
    NextAction,
    TopUpPurpose,
    TopUpStatus,
    TopUpStatusConflict,
)

SETTLE = "topups.settle"
CONFIRM = "topups.confirm"

_TOKEN_COLUMN = "top_ups.payment_token"  # noqa: S105 - a column's name
_CODE_COLUMN = "top_ups.step_up_code"


def create_top_up(work: Work, account_id: str, money: Money, payment_token: str, gateway: str) -> TopUpRow:
    """Commit the intent to pay; the due job `topups.settle` charges it at once, outside this transaction.

    `gateway` is the name of the gateway that knows the token, which is kept until the outcome and no longer (M039).
    Raises CurrencyNotAccepted, AmountTooSmall, AmountTooLarge, PaymentTokenInvalid or TooManyTopUps.
    """
    check_token(payment_token)
    sealed = work.seal(account_id, "billing", _TOKEN_COLUMN, payment_token)
    return order(work, account_id, money, gateway, TopUpPurpose.MANUAL, payment_token=sealed)


def order(
    work: Work, account_id: str, money: Money, gateway: str, purpose: TopUpPurpose, **source: object
) -> TopUpRow:
    """Commit the intent to charge what `source` names: the column of a token, or of a saved method.

    Raises CurrencyNotAccepted, AmountTooSmall, AmountTooLarge or TooManyTopUps.
    """
    terms = work.terms(Terms)
    check_amount(money, terms)
    _check_unresolved(work, account_id, terms.unresolved_max)
    values = {
        "id": work.ids.new("top"),
        "account_id": account_id,
        "currency": money.currency.code,
        "amount_minor": money.minor,
        "status": TopUpStatus.PENDING.value,
        "transaction_id": work.ids.new("txn"),
        "gateway": gateway,
        "purpose": purpose.value,
        "confirmations": 0,
        "reconciliations": 0,
        "refunded_minor": 0,
        "created_at": work.now,
        "updated_at": work.now,
        **source,
    }
    row = work.execute(insert(TopUp).values(values).returning(*TopUp.__table__.c)).one()
    top_up = TopUpRow(**row._mapping)
    schedule(work, SETTLE, top_up.id, work.now)
    work.record(TopUpCreated.of(top_up))
    return top_up


def begin_charge(work: Work, top_up_id: str) -> tuple[str, ChargeRequest] | None:
    """The gateway's name and what to ask it; None when it was already asked and has answered.

    After a crash the same request comes out again: its transaction id makes it one charge.
    """
    top_up = locked(work, top_up_id)
    if top_up is None or not _awaits_charge(top_up):
        return None
    try:
        request = _charge_request(work, top_up)
    except Shredded:
        if top_up.status == TopUpStatus.PENDING.value:
            gone = FailureCode.TOKEN_GONE if top_up.method_id is None else FailureCode.METHOD_GONE
            move(work, top_up, TopUpStatus.FAILED, TopUpFailed, failure_code=gone.value)
        else:
            mark_unknown(work, top_up_id)  # it may have been charged before the crash
        return None
    if top_up.status == TopUpStatus.PENDING.value:
        move(work, top_up, TopUpStatus.PROCESSING, TopUpStarted)
    return top_up.gateway, request


def confirm_top_up(work: Work, account_id: str, top_up_id: str, code: str) -> TopUpRow:
    """Take the payer's answer to a challenge; the due job `topups.confirm` sends it to the gateway.

    Raises ConfirmationCodeInvalid, TopUpNotFound (also for another account's, Q014), TopUpStatusConflict or
    TooManyConfirmations.
    """
    check_code(code)
    top_up = locked(work, top_up_id) if is_id(top_up_id, "top") else None
    if top_up is None or top_up.account_id != account_id:
        raise TopUpNotFound
    if top_up.status != TopUpStatus.PROCESSING.value or top_up.next_action != NextAction.ENTER_CODE.value:
        raise TopUpStatusConflict(top_up.status)
    limit = work.terms(Terms).confirmations_max
    if top_up.confirmations >= limit:
        raise TooManyConfirmations(limit)
    schedule(work, CONFIRM, top_up.id, work.now)
    return change(
        work,
        top_up,
        TopUpConfirmed,
        next_action=None,
        step_up_code=work.seal(account_id, "billing", _CODE_COLUMN, code),
        confirmations=top_up.confirmations + 1,
    )


def begin_confirmation(work: Work, top_up_id: str) -> tuple[str, ConfirmRequest] | None:
    """The gateway's name and the answer to send; None when none is waiting."""
    top_up = locked(work, top_up_id)
    if top_up is None or top_up.status != TopUpStatus.PROCESSING.value or top_up.step_up_code is None:
        return None
    try:
        code = work.open(_CODE_COLUMN, top_up.step_up_code)
    except Shredded:
        return None
    confirmation_id = f"{top_up.transaction_id}/{top_up.confirmations}"
    return top_up.gateway, ConfirmRequest(top_up.transaction_id, confirmation_id, code)


def _charge_request(work: Work, top_up: TopUpRow) -> ChargeRequest:
    """Raises Shredded when there is nothing left to charge, or the saved method may not be charged any more."""
    money = Money(top_up.amount_minor, Currency[top_up.currency])
    if top_up.method_id is not None:
        saved = valid_method(work, top_up.account_id, top_up.method_id)
        if saved is None or saved.provider_reference is None:
            raise Shredded("the payment method")
        reference = work.open(REFERENCE_COLUMN, saved.provider_reference)
        return ChargeRequest(top_up.transaction_id, money, method=reference)
    if top_up.payment_token is None:
        raise Shredded("the payment token")
    return ChargeRequest(top_up.transaction_id, money, token=work.open(_TOKEN_COLUMN, top_up.payment_token))


def _awaits_charge(top_up: TopUpRow) -> bool:
    if top_up.status == TopUpStatus.PENDING.value:
        return True
    answered = top_up.next_action or top_up.provider_reference or top_up.confirmations
    return top_up.status == TopUpStatus.PROCESSING.value and not answered


def _check_unresolved(work: Work, account_id: str, limit: int) -> None:
    unresolved = [status.value for status in UNRESOLVED]
    some = select(TopUp.id).where(TopUp.account_id == account_id, TopUp.status.in_(unresolved)).limit(limit)
    if (work.scalar(select(func.count()).select_from(some.subquery())) or 0) >= limit:
        raise TooManyTopUps(limit)
