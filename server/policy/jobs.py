"""Due work of the policy: new versions of it and of the API are told, and daily every check runs and use is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from server.kit.due import Handler, Timer, schedule
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.policy.actions.announcing import ANNOUNCE, announce
from server.policy.actions.api_changes import ANNOUNCE_API, announce_api
from server.policy.actions.checking import store_findings
from server.policy.actions.counting import store_day
from server.policy.reads.counting import counted_on, days_to_count
from server.policy.rules.checking import Checks, Finding, checks_of
from server.policy.rules.counting import begin_of, day_of
from server.policy.rules.publishing import Published

CHECK = "policy.check"
CHECKED_EVERY = timedelta(days=1)
CHECKED_AFTER_START = timedelta(minutes=5)
COUNT = "policy.count"
_ALL = "all"

TIMERS: Mapping[str, Timer] = {
    ANNOUNCE: Timer.STATUTORY,
    ANNOUNCE_API: Timer.STATUTORY,
    CHECK: Timer.STATUTORY,
    COUNT: Timer.OPERATIONAL,
}


def plan(work: Work) -> None:
    """Let the checks run and use be counted, soon after each start and then daily."""
    schedule(work, CHECK, _ALL, work.now + CHECKED_AFTER_START)
    schedule(work, COUNT, _ALL, work.now)


def handlers(checks: Checks) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def tell(units: Units, version_id: str) -> None:
        await units.run(Call(ANNOUNCE, SYSTEM), lambda work: announce(work, version_id))

    async def tell_of_api(units: Units, release_id: str) -> None:
        await units.run(Call(ANNOUNCE_API, SYSTEM), lambda work: announce_api(work, release_id))

    async def count(units: Units, _subject_id: str) -> None:
        await count_days(units)
        await units.run_unaudited(_plan_count)

    async def check(units: Units, _subject_id: str) -> None:
        found = await find(units, checks)

        def store(work: Work) -> None:
            store_findings(work, found)
            schedule(work, CHECK, _ALL, work.now + CHECKED_EVERY)

        await units.run(Call(CHECK, SYSTEM), store)

    return {ANNOUNCE: tell, ANNOUNCE_API: tell_of_api, CHECK: check, COUNT: count}


async def count_days(units: Units) -> int:
    """Count the days that are over and were not, each beside the writer; returns how many."""
    days = await units.read(days_to_count)
    for day in days:
        counts = await units.read(partial(counted_on, day=day))
        await units.run_unaudited(partial(store_day, day=day, counts=counts))
    return len(days)


def _plan_count(work: Work) -> None:
    schedule(work, COUNT, _ALL, begin_of(day_of(work.now) + 1))


async def find(units: Units, checks: Checks) -> dict[str, Finding]:
    """What every check of a clause finds; each reads by itself, so that none holds up a writer."""
    published = units.house.terms.get(Published)
    clauses = published.profile.clauses.values()
    named = sorted({name for clause in clauses for name in checks_of(clause, published.numbered)})
    return {name: await units.read(checks.by_name[name]) for name in named}
