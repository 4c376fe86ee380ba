"""Due work of the retention: the daily sweep."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from server.kit.due import Handler, Timer, schedule, schedule_unless_planned
from server.kit.retention import Clock
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work
from server.privacy.actions.retention import RETENTION, begin_run, delete_flagged, end_run
from server.privacy.reads import retention as reads
from server.privacy.rules.retention import RetentionTerms

TIMERS: Mapping[str, Timer] = {RETENTION: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    return {RETENTION: sweep}


def plan(work: Work) -> None:
    """Start the sweeping, at start-up; what is planned already stays where it is."""
    schedule_unless_planned(work, RETENTION, "all", work.now)


async def sweep(units: Units, _subject_id: str) -> None:
    """Some batches of a sweep; what is left goes on as due work of its own. A crash costs the batch that was not
    committed.
    """
    run_id = await _run(units)
    for _ in range(units.house.terms.get(RetentionTerms).batches_a_step):
        if not await _batch(units, run_id):
            await _end(units, run_id)
            return
    await units.run_unaudited(lambda work: schedule(work, RETENTION, "all", work.now))


async def _run(units: Units) -> str:
    """The open sweep, or a new one. Clock by clock the rows are counted beside the writer."""
    before = await units.read(reads.open_run)
    if before is not None:
        return str(before.id)
    found: list[tuple[Clock, tuple[int, int]]] = []
    for clock in await units.read(reads.swept):
        found.append((clock, await units.read(partial(reads.counts_now, clock=clock))))
    return await units.run_unaudited(lambda work: begin_run(work, found))


async def _batch(units: Units, run_id: str) -> bool:
    """Delete one batch; whether there was a table left to look at."""
    batch = await units.read(lambda read: reads.next_batch(read, run_id))
    if batch is not None:
        await units.run_unaudited(partial(delete_flagged, batch=batch))
    return batch is not None


async def _end(units: Units, run_id: str) -> None:
    """Close the report; the audit row says what was deleted of which retention."""
    counts = await units.read(lambda read: reads.counts_of(read, [run_id])[run_id])
    said = ",".join(f"{row.name}/{row.table}:{row.deleted}" for row in counts if row.deleted)
    call = Call(RETENTION, SYSTEM, fields=said or None, subjects=run_id)
    await units.run(call, lambda work: end_run(work, run_id))
