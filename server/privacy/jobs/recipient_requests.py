"""Due work of the slice: the clock of recipients' requests, which a law sets and no pause stops (M011, M103)."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.privacy.actions.recipient_answers import advance
from server.privacy.actions.recipient_events import STEP

TIMERS: Mapping[str, Timer] = {STEP: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def step(units: Units, request_id: str) -> None:
        await units.run(Call(STEP, SYSTEM), lambda work: advance(work, request_id))

    return {STEP: step}
