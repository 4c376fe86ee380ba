"""Due work of statistics: what is counted ends in time, and what was seen is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from server.campaigns.actions.retention import delete_bounces, delete_statistics, prune_seen
from server.campaigns.actions.statistics import DELETE_BOUNCES, DELETE_STATISTICS
from server.campaigns.rules.recording import RecordingTerms
from server.kit.due import Handler, Timer, schedule, schedule_unless_planned
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work

PRUNE_SEEN = "campaigns.prune_seen"

TIMERS: Mapping[str, Timer] = {
    DELETE_STATISTICS: Timer.STATUTORY,
    DELETE_BOUNCES: Timer.STATUTORY,
    PRUNE_SEEN: Timer.OPERATIONAL,
}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def end_statistics(units: Units, campaign_id: str) -> None:
        call = Call(DELETE_STATISTICS, SYSTEM)
        await units.run(call, lambda work: delete_statistics(work, campaign_id))

    async def end_bounces(units: Units, campaign_id: str) -> None:
        await units.run(Call(DELETE_BOUNCES, SYSTEM), lambda work: delete_bounces(work, campaign_id))

    return {DELETE_STATISTICS: end_statistics, DELETE_BOUNCES: end_bounces, PRUNE_SEEN: prune}


def plan(work: Work) -> None:
    """Start the pruning, at start-up; what is planned already stays where it is."""
    schedule_unless_planned(work, PRUNE_SEEN, "all", work.now)


async def prune(units: Units, _subject_id: str) -> None:
    """Forget the events that are too old to be repeated, a part in each transaction."""
    for part in range(units.house.terms.get(RecordingTerms).seen_pruned_in_parts):
        await units.run_unaudited(partial(prune_seen, part=part))
    await units.run_unaudited(_plan_next)


def _plan_next(work: Work) -> None:
    schedule(work, PRUNE_SEEN, "all", work.now + work.terms(RecordingTerms).seen_pruned_every)
