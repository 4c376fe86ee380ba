"""Due work of plans. Each step is one transaction, and changes nothing when it was done before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.plans.actions.billing import give_up, remind, renew, retry
from server.plans.actions.changes import GIVE_UP, REMIND, RENEW, RETRY
from server.plans.actions.members import WITHDRAW, withdraw

TIMERS: Mapping[str, Timer] = {
    **dict.fromkeys((RENEW, REMIND, RETRY, WITHDRAW), Timer.CONTRACTUAL),
    GIVE_UP: Timer.OPERATIONAL,
}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    steps: Mapping[str, Callable[[Work, str], None]] = {
        RENEW: renew,
        RETRY: retry,
        GIVE_UP: give_up,
        REMIND: remind,
        WITHDRAW: withdraw,
    }
    return {kind: _handler(kind, step) for kind, step in steps.items()}


def _handler(kind: str, step: Callable[[Work, str], None]) -> Handler:
    async def handle(units: Units, subject_id: str) -> None:
        await units.run(Call(kind, SYSTEM), lambda work: step(work, subject_id))

    return handle
