"""Due work of what is told across customers: each month is counted once."""

from __future__ import annotations

from collections.abc import Mapping

from server.campaigns.actions.benchmarks import count_month, withdraw_small
from server.campaigns.rules.benchmarks import BenchmarkTerms, next_count
from server.kit.due import Handler, Timer, schedule
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work

COUNT_MONTH = "campaigns.benchmark"

TIMERS: Mapping[str, Timer] = {COUNT_MONTH: Timer.OPERATIONAL}


def plan(work: Work) -> None:
    """Count what was not, at start-up; what is told by other terms than now is withdrawn then."""
    schedule(work, COUNT_MONTH, "all", work.now)


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def count(units: Units, _subject_id: str) -> None:
        def step(work: Work) -> None:
            withdraw_small(work)
            count_month(work)
            schedule(work, COUNT_MONTH, "all", next_count(work.now, work.terms(BenchmarkTerms)))

        await units.run(Call(COUNT_MONTH, SYSTEM), step)

    return {COUNT_MONTH: count}
