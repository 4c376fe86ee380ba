"""Due work of accounts: what inactivity does to them (M087 to M090), and forgetting: failed sign-ins (P014), and what
API keys did (M140).
"""

from __future__ import annotations

from collections.abc import Mapping

from server.accounts.actions.api_log import PRUNE_API_LOG, prune_api_log
from server.accounts.actions.lifecycle import INACTIVITY, apply_inactivity, start_missing_clocks
from server.accounts.actions.pruning import PRUNING, plan_pruning, prune
from server.kit.due import Handler, Timer, schedule_unless_planned
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work

_ACCOUNTS_A_STEP = 200
_ROWS_A_STEP = 1_000

TIMERS: Mapping[str, Timer] = {
    INACTIVITY: Timer.CONTRACTUAL,
    PRUNING: Timer.OPERATIONAL,
    PRUNE_API_LOG: Timer.STATUTORY,
}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def inactivity(units: Units, account_id: str) -> None:
        await units.run(Call(INACTIVITY, SYSTEM), lambda work: apply_inactivity(work, account_id))

    async def pruning(units: Units, _subject_id: str) -> None:
        while await units.run_unaudited(lambda work: prune(work, _ROWS_A_STEP)):
            pass  # each round is a transaction of its own
        await units.run_unaudited(lambda work: plan_pruning(work, again=True))

    async def api_log(units: Units, _subject_id: str) -> None:
        await units.run_unaudited(prune_api_log)

    return {INACTIVITY: inactivity, PRUNING: pruning, PRUNE_API_LOG: api_log}


async def plan(units: Units) -> None:
    """Let the clocks run of accounts that have none, and start the forgetting, at start-up."""
    await units.run_unaudited(plan_pruning)
    await units.run_unaudited(_plan_api_log)
    while await units.run_unaudited(lambda work: start_missing_clocks(work, _ACCOUNTS_A_STEP)):
        pass  # each round starts some


def _plan_api_log(work: Work) -> None:
    schedule_unless_planned(work, PRUNE_API_LOG, "all", work.now)
