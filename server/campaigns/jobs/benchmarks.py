"""Due work of what is told across customers: each month is counted once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from server.campaigns.actions.benchmarks import publish_month, withdraw_small
from server.campaigns.reads.benchmarks import groups_of, uncounted_month
from server.campaigns.rules.benchmarks import BenchmarkTerms, month_of, next_count
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
        await count_month(units)
        await units.run_unaudited(_plan_next)

    return {COUNT_MONTH: count}


async def count_month(units: Units) -> int:
    """Withdraw what is too small now, and count the month that ended, beside the writer; returns how many groups are
    published by it.
    """
    call = Call(COUNT_MONTH, SYSTEM)
    await units.run(call, withdraw_small)
    month = await units.read(uncounted_month)
    if month is None:
        return 0
    begin, end = month
    groups = await units.read(partial(groups_of, begin=begin, end=end))
    return await units.run(call, lambda work: publish_month(work, month_of(begin), groups))


def _plan_next(work: Work) -> None:
    schedule(work, COUNT_MONTH, "all", next_count(work.now, work.terms(BenchmarkTerms)))
