"""Due work of the policy: a new version is told to all accounts, and every check runs once a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from server.kit.due import Handler, Timer, schedule
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.policy.actions.announcing import ANNOUNCE, announce
from server.policy.actions.checking import store_findings
from server.policy.rules.checking import Checks, Finding, checks_of
from server.policy.rules.publishing import Published

CHECK = "policy.check"
CHECKED_EVERY = timedelta(days=1)
CHECKED_AFTER_START = timedelta(minutes=5)
_ALL = "all"

TIMERS: Mapping[str, Timer] = {ANNOUNCE: Timer.STATUTORY, CHECK: Timer.STATUTORY}


def plan(work: Work) -> None:
    """Let the checks run, soon after each start and then daily."""
    schedule(work, CHECK, _ALL, work.now + CHECKED_AFTER_START)


def handlers(checks: Checks) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def tell(units: Units, version_id: str) -> None:
        await units.run(Call(ANNOUNCE, SYSTEM), lambda work: announce(work, version_id))

    async def check(units: Units, _subject_id: str) -> None:
        found = await find(units, checks)

        def store(work: Work) -> None:
            store_findings(work, found)
            schedule(work, CHECK, _ALL, work.now + CHECKED_EVERY)

        await units.run(Call(CHECK, SYSTEM), store)

    return {ANNOUNCE: tell, CHECK: check}


async def find(units: Units, checks: Checks) -> dict[str, Finding]:
    """What every check of a clause finds; each reads by itself, so that none holds up a writer."""
    published = units.house.terms.get(Published)
    clauses = published.profile.clauses.values()
    named = sorted({name for clause in clauses for name in checks_of(clause, published.numbered)})
    return {name: await units.read(checks.by_name[name]) for name in named}
