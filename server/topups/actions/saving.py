"""The verbs of the gateway's side: what it answers when a payment method is saved or forgotten, and what time does.

Whatever is asked or answered twice, a method is saved at most once, and the gateway keeps none that we do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from server.accounts import reads as account_reads
from server.accounts.rules.lifecycle import AccountStatus
from server.kit.crypto import Shredded
from server.kit.due import schedule
from server.kit.work import Work
from server.topups.actions.method_changes import (
    PaymentMethodChallenged,
    PaymentMethodExpired,
    PaymentMethodExpiring,
    PaymentMethodFailed,
    PaymentMethodSaved,
    change,
    clear_default,
    locked_by_id,
    write,
)
from server.topups.reads.lifecycle import FORGET, FORGET_PAYER
from server.topups.reads.methods import (
    CLIENT_SECRET_COLUMN,
    LAST4_COLUMN,
    REFERENCE_COLUMN,
    MethodRow,
    has_valid_method,
)
from server.topups.rules import Terms, reconcile_at
from server.topups.rules.methods import (
    MethodFailure,
    MethodStatus,
    SavedMethod,
    SaveRequest,
    SaveResult,
    expires_at,
)
from server.topups.rules.outcomes import Declined, NeedsStepUp

SAVE = "topups.save_method"
EXPIRE = "topups.expire_method"

TOKEN_COLUMN = "payment_methods.payment_token"  # noqa: S105 - a column's name
CODE_COLUMN = "payment_methods.step_up_code"

_SERVED: Mapping[str, object] = MappingProxyType(
    {"payment_token": None, "step_up_code": None, "client_secret": None, "next_action": None, "tries": 0}
)
"""What is needed until the gateway has answered."""
FORGOTTEN: Mapping[str, object] = MappingProxyType(
    {
        "payment_token": None,
        "step_up_code": None,
        "client_secret": None,
        "next_action": None,
        "brand": None,
        "last4": None,
        "exp_month": None,
        "exp_year": None,
        "expires_at": None,
    }
)
"""What a removed method no longer needs; the gateway's reference goes when the gateway has forgotten it too."""


def begin_save(work: Work, method_id: str) -> tuple[str, SaveRequest] | None:
    """The gateway's name and what to ask it; None when it has answered or the payer has to.

    After a crash the same request comes out again: its method id makes it one saved method.
    """
    method = locked_by_id(work, method_id)
    if method is None or method.payment_token is None:
        return None
    if method.next_action is not None and method.status == MethodStatus.PENDING.value:
        _give_up_waiting(work, method)
        return None
    try:
        token = work.open(TOKEN_COLUMN, method.payment_token)
        code = work.open(CODE_COLUMN, method.step_up_code) if method.step_up_code is not None else None
    except Shredded:
        _fail(work, method, MethodFailure.TOKEN_GONE)
        return None
    write(work, method, tries=method.tries + 1)
    return method.gateway, SaveRequest(method.account_id, method.id, token, code, method.confirmations)


def settle_save(work: Work, method_id: str, result: SaveResult | None) -> None:
    """Take what the gateway answered, once; None when it did not answer."""
    method = locked_by_id(work, method_id)
    if method is None:
        return
    if result is None:
        _ask_later(work, method)
    elif method.status != MethodStatus.PENDING.value:
        if isinstance(result, SavedMethod) and method.status != MethodStatus.ACTIVE.value:
            _forget(work, method, result.provider_reference)
        elif method.payment_token is not None:
            write(work, method, **_SERVED)
    elif isinstance(result, SavedMethod):
        _activate(work, method, result)
    elif isinstance(result, NeedsStepUp):
        _challenge(work, method, result)
    else:
        _fail(work, method, _failure_of(result))


def to_forget(work: Work, method_id: str) -> tuple[str, str] | None:
    """The gateway's name and its reference of a method that we keep no longer; None when nothing is left to forget."""
    method = locked_by_id(work, method_id)
    if method is None or method.provider_reference is None or not _is_gone(method):
        return None
    try:
        return method.gateway, work.open(REFERENCE_COLUMN, method.provider_reference)
    except Shredded:
        return None


def mark_forgotten(work: Work, method_id: str) -> None:
    """The gateway keeps it no longer."""
    method = locked_by_id(work, method_id)
    if method is None or not _is_gone(method):
        return
    write(work, method, provider_reference=None)
    account = account_reads.account(work, method.account_id)
    if account is not None and account.status == AccountStatus.CLOSED.value:
        forget_payer(work, account.id)  # it may have been saved while the payer was being forgotten


