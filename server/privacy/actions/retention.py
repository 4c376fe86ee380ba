"""The sweep: flag what is over, recheck it, delete it, and report; in batches, each a transaction of its own.

What is flagged was read beside the writer. A row goes only when its time is over still, and nothing holds it, in the
very transaction that deletes it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, update

from server.kit.due import schedule
from server.kit.retention import Clock, take_tallies
from server.kit.work import Work
from server.privacy.model.retention import RetentionCount, RetentionRun
from server.privacy.reads import retention as reads
from server.privacy.reads.keys import among, keys_of, written
from server.privacy.reads.retention import Batch
from server.privacy.rules.retention import RetentionTerms

RETENTION = "privacy.retention"


def begin_run(work: Work, found: Sequence[tuple[Clock, tuple[int, int]]]) -> str:
    """Write down what was flagged, and what is held, by clock; returns the run's id. An open run goes on instead."""
    before = reads.open_run(work)
    if before is not None:
        return str(before.id)
    run_id = work.ids.new("ret")
    work.execute(insert(RetentionRun).values(id=run_id, started_at=work.now))
    rows = [
        {
            "run_id": run_id,
            "position": position,
            "name": clock.name,
            "table": clock.table,
            "flagged": flagged,
            "held": held,
            "deleted": 0,
            "batches": 0,
            "done_at": None if flagged or clock.freed else work.now,
        }
        for position, (clock, (flagged, held)) in enumerate(found)
    ]
    work.connection.execute(insert(RetentionCount), rows)
    return run_id


def delete_flagged(work: Work, batch: Batch) -> int:
    """Delete those of a batch whose time is over still and that nothing holds; returns how many. A batch that is not
    full is the last one of its table.
    """
    at, clock, keys, gone = batch.at, batch.clock, batch.keys, 0
    if clock is not None and keys:
        columns = keys_of(clock.model)
        recheck = reads.over_by(work, clock, work.now) & ~reads.held_rows(work, clock)
        statement = delete(clock.model).where(among(columns, keys), recheck)
        gone = work.connection.execute(statement).rowcount
    last = len(keys) < work.terms(RetentionTerms).rows_a_batch
    work.execute(
        update(RetentionCount)
        .where(RetentionCount.run_id == at.run_id, RetentionCount.position == at.position)
        .values(
            deleted=RetentionCount.deleted + gone,
            batches=RetentionCount.batches + (1 if keys else 0),
            after=written(keys[-1]) if keys else at.after,
            done_at=work.now if last else None,
        )
    )
    return gone


def end_run(work: Work, run_id: str) -> None:
    """Take up what the slices' own steps deleted, close the report, and plan the next sweep."""
    position = len(reads.counts_of(work, [run_id])[run_id])
    for number, (name, deleted) in enumerate(sorted(take_tallies(work).items()), start=position):
        work.execute(
            insert(RetentionCount).values(
                run_id=run_id,
                position=number,
                name=name,
                flagged=deleted,
                held=0,
                deleted=deleted,
                batches=0,
                done_at=work.now,
            )
        )
    work.execute(update(RetentionRun).where(RetentionRun.id == run_id).values(ended_at=work.now))
    schedule(work, RETENTION, "all", work.now + work.terms(RetentionTerms).every)
