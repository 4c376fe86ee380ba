"""Due work of top-ups. The gateway is called between transactions, never inside one, and each step may be
repeated after a crash at any point: the transaction id makes it one charge, the top-up's status one posting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeVar

import structlog

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.topups.actions import CONFIRM, SETTLE, begin_charge, begin_confirmation, refunds, saving
from server.topups.actions.reversals import RECONCILE
from server.topups.actions.settlement import (
    apply_answer,
    apply_found,
    apply_provider_event,
    mark_unknown,
)
from server.topups.adapters.gateway import Gateways, GatewayTimeout, OutcomeUnknown
from server.topups.adapters.sandbox import EVENT, Sandbox
from server.topups.reads import to_reconcile
from server.topups.reads.lifecycle import FORGET, FORGET_PAYER
from server.topups.rules import GatewayUnavailable
from server.topups.rules.outcomes import ChargeResult

GATEWAY_TIMEOUT_SECONDS = 20.0
"""Well inside the lease of a due step, so that two runners hardly ever ask for the same charge."""

TIMERS: Mapping[str, Timer] = dict.fromkeys(
    (
        SETTLE,
        CONFIRM,
        RECONCILE,
        EVENT,
        refunds.REFUND,
        saving.SAVE,
        FORGET,
        saving.EXPIRE,
        FORGET_PAYER,
    ),
    Timer.OPERATIONAL,
)

T = TypeVar("T")

_log = structlog.get_logger("postmeter.topups")


def handlers(gateways: Gateways, sandbox: Sandbox) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def settle(units: Units, top_up_id: str) -> None:
        begun = await units.run_unaudited(lambda work: begin_charge(work, top_up_id))
        if begun is not None:
            name, request = begun
            await _ask(units, SETTLE, top_up_id, lambda: gateways.named(name).charge(request))

    async def confirm(units: Units, top_up_id: str) -> None:
        begun = await units.run_unaudited(lambda work: begin_confirmation(work, top_up_id))
        if begun is not None:
            name, request = begun
            await _ask(units, CONFIRM, top_up_id, lambda: gateways.named(name).confirm(request))

    async def reconcile(units: Units, top_up_id: str) -> None:
        charge = await units.read(lambda read: to_reconcile(read, top_up_id))
        if charge is not None:
            gateway, transaction_id = charge.gateway, charge.transaction_id
            found = await _answer(lambda: gateways.named(gateway).find(transaction_id), top_up_id)
            await _run(units, RECONCILE, lambda work: apply_found(work, top_up_id, found))

    async def deliver(units: Units, transaction_id: str) -> None:
        notice = await sandbox.next_event(transaction_id)
        if notice is not None:
            await _run(units, EVENT, lambda work: apply_provider_event(work, notice))

    steps: Mapping[str, Handler] = {SETTLE: settle, CONFIRM: confirm, RECONCILE: reconcile, EVENT: deliver}
    return {**steps, **_refunding(gateways), **_keeping_methods(gateways)}


def _refunding(gateways: Gateways) -> Mapping[str, Handler]:
    async def refund(units: Units, refund_id: str) -> None:
        begun = await units.run_unaudited(lambda work: refunds.begin_refund(work, refund_id))
        if begun is not None:
            name, request = begun
            result = await _answer(lambda: gateways.named(name).refund(request), refund_id)
            await _run(units, refunds.REFUND, lambda work: refunds.settle_refund(work, refund_id, result))

    return {refunds.REFUND: refund}


def _keeping_methods(gateways: Gateways) -> Mapping[str, Handler]:
    async def save(units: Units, method_id: str) -> None:
        begun = await units.run_unaudited(lambda work: saving.begin_save(work, method_id))
        if begun is not None:
            name, request = begun
            result = await _answer(lambda: gateways.named(name).save_method(request), method_id)
            await _run(units, saving.SAVE, lambda work: saving.settle_save(work, method_id, result))

    async def forget(units: Units, method_id: str) -> None:
        gone = await units.run_unaudited(lambda work: saving.to_forget(work, method_id))
        if gone is not None:
            name, reference = gone
            # No answer fails the step: it is repeated until the gateway has forgotten.
            await _in_time(lambda: gateways.named(name).forget_method(reference))
            await _run(units, FORGET, lambda work: saving.mark_forgotten(work, method_id))

    async def expire(units: Units, method_id: str) -> None:
        await _run(units, saving.EXPIRE, lambda work: saving.age(work, method_id))

    async def forget_payer(_units: Units, account_id: str) -> None:
        # As above: whoever does not answer is asked again, the others too, who have forgotten already.
        for name in gateways.names:
            await _in_time(partial(gateways.named(name).forget_customer, account_id))

    return {
        saving.SAVE: save,
        FORGET: forget,
        saving.EXPIRE: expire,
        FORGET_PAYER: forget_payer,
    }


async def _ask(
    units: Units, action: str, top_up_id: str, call: Callable[[], Awaitable[ChargeResult]]
) -> None:
    try:
        result = await _in_time(call)
    except (OutcomeUnknown, GatewayUnavailable) as error:
        _log.warning("gateway_outcome_unknown", top_up_id=top_up_id, reason=type(error).__name__)
        await _run(units, action, lambda work: mark_unknown(work, top_up_id))
    else:
        await _run(units, action, lambda work: apply_answer(work, top_up_id, result))


async def _answer(call: Callable[[], Awaitable[T]], subject_id: str) -> T | None:
    """What the gateway says; None when it does not answer."""
    try:
        return await _in_time(call)
    except (OutcomeUnknown, GatewayUnavailable) as error:
        _log.warning("gateway_not_answering", subject_id=subject_id, reason=type(error).__name__)
        return None


async def _in_time(call: Callable[[], Awaitable[T]]) -> T:
    try:
        async with asyncio.timeout(GATEWAY_TIMEOUT_SECONDS):
            return await call()
    except TimeoutError:
        raise GatewayTimeout("no answer in time") from None


async def _run(units: Units, action: str, step: Callable[[Work], T]) -> T:
    return await units.run(Call(action, SYSTEM), step)