def forget_payer(work: Work, account_id: str) -> None:
    """Let every gateway forget who pays for this account, which has ended: due work, repeated until they have."""
    schedule(work, FORGET_PAYER, account_id, work.now)


def age(work: Work, method_id: str) -> None:
    """Say once that the card expires soon; from the first instant after its expiry month it is EXPIRED (M053)."""
    method = locked_by_id(work, method_id)
    if method is None or method.status != MethodStatus.ACTIVE.value or method.expires_at is None:
        return
    if work.now >= method.expires_at:
        change(work, method, PaymentMethodExpired, status=MethodStatus.EXPIRED.value, is_default=False)
        return
    if method.expiry_told_at is None and work.now >= _tell_at(work, method.expires_at):
        method = change(work, method, PaymentMethodExpiring, expiry_told_at=work.now)
    schedule(work, EXPIRE, method.id, _next_age(work, method))


def _activate(work: Work, method: MethodRow, saved: SavedMethod) -> None:
    ends = expires_at(saved.exp_month, saved.exp_year)
    if ends <= work.now:
        _fail(work, method, MethodFailure.CARD_EXPIRED)
        _forget(work, method, saved.provider_reference)
        return
    is_default = method.wants_default or not has_valid_method(work, method.account_id)
    if is_default:
        clear_default(work, method.account_id)
    active = change(
        work,
        method,
        PaymentMethodSaved,
        **_SERVED,
        status=MethodStatus.ACTIVE.value,
        is_default=is_default,
        provider_reference=work.seal(
            method.account_id, "billing", REFERENCE_COLUMN, saved.provider_reference
        ),
        brand=saved.brand,
        last4=work.seal(method.account_id, "billing", LAST4_COLUMN, saved.last4),
        exp_month=saved.exp_month,
        exp_year=saved.exp_year,
        expires_at=ends,
    )
    schedule(work, EXPIRE, active.id, _next_age(work, active))


def _challenge(work: Work, method: MethodRow, result: NeedsStepUp) -> None:
    secret = result.client_secret
    sealed = work.seal(method.account_id, "billing", CLIENT_SECRET_COLUMN, secret) if secret else None
    change(
        work,
        method,
        PaymentMethodChallenged,
        next_action=result.challenge.value,
        step_up_code=None,
        client_secret=sealed,
        tries=0,
    )
    schedule(work, SAVE, method.id, work.now + _patience(work))


def _ask_later(work: Work, method: MethodRow) -> None:
    if method.payment_token is None or method.next_action is not None:
        return  # it answered another runner
    at = reconcile_at(work.now, max(method.tries - 1, 0), work.terms(Terms))
    if at is not None:
        schedule(work, SAVE, method.id, at)
    else:
        _fail(work, method, MethodFailure.GATEWAY_SILENT)


def _give_up_waiting(work: Work, method: MethodRow) -> None:
    ends = method.updated_at + _patience(work)
    if work.now >= ends:
        _fail(work, method, MethodFailure.STEP_UP_EXPIRED)
    else:
        schedule(work, SAVE, method.id, ends)


def _fail(work: Work, method: MethodRow, failure: MethodFailure) -> None:
    if method.status == MethodStatus.PENDING.value:
        status = MethodStatus.FAILED.value
        change(work, method, PaymentMethodFailed, **_SERVED, status=status, failure_code=failure.value)
    else:
        write(work, method, **_SERVED)


def _forget(work: Work, method: MethodRow, provider_reference: str) -> None:
    """The gateway saved what we do not keep (any more)."""
    sealed = work.seal(method.account_id, "billing", REFERENCE_COLUMN, provider_reference)
    write(work, method, **_SERVED, provider_reference=sealed)
    schedule(work, FORGET, method.id, work.now)


def _failure_of(result: Declined) -> MethodFailure:
    known = MethodFailure.__members__
    return known.get(result.code.value, MethodFailure.DECLINED)


def _is_gone(method: MethodRow) -> bool:
    return method.status in (MethodStatus.REMOVED.value, MethodStatus.FAILED.value)


def _next_age(work: Work, method: MethodRow) -> datetime:
    assert method.expires_at is not None, "an active method has an end"
    return method.expires_at if method.expiry_told_at else max(_tell_at(work, method.expires_at), work.now)


def _tell_at(work: Work, ends: datetime) -> datetime:
    return ends - timedelta(days=work.terms(Terms).expiry_notice_days)


def _patience(work: Work) -> timedelta:
    return timedelta(seconds=work.terms(Terms).step_up_seconds_max)
