"""Due work of erasures, and the nightly rewrap after which old copies of the key store cannot be read any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from server.kit.due import Handler, Timer
from server.kit.work import Units, Work
from server.privacy.actions.certifying import REWRAP, note_rewrapped
from server.privacy.actions.erasures import ERASE, plan_legal_period_end
from server.privacy.adapters.erasing import Eraser
from server.privacy.reads.erasures import without_end

TIMERS: Mapping[str, Timer] = {ERASE: Timer.STATUTORY, REWRAP: Timer.OPERATIONAL}

Rewrap = Callable[[Units], Awaitable[object]]
"""Wraps all keys by a new version of the master key, and destroys the old one."""


ENDS_PLANNED_AT_ONCE = 500


async def plan(units: Units) -> None:
    """Plan the end of what was kept for billing before there was one, at start-up."""
    while await units.run_unaudited(partial(plan_ends, limit=ENDS_PLANNED_AT_ONCE)) == ENDS_PLANNED_AT_ONCE:
        pass


def plan_ends(work: Work, limit: int) -> int:
    """The same of so many erasures; returns of how many."""
    rows = without_end(work, limit)
    for pseudonym, erased_at in rows:
        plan_legal_period_end(work, pseudonym, erased_at)
    return len(rows)


def handlers(eraser: Eraser, rewrap: Rewrap) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def erase(units: Units, erasure_id: str) -> None:
        await eraser.step(units, erasure_id)

    async def rewrap_survivors(units: Units, _subject_id: str) -> None:
        begun_at = units.house.clock.now()
        await rewrap(units)
        await units.run_unaudited(partial(note_rewrapped, begun_at=begun_at))

    return {ERASE: erase, REWRAP: rewrap_survivors}
