"""The verbs of the customer's side: save a payment method, choose the default one, remove it, charge it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from server.kit.due import cancel, schedule
from server.kit.ids import is_id
from server.kit.money import Money
from server.kit.work import Work
from server.topups.actions import order
from server.topups.actions.method_changes import (
    PaymentMethodAdded,
    PaymentMethodChanged,
    PaymentMethodConfirmed,
    PaymentMethodRemoved,
    change,
    clear_default,
    locked,
)
from server.topups.actions.saving import CODE_COLUMN, EXPIRE, FORGOTTEN, SAVE, TOKEN_COLUMN
from server.topups.model import PaymentMethod
from server.topups.reads import TopUpRow
from server.topups.reads.lifecycle import FORGET
from server.topups.reads.methods import (
    MethodRow,
    has_valid_method,
    methods_kept,
    methods_of_account,
    methods_since,
    valid_method,
)
from server.topups.rules import Terms, TooManyConfirmations, check_code, check_token
from server.topups.rules.methods import (
    KEPT,
    MethodStatus,
    NoValidPaymentMethod,
    PaymentMethodNotFound,
    PaymentMethodStatusConflict,
    SavedFor,
    TooManyPaymentMethods,
    TooManySavings,
)
from server.topups.rules.outcomes import TopUpPurpose


def save_method(
    work: Work, account_id: str, token: str, gateway: str, saved_for: SavedFor, *, make_default: bool = False
) -> MethodRow:
    """Commit the intent to keep a token (M039); the due job `topups.save_method` asks its gateway at once.

    Raises PaymentTokenInvalid, TooManyPaymentMethods or TooManySavings.
    """
    check_token(token)
    _check_limits(work, account_id)
    values = {
        "id": work.ids.new("pm"),
        "account_id": account_id,
        "gateway": gateway,
        "payment_token": work.seal(account_id, "billing", TOKEN_COLUMN, token),
        "status": MethodStatus.PENDING.value,
        "saved_for": saved_for.value,
        "is_default": False,
        "wants_default": make_default,
        "confirmations": 0,
        "tries": 0,
        "created_at": work.now,
        "updated_at": work.now,
    }
    row = work.execute(insert(PaymentMethod).values(values).returning(*PaymentMethod.__table__.c)).one()
    method = MethodRow(**row._mapping)
    schedule(work, SAVE, method.id, work.now)
    work.record(PaymentMethodAdded.of(method, last_one=not has_valid_method(work, account_id)))
    return method


def confirm_method(work: Work, account_id: str, method_id: str, code: str | None) -> MethodRow:
    """Take the payer's answer to the challenge at saving; None where they gave it to their bank themselves.

    Raises ConfirmationCodeInvalid, PaymentMethodNotFound, PaymentMethodStatusConflict or TooManyConfirmations.
    """
    if code is not None:
        check_code(code)
    method = _theirs(work, account_id, method_id)
    if method.status != MethodStatus.PENDING.value or method.next_action is None:
        raise PaymentMethodStatusConflict(method.status)
    limit = work.terms(Terms).confirmations_max
    if method.confirmations >= limit:
        raise TooManyConfirmations(limit)
    schedule(work, SAVE, method.id, work.now)
    sealed = work.seal(account_id, "billing", CODE_COLUMN, code) if code is not None else None
    return change(
        work,
        method,
        PaymentMethodConfirmed,
        next_action=None,
        step_up_code=sealed,
        client_secret=None,
        confirmations=method.confirmations + 1,
    )


def update_method(
    work: Work, account_id: str, method_id: str, *, make_default: bool, saved_for: SavedFor | None
) -> MethodRow:
    """Make it the default one, or keep it for something else (M040); what it is already changes nothing.

    Raises PaymentMethodNotFound, or PaymentMethodStatusConflict when it cannot be charged.
    """
    method = _theirs(work, account_id, method_id)
    if valid_method(work, account_id, method_id) is None:
        expired = method.status == MethodStatus.ACTIVE.value
        raise PaymentMethodStatusConflict(MethodStatus.EXPIRED.value if expired else method.status)
    purpose = saved_for.value if saved_for is not None else method.saved_for
    is_default = method.is_default or make_default
    if (purpose, is_default) == (method.saved_for, method.is_default):
        return method
    if is_default and not method.is_default:
        clear_default(work, account_id)
    return change(work, method, PaymentMethodChanged, saved_for=purpose, is_default=is_default)


def remove_method(work: Work, account_id: str, method_id: str) -> MethodRow:
    """Keep it no longer, at any time (M040); the due job `topups.forget_method` tells the gateway.

    Raises PaymentMethodNotFound, or PaymentMethodStatusConflict when it is not kept any more.
    """
    method = _theirs(work, account_id, method_id)
    if MethodStatus(method.status) not in KEPT:
        raise PaymentMethodStatusConflict(method.status)
    cancel(work, EXPIRE, method.id)
    forgotten: dict[str, object] = dict(FORGOTTEN)
    if method.status == MethodStatus.PENDING.value and method.tries:
        # The gateway may have saved it without our knowing: it is asked once more, and then told to forget.
        del forgotten["payment_token"]
    if method.provider_reference is not None:
        schedule(work, FORGET, method.id, work.now)
    return change(
        work, method, PaymentMethodRemoved, status=MethodStatus.REMOVED.value, is_default=False, **forgotten
    )


def remove_all_methods(work: Work, account_id: str) -> None:
    """Keep none any more: the account has ended."""
    for method in methods_of_account(work, account_id, work.terms(Terms).payment_methods_max):
        remove_method(work, account_id, method.id)


def charge_method(
    work: Work,
    account_id: str,
    money: Money,
    purpose: TopUpPurpose,
    *,
    method_id: str | None = None,
    for_id: str | None = None,
) -> TopUpRow:
    """Commit the intent to charge a saved method, the default one where none is named, while nobody is there.

    `for_id` is the opaque id of what it pays for; the events of the top-up carry it. Raises NoValidPaymentMethod,
    CurrencyNotAccepted, AmountTooSmall, AmountTooLarge or TooManyTopUps.
    """
    method = valid_method(work, account_id, method_id)
    if method is None:
        raise NoValidPaymentMethod
    return order(work, account_id, money, method.gateway, purpose, method_id=method.id, for_id=for_id)


def _theirs(work: Work, account_id: str, method_id: str) -> MethodRow:
    method = locked(work, account_id, method_id) if is_id(method_id, "pm") else None
    if method is None:
        raise PaymentMethodNotFound
    return method


def _check_limits(work: Work, account_id: str) -> None:
    terms = work.terms(Terms)
    if methods_kept(work, account_id) >= terms.payment_methods_max:
        raise TooManyPaymentMethods(terms.payment_methods_max)
    if methods_since(work, account_id, work.now - timedelta(days=1)) >= terms.savings_per_day_max:
        raise TooManySavings(terms.savings_per_day_max)
