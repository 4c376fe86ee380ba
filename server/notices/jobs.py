"""Due work of notices: e-mails are handed to the relay between transactions, never inside one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import structlog

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.notices.actions.delivery import DELIVER, Letter, begin_delivery, settle_delivered, settle_failed
from server.notices.adapters.letters import compose
from server.notices.adapters.relay import MailRelay, Undelivered
from server.notices.rules import Failure
from server.notices.rules.templates import Catalog

RELAY_TIMEOUT_SECONDS = 30.0
"""Well inside the lease of a due step, so that two runners hardly ever send the same e-mail."""

TIMERS: Mapping[str, Timer] = {DELIVER: Timer.OPERATIONAL}

_log = structlog.get_logger("postmeter.notices")


def handlers(relay: MailRelay) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def deliver(units: Units, outbox_id: str) -> None:
        letter = await units.run_unaudited(lambda work: begin_delivery(work, outbox_id, relay.domain))
        if letter is None:
            return
        failure = await _send(relay, letter, units.house.terms.get(Catalog))
        if failure is None:
            await _run(units, lambda work: settle_delivered(work, outbox_id))
            return
        _log.warning(
            "email_not_delivered",
            outbox_id=outbox_id,
            attempt=letter.attempt,
            error=failure.error,
            permanent=failure.permanent,
        )
        await _run(units, lambda work: settle_failed(work, outbox_id, letter.attempt, failure))

    return {DELIVER: deliver}


async def _send(relay: MailRelay, letter: Letter, catalog: Catalog) -> Failure | None:
    """Why the relay did not take it, None when it did."""
    try:
        async with asyncio.timeout(RELAY_TIMEOUT_SECONDS):
            await relay.send(compose(letter, relay.sender, catalog), letter.address)
    except Undelivered as undelivered:
        return undelivered.failure
    except TimeoutError:
        return Failure("TIMEOUT", permanent=False)
    return None


async def _run(units: Units, step: Callable[[Work], None]) -> None:
    await units.run(Call(DELIVER, SYSTEM), step)
