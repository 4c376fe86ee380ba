"""Due work of accounts: what inactivity does to them (M087 to M090), and the end of the log of API use (M140)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from server.accounts.actions.api_log import PRUNE_API_LOG, prune_api_log
from server.accounts.actions.lifecycle import INACTIVITY, apply_inactivity, start_missing_clocks
from server.kit.due import DueWork, Handler, Timer, schedule
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work

_ACCOUNTS_A_STEP = 200

TIMERS: Mapping[str, Timer] = {INACTIVITY: Timer.CONTRACTUAL, PRUNE_API_LOG: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def inactivity(units: Units, account_id: str) -> None:
        await units.run(Call(INACTIVITY, SYSTEM), lambda work: apply_inactivity(work, account_id))

    async def api_log(units: Units, subject_id: str) -> None:
        await units.run_unaudited(prune_api_log)

    return {INACTIVITY: inactivity, PRUNE_API_LOG: api_log}


async def plan(units: Units) -> None:
    """Let the clocks run of accounts that have none, and of the log of API use, at start-up."""
    await units.run_unaudited(_plan_api_log)
    while await units.run_unaudited(lambda work: start_missing_clocks(work, _ACCOUNTS_A_STEP)):
        pass  # each round starts some


def _plan_api_log(work: Work) -> None:
    if work.first(select(DueWork.id).where(DueWork.kind == PRUNE_API_LOG)) is None:
        schedule(work, PRUNE_API_LOG, "all", work.now)
