"""What is over, what is held, and what sweeps did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from server.accounts.rules.lifecycle import add_months
from server.kit.due import DueWork
from server.kit.retention import Clock, Clocks, Holds, Kept
from server.kit.work import Read
from server.privacy.model.retention import RetentionCount, RetentionRun
from server.privacy.reads.keys import keys_of, next_rows
from server.privacy.rules.retention import RetentionTerms


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a clock will end: so many rows of a table, or pieces of due work where there is none (`table` is None)."""

    name: str
    table: str | None
    rows: int
    held: int
    by_step: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Keys of rows that were flagged, of which clock, and the count of the report that they belong to."""

    at: Row[Any]
    clock: Clock | None
    keys: Sequence[Row[Any]]


def swept(read: Read) -> Sequence[Clock]:
    """The clocks whose rows the sweep itself deletes, in its order."""
    return [clock for clock in read.terms(Clocks).rows if clock.step is None]


def preview(read: Read, instant: datetime) -> Sequence[Forecast]:
    """What will be over at the instant, of what there is now, by clock."""
    clocks = read.terms(Clocks)
    rows = [
        Forecast(clock.name, clock.table, *counts(read, clock, instant), clock.step) for clock in clocks.rows
    ]
    steps = [Forecast(step.name, None, _due(read, step.kind, instant), 0, step.kind) for step in clocks.steps]
    return [*rows, *steps]


def counts(read: Read, clock: Clock, instant: datetime) -> tuple[int, int]:
    """How many rows are over at the instant and free to go, and how many are held."""
    held = func.sum(case((held_rows(read, clock), 1), else_=0))
    query = select(func.count().label("over"), func.coalesce(held, 0).label("held")).select_from(clock.model)
    (found,) = read.rows(query.where(over_by(read, clock, instant)))
    return found.over - found.held, found.held


def counts_now(read: Read, clock: Clock) -> tuple[int, int]:
    """The same at this instant."""
    return counts(read, clock, read.now)


def over_by(read: Read, clock: Clock, instant: datetime) -> ColumnElement[bool]:
    """Whether a row's time is over at the instant."""
    kept: Kept = (
        clock.period(read.house.terms) if clock.period else read.terms(RetentionTerms).kept[clock.name]
    )
    return clock.began_by(add_months(instant - kept.time, -kept.months))


def held_rows(read: Read, clock: Clock) -> ColumnElement[bool]:
    """Whether an open case keeps a row."""
    return read.terms(Holds).held(clock.name, clock.account)


def flagged(read: Read, clock: Clock, at: datetime, after: str | None) -> Sequence[Row[Any]]:
    """The keys of the next rows that are over at the instant and not held, one batch."""
    keys, limit = keys_of(clock.model), read.terms(RetentionTerms).rows_a_batch
    some = select(*keys).where(over_by(read, clock, at), ~held_rows(read, clock))
    return next_rows(read, some, keys, after, limit)


def next_batch(read: Read, run_id: str) -> Batch | None:
    """What is to be looked at next; None when all of it was. A clock that is gone since the start has no rows."""
    query = select(RetentionCount.__table__).where(
        RetentionCount.run_id == run_id, RetentionCount.done_at.is_(None)
    )
    at = read.first(query.order_by(RetentionCount.position).limit(1))
    if at is None:
        return None
    clock = next((one for one in swept(read) if (one.name, one.table) == (at.name, at.table)), None)
    return Batch(at, clock, () if clock is None else flagged(read, clock, read.now, at.after))


def open_run(read: Read) -> Row[Any] | None:
    """The sweep that is not done yet."""
    return read.first(select(RetentionRun.__table__).where(RetentionRun.ended_at.is_(None)).limit(1))


def runs(read: Read, limit: int, after: str | None = None) -> Sequence[Row[Any]]:
    """Sweeps, the newest first."""
    query = select(RetentionRun.__table__)
    if after is not None:
        query = query.where(RetentionRun.id < after)
    return read.rows(query.order_by(RetentionRun.id.desc()).limit(limit))


def counts_of(read: Read, run_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """What these sweeps did, in their order."""
    query = select(RetentionCount.__table__).where(RetentionCount.run_id.in_(run_ids))
    found: dict[str, list[Row[Any]]] = {run_id: [] for run_id in run_ids}
    for row in read.rows(query.order_by(RetentionCount.run_id, RetentionCount.position)):
        found[row.run_id].append(row)
    return found


def _due(read: Read, kind: str, instant: datetime) -> int:
    return int(read.scalar(select(func.count()).where(DueWork.kind == kind, DueWork.due_at <= instant)) or 0)
