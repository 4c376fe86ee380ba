"""Due work of the slice: the clocks of requests and of erasures, which a law sets and no pause stops (M011, M103), and
the nightly rewrap after which old copies of the key store cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.privacy.actions import recipient_answers, recipient_events, request_changes, requests
from server.privacy.actions.certifying import REWRAP, note_rewrapped
from server.privacy.actions.erasures import ERASE
from server.privacy.adapters.erasing import Eraser

TIMERS: Mapping[str, Timer] = {
    recipient_events.STEP: Timer.STATUTORY,
    request_changes.STEP: Timer.STATUTORY,
    ERASE: Timer.STATUTORY,
    REWRAP: Timer.OPERATIONAL,
}

Rewrap = Callable[[Units], Awaitable[object]]
"""Wraps all keys by a new version of the master key, and destroys the old one."""


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def of_recipient(units: Units, request_id: str) -> None:
        call = Call(recipient_events.STEP, SYSTEM)
        await units.run(call, lambda work: recipient_answers.advance(work, request_id))

    async def of_customer(units: Units, request_id: str) -> None:
        call = Call(request_changes.STEP, SYSTEM)
        await units.run(call, lambda work: requests.advance(work, request_id))

    return {recipient_events.STEP: of_recipient, request_changes.STEP: of_customer}


def erasing_handlers(eraser: Eraser, rewrap: Rewrap) -> Mapping[str, Handler]:
    """The steps of erasures, which need the journal and what deletes files."""

    async def erase(units: Units, erasure_id: str) -> None:
        await eraser.step(units, erasure_id)

    async def rewrap_survivors(units: Units, _subject_id: str) -> None:
        begun_at = units.house.clock.now()
        await rewrap(units)
        await units.run_unaudited(partial(note_rewrapped, begun_at=begun_at))

    return {ERASE: erase, REWRAP: rewrap_survivors}
