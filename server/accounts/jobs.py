"""Due work of accounts: what inactivity does to them (M087 to M090)."""

from __future__ import annotations

from collections.abc import Mapping

from server.accounts.actions.lifecycle import INACTIVITY, apply_inactivity, start_missing_clocks
from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units

_ACCOUNTS_A_STEP = 200

TIMERS: Mapping[str, Timer] = {INACTIVITY: Timer.CONTRACTUAL}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def inactivity(units: Units, account_id: str) -> None:
        await units.run(Call(INACTIVITY, SYSTEM), lambda work: apply_inactivity(work, account_id))

    return {INACTIVITY: inactivity}


async def plan(units: Units) -> None:
    """Let the clocks run of accounts that have none, at start-up."""
    while await units.run_unaudited(lambda work: start_missing_clocks(work, _ACCOUNTS_A_STEP)):
        pass  # each round starts some
