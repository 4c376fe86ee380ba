"""Due work of who refused a version of the policy: the account closes in time."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.privacy.actions.refusing import CLOSE, close_refused

TIMERS: Mapping[str, Timer] = {CLOSE: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def close(units: Units, account_id: str) -> None:
        await units.run(Call(CLOSE, SYSTEM), lambda work: close_refused(work, account_id))

    return {CLOSE: close}
