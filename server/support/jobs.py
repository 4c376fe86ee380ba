"""Due work of tickets: what nobody confirms lapses, what nobody answers is closed, what is over is deleted."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.support.actions import advance
from server.support.actions.events import STEP

TIMERS: Mapping[str, Timer] = {STEP: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def step(units: Units, ticket_id: str) -> None:
        await units.run(Call(STEP, SYSTEM), lambda work: advance(work, ticket_id))

    return {STEP: step}
