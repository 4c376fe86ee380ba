"""The built-in gateway that mints money, for demos and tests: each token plays one story.

It stands in for a provider on the internet: idempotent by transaction id, with books of its own
(`sandbox_charges`) that survive a restart, written in transactions of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from server.kit.due import schedule
from server.kit.money import percent_half_up
from server.kit.work import Read, Units, Work
from server.topups.adapters import sandbox_books as books
from server.topups.adapters.gateway import GatewayTimeout
from server.topups.adapters.sandbox_tokens import (
    BANK_FEE_PERCENT,
    CHARGEBACK,
    DECLINED,
    EXPIRES_SOON,
    LATER,
    OK,
    REFUND_DECLINED,
    SAVED_DECLINED,
    SAVED_STEP_UP,
    SHORT,
    STEP_UP,
    STEP_UP_CODE,
    TOKENS,
    UNKNOWN,
    UNKNOWN_LOST,
    WRONG_CODES_MAX,
)
from server.topups.model import SandboxCharge
from server.topups.rules import GatewayUnavailable, Terms
from server.topups.rules.methods import SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargedBack,
    ChargeRequest,
    ChargeResult,
    ConfirmRequest,
    Declined,
    FailureCode,
    NeedsStepUp,
    NextAction,
    NotFound,
    Processing,
    ProviderNotice,
    RefundRequest,
    RefundResult,
    Succeeded,
)

__all__ = [
    "BANK_FEE_PERCENT",
    "CHARGEBACK",
    "DECLINED",
    "EVENT",
    "EXPIRES_SOON",
    "LATER",
    "NAME",
    "OK",
    "REFUND_DECLINED",
    "SAVED_DECLINED",
    "SAVED_STEP_UP",
    "SHORT",
    "STEP_UP",
    "STEP_UP_CODE",
    "TOKENS",
    "UNKNOWN",
    "UNKNOWN_LOST",
    "WRONG_CODES_MAX",
    "Sandbox",
]

NAME = "sandbox"
EVENT = "topups.sandbox_event"


class Sandbox:
    """The gateway. Disabled, it charges nothing and reports nothing."""

    name = NAME

    def __init__(self, units: Units, enabled: bool) -> None:
        self.enabled = enabled
        self._units = units
        self._terms = units.house.terms.get(Terms)

    def knows(self, token: str) -> bool:
        return token in TOKENS

    async def charge(self, request: ChargeRequest) -> ChargeResult:
        self._check_enabled()
        token = await self._units.read(lambda read: _token_of(read, request))
        if token == UNKNOWN_LOST:
            raise GatewayTimeout("the request was lost")
        charge = await self._units.run_unaudited(lambda work: _book(work, request, token, self._terms))
        if token == UNKNOWN:
            raise GatewayTimeout("the answer was lost")
        return _result(charge)

    async def confirm(self, request: ConfirmRequest) -> ChargeResult:
        self._check_enabled()
        return _result(await self._units.run_unaudited(lambda work: _answer(work, request)))

    async def find(self, transaction_id: str) -> ChargeResult | NotFound:
        self._check_enabled()
        charge = await self._units.read(lambda read: _find(read, transaction_id))
        return _result(charge) if charge is not None else NotFound()

    async def save_method(self, request: SaveRequest) -> SaveResult:
        self._check_enabled()
        result = await self._units.run_unaudited(lambda work: books.save(work, request))
        if result is None:
            raise GatewayTimeout("the answer was lost")
        return result

    async def forget_method(self, provider_reference: str) -> None:
        self._check_enabled()
        await self._units.run_unaudited(lambda work: books.forget(work, provider_reference))

    async def forget_customer(self, account_id: str) -> None:
        """Its books know tokens, and no payer."""

    async def refund(self, request: RefundRequest) -> RefundResult:
        self._check_enabled()
        result = await self._units.run_unaudited(lambda work: books.give_back(work, request))
        if result is None:
            raise GatewayTimeout("the answer was lost")
        return result

    async def next_event(self, transaction_id: str) -> ProviderNotice | None:
        """What it has to report of a charge by itself: settled later, or charged back."""
        if not self.enabled:
            return None
        charge = await self._units.run_unaudited(lambda work: _go_on(work, transaction_id))
        result = _result(charge) if charge is not None else None
        if isinstance(result, Succeeded | ChargedBack):
            event_id = f"evt_{transaction_id}_{type(result).__name__.lower()}"
            return ProviderNotice(NAME, event_id, transaction_id, result)
        return None

    def _check_enabled(self) -> None:
        if not self.enabled:
            raise GatewayUnavailable(NAME)


def _token_of(read: Read, request: ChargeRequest) -> str:
    """The token whose story the charge plays: the given one, or what a saved method plays while nobody is there."""
    if request.method is None:
        assert request.token is not None, "one of the two is charged"
        return request.token
    token = books.token_of(read, request.method)
    return _OFF_SESSION.get(token, token) if token is not None else DECLINED


def _book(work: Work, request: ChargeRequest, token: str, terms: Terms) -> SandboxCharge:
    """Write the charge into the books, unless it is there already."""
    fee_minor = max(1, percent_half_up(request.money.minor, BANK_FEE_PERCENT)) if token == SHORT else 0
    values = {
        "transaction_id": request.transaction_id,
        "token": token,
        "received_minor": request.money.minor - fee_minor,
        "state": _FIRST_STATES.get(token, "SUCCEEDED"),
        "failure_code": FailureCode.DECLINED.value if token == DECLINED else None,
        "wrong_codes": 0,
        "charged_at": work.now,
        "changed_at": work.now,
    }
    fresh = insert(SandboxCharge).values(values).on_conflict_do_nothing()
    if work.first(fresh.returning(SandboxCharge.transaction_id)) is not None:
        _announce(work, request.transaction_id, token, terms)
    charge = _find(work, request.transaction_id)
    assert charge is not None, "just written"
    return charge


def _announce(work: Work, transaction_id: str, token: str, terms: Terms) -> None:
    seconds = {LATER: terms.sandbox_settle_later_seconds, CHARGEBACK: terms.sandbox_chargeback_seconds}
    if token in seconds:
        schedule(work, EVENT, transaction_id, work.now + timedelta(seconds=seconds[token]))


def _go_on(work: Work, transaction_id: str) -> SandboxCharge | None:
    """The later part of a story has come."""
    charge = _find(work, transaction_id)
    if charge is None:
        return None
    if charge.token == LATER and charge.state == "PROCESSING":
        _write(work, transaction_id, state="SUCCEEDED")
    elif charge.token == CHARGEBACK and charge.state == "SUCCEEDED":
        _write(work, transaction_id, state="CHARGED_BACK")
    return _find(work, transaction_id)


def _answer(work: Work, request: ConfirmRequest) -> SandboxCharge:
    charge = _find(work, request.transaction_id)
    if charge is None:
        raise LookupError("no such charge")
    if charge.state != "STEP_UP" or charge.confirmation_id == request.confirmation_id:
        return charge
    wrong_codes = charge.wrong_codes + (request.code != STEP_UP_CODE)
    if request.code == STEP_UP_CODE:
        _write(work, charge.transaction_id, state="SUCCEEDED", confirmation_id=request.confirmation_id)
    elif wrong_codes >= WRONG_CODES_MAX:
        _write(work, charge.transaction_id, state="DECLINED", failure_code=FailureCode.STEP_UP_FAILED.value)
    else:
        _write(work, charge.transaction_id, wrong_codes=wrong_codes, confirmation_id=request.confirmation_id)
    answered = _find(work, request.transaction_id)
    assert answered is not None, "just written"
    return answered


def _write(work: Work, transaction_id: str, **changes: object) -> None:
    charge = SandboxCharge.transaction_id == transaction_id
    work.execute(update(SandboxCharge).where(charge).values(changed_at=work.now, **changes))


def _find(read: Read, transaction_id: str) -> SandboxCharge | None:
    query = select(SandboxCharge.__table__).where(SandboxCharge.transaction_id == transaction_id)
    row = read.first(query)
    return SandboxCharge(**row._mapping) if row is not None else None


def _result(charge: SandboxCharge) -> ChargeResult:
    at: datetime = charge.changed_at
    reference = f"sandbox-{charge.transaction_id}"
    if charge.state == "SUCCEEDED":
        return Succeeded(charge.received_minor, reference, at)
    if charge.state == "CHARGED_BACK":
        return ChargedBack(at)
    if charge.state == "DECLINED":
        return Declined(FailureCode[charge.failure_code or "DECLINED"], at)
    if charge.state == "STEP_UP":
        return NeedsStepUp(NextAction.ENTER_CODE, charge.charged_at)
    return Processing(reference, at)


_FIRST_STATES: Mapping[str, str] = MappingProxyType(
    {DECLINED: "DECLINED", STEP_UP: "STEP_UP", LATER: "PROCESSING"}
)
_OFF_SESSION: Mapping[str, str] = MappingProxyType(
    {SAVED_DECLINED: DECLINED, SAVED_STEP_UP: STEP_UP, STEP_UP: OK}
)
