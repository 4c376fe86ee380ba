"""Due work of the policy: a new version is told to all accounts."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.policy.actions.announcing import ANNOUNCE, announce

TIMERS: Mapping[str, Timer] = {ANNOUNCE: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def tell(units: Units, version_id: str) -> None:
        await units.run(Call(ANNOUNCE, SYSTEM), lambda work: announce(work, version_id))

    return {ANNOUNCE: tell}
