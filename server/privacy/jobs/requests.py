"""Due work of requests: their clocks, which a law sets and no pause stops (M011, M103)."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.privacy.actions import recipient_answers, recipient_events, request_changes, requests

TIMERS: Mapping[str, Timer] = {
    recipient_events.STEP: Timer.STATUTORY,
    request_changes.STEP: Timer.STATUTORY,
}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def of_recipient(units: Units, request_id: str) -> None:
        call = Call(recipient_events.STEP, SYSTEM)
        await units.run(call, lambda work: recipient_answers.advance(work, request_id))

    async def of_customer(units: Units, request_id: str) -> None:
        call = Call(request_changes.STEP, SYSTEM)
        await units.run(call, lambda work: requests.advance(work, request_id))

    return {recipient_events.STEP: of_recipient, request_changes.STEP: of_customer}
