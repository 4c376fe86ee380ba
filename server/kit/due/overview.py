"""What operators see of due work: every row is in exactly one state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select

from server.kit.clock import from_micros, to_micros
from server.kit.due.model import DueWork
from server.kit.due.queue import held_up
from server.kit.work import Read

LATE_SECONDS = 300


class DueState(Enum):
    """How due work stands. FAILING: its last attempt failed, and it is tried again at `due_at`. PAUSED: a pause
    holds it up. LATE: due for more than five minutes. DUE: due, and soon done. SCHEDULED: not due yet.
    """

    FAILING = "FAILING"
    PAUSED = "PAUSED"
    LATE = "LATE"
    DUE = "DUE"
    SCHEDULED = "SCHEDULED"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of a kind are in a state."""

    kind: str
    state: DueState
    count: int


def listed(
    read: Read,
    limit: int,
    *,
    contractual: Collection[str] = (),
    after: str | None = None,
    kind: str | None = None,
    state: DueState | None = None,
    until: datetime | None = None,
) -> Sequence[Row[Any]]:
    """Due work with its `state`, in the order in which it is due, behind the row whose `key_of` is `after`."""
    shown = _state(read, contractual)
    query = select(DueWork.__table__, shown.label("state"))
    if kind is not None:
        query = query.where(DueWork.kind == kind)
    if state is not None:
        query = query.where(shown == state.value)
    if until is not None:
        query = query.where(DueWork.due_at <= until)
    if after is not None:
        due_at, due_id = _place(after)
        later = or_(DueWork.due_at > due_at, and_(DueWork.due_at == due_at, DueWork.id > due_id))
        query = query.where(later)
    return read.rows(query.order_by(DueWork.due_at, DueWork.id).limit(limit))


def counts(read: Read, contractual: Collection[str] = ()) -> Sequence[Count]:
    """How many rows of each kind are in each state, those without any left out."""
    shown = _state(read, contractual).label("state")
    query = select(DueWork.kind, shown, func.count().label("rows")).group_by(DueWork.kind, shown)
    return [Count(row.kind, DueState(row.state), row.rows) for row in read.rows(query.order_by(DueWork.kind))]


def urgent(read: Read, contractual: Collection[str] = ()) -> Mapping[DueState, int]:
    """How many rows are due, late, failing, or held up though they would be due. Looks at no other rows."""
    shown = _state(read, contractual).label("state")
    query = select(shown, func.count().label("rows")).group_by(shown)
    due = read.rows(query.where(DueWork.due_at <= read.now))
    later = read.rows(query.where(DueWork.due_at > read.now, DueWork.last_error.is_not(None)))
    found = Counter[DueState]()
    for row in (*due, *later):
        found[DueState(row.state)] += row.rows
    return found


def key_of(row: Row[Any]) -> str:
    """The place of a row in the list."""
    return f"{to_micros(row.due_at)}.{row.id}"


def _place(key: str) -> tuple[datetime, str]:
    micros, _, due_id = key.partition(".")
    return from_micros(int(micros) if micros.isdigit() and len(micros) <= 16 else 0), due_id


def _state(read: Read, contractual: Collection[str]) -> ColumnElement[str]:
    late_since = read.now - timedelta(seconds=LATE_SECONDS)
    return case(
        (held_up(read, contractual), DueState.PAUSED.value),
        (DueWork.last_error.is_not(None), DueState.FAILING.value),
        (DueWork.due_at > read.now, DueState.SCHEDULED.value),
        (DueWork.due_at < late_since, DueState.LATE.value),
        else_=DueState.DUE.value,
    )
