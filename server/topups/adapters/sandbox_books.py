"""The sandbox gateway's books of saved methods and of refunds, in transactions of its own."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from server.kit.work import Read, Work
from server.topups.adapters.sandbox_tokens import (
    BRAND,
    DECLINED,
    EXPIRES_SOON,
    LAST4,
    LATER,
    REFUND_DECLINED,
    STEP_UP,
    STEP_UP_CODE,
    UNKNOWN,
    UNKNOWN_LOST,
    WRONG_CODES_MAX,
    YEARS,
)
from server.topups.model import SandboxCharge, SandboxMethod, SandboxRefund
from server.topups.rules import Terms
from server.topups.rules.methods import SavedMethod, SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    Declined,
    FailureCode,
    NeedsStepUp,
    NextAction,
    Processing,
    RefundRequest,
    RefundResult,
    Succeeded,
)

_REFERENCE = "sandbox-"


def save(work: Work, request: SaveRequest) -> SaveResult | None:
    """Keep the token, once per method id, and answer; None when the answer gets lost."""
    fresh = _open(work, request)
    kept = _locked(work, request.method_id)
    if request.answers > kept.answers:
        kept = _answer(work, kept, request)
    if fresh and kept.token in (UNKNOWN, UNKNOWN_LOST):
        return None
    return _result(kept)


def forget(work: Work, provider_reference: str) -> None:
    """Keep it no longer."""
    method_id = provider_reference.removeprefix(_REFERENCE)
    work.execute(delete(SandboxMethod).where(SandboxMethod.method_id == method_id))


def token_of(read: Read, provider_reference: str) -> str | None:
    """The token that was saved under the reference; None when it was forgotten."""
    method_id = provider_reference.removeprefix(_REFERENCE)
    query = select(SandboxMethod.token).where(
        SandboxMethod.method_id == method_id, SandboxMethod.state == "SAVED"
    )
    token: str | None = read.scalar(query)
    return token


def give_back(work: Work, request: RefundRequest) -> RefundResult | None:
    """Refund, once per refund id, and answer; None when the answer gets lost."""
    charged = select(SandboxCharge.token).where(SandboxCharge.transaction_id == request.transaction_id)
    token = work.scalar(charged)
    values = {
        "refund_id": request.refund_id,
        "transaction_id": request.transaction_id,
        "amount_minor": request.money.minor,
        "state": "DECLINED" if token in (None, REFUND_DECLINED) else "DONE",
        "asked_at": work.now,
    }
    written = insert(SandboxRefund).values(values).on_conflict_do_nothing().returning(SandboxRefund.refund_id)
    fresh = work.first(written) is not None
    if fresh and token == UNKNOWN:
        return None
    return _refunded(work, request.refund_id, token)


def _open(work: Work, request: SaveRequest) -> bool:
    """Write the method into the books; False when it was there already."""
    soon = request.token == EXPIRES_SOON
    values = {
        "method_id": request.method_id,
        "token": request.token,
        "state": {DECLINED: "DECLINED", STEP_UP: "STEP_UP"}.get(request.token, "SAVED"),
        "answers": 0,
        "wrong_codes": 0,
        "exp_month": work.now.month if soon else 12,
        "exp_year": work.now.year if soon else work.now.year + YEARS,
        "asked_at": work.now,
    }
    written = insert(SandboxMethod).values(values).on_conflict_do_nothing().returning(SandboxMethod.method_id)
    return work.first(written) is not None


def _answer(work: Work, kept: SandboxMethod, request: SaveRequest) -> SandboxMethod:
    """Take the payer's answer, each once."""
    wrong_codes = kept.wrong_codes + (request.code != STEP_UP_CODE)
    state = kept.state
    if state == "STEP_UP" and request.code == STEP_UP_CODE:
        state = "SAVED"
    elif state == "STEP_UP" and wrong_codes >= WRONG_CODES_MAX:
        state = "REFUSED"
    changes = {"state": state, "answers": request.answers, "wrong_codes": wrong_codes}
    this = SandboxMethod.method_id == kept.method_id
    work.execute(update(SandboxMethod).where(this).values(**changes))
    return _locked(work, kept.method_id)


def _locked(work: Work, method_id: str) -> SandboxMethod:
    query = select(SandboxMethod.__table__).where(SandboxMethod.method_id == method_id)
    row = work.first(query.with_for_update())
    assert row is not None, "just written"
    return SandboxMethod(**row._mapping)


def _result(kept: SandboxMethod) -> SaveResult:
    if kept.state == "SAVED":
        return SavedMethod(_REFERENCE + kept.method_id, BRAND, LAST4, kept.exp_month, kept.exp_year)
    if kept.state == "STEP_UP":
        return NeedsStepUp(NextAction.ENTER_CODE, kept.asked_at)
    failure = FailureCode.STEP_UP_FAILED if kept.state == "REFUSED" else FailureCode.DECLINED
    return Declined(failure, kept.asked_at)


def _refunded(work: Work, refund_id: str, token: str | None) -> RefundResult:
    row = work.first(select(SandboxRefund.__table__).where(SandboxRefund.refund_id == refund_id))
    assert row is not None, "just written"
    reference = _REFERENCE + refund_id
    done_at = row.asked_at
    if row.state == "DECLINED":
        return Declined(FailureCode.DECLINED, done_at)
    if token == LATER:
        done_at += timedelta(seconds=work.terms(Terms).sandbox_settle_later_seconds)
        if work.now < done_at:
            return Processing(reference, row.asked_at)
    return Succeeded(row.amount_minor, reference, done_at)
