"""The queue: schedule, lease, finish, postpone. Each function is one short transaction's worth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from server.kit.db import Instant
from server.kit.due.model import DueWork, Pause
from server.kit.ids import is_id
from server.kit.problems import Refusal
from server.kit.work import Read, Work

TOPIC = "due"
LEASE_SECONDS = 60
BACKOFF_SECONDS_MAX = 3600
LEASE_LOST = "LeaseLost"
"""The error of a step whose process ended, or hung, before the step did."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A step that this runner may do until its lease ends."""

    id: str
    lease_id: str
    kind: str
    subject_id: str
    attempts: int


@dataclass(eq=False)
class DueWorkNotFound(Refusal):
    """There is no such due work: it was done or cancelled."""

    code = "DUE_WORK_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class DueWorkNotFailing(Refusal):
    """Only what failed can be tried again before its time."""

    code = "DUE_WORK_NOT_FAILING"
    blames = "id"


@dataclass(eq=False)
class DueWorkRunning(Refusal):
    """Somebody is at it; it is not known yet whether it fails again."""

    code = "DUE_WORK_RUNNING"
    blames = "id"


def schedule(work: Work, kind: str, subject_id: str, due_at: datetime) -> None:
    """Do `kind` for the subject at that instant. Scheduling again moves it and takes it from whoever runs it."""
    values = {
        "scheduled_at": work.now,
        "due_at": due_at,
        "leased_until": None,
        "lease_id": None,
        "attempts": 0,
        "last_error": None,
    }
    new = insert(DueWork).values(id=work.ids.new("due"), kind=kind, subject_id=subject_id, **values)
    work.execute(new.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=values))
    work.wake(TOPIC)


def schedule_unless_planned(work: Work, kind: str, subject_id: str, due_at: datetime) -> None:
    """Do it at that instant, if it is not planned yet, however many servers start at once; else it stays as it is."""
    new = insert(DueWork).values(
        id=work.ids.new("due"),
        kind=kind,
        subject_id=subject_id,
        scheduled_at=work.now,
        due_at=due_at,
        attempts=0,
    )
    planned = new.on_conflict_do_nothing(index_elements=["kind", "subject_id"]).returning(DueWork.id)
    if work.scalar(planned) is not None:
        work.wake(TOPIC)


def renew(work: Work, step: Leased) -> bool:
    """Let the lease of a step that goes on end later; False when it is somebody else's by now."""
    longer = update(DueWork).where(_is(step)).values(leased_until=work.now + timedelta(seconds=LEASE_SECONDS))
    return work.scalar(longer.returning(DueWork.id)) is not None


def cancel(work: Work, kind: str, subject_id: str) -> None:
    """Forget it, if it is still to be done."""
    work.execute(delete(DueWork).where(DueWork.kind == kind, DueWork.subject_id == subject_id))


def next_due(
    read: Read, contractual: Collection[str] = (), *, besides: Collection[str] = ()
) -> datetime | None:
    """When the next step, of any kind but `besides`, is due or its lease ends; none that a pause holds up."""
    free_at = func.coalesce(DueWork.leased_until, DueWork.due_at)
    query = select(func.min(free_at, type_=Instant)).where(~held_up(read, contractual))
    if besides:
        query = query.where(DueWork.kind.not_in(besides))
    return read.scalar(query)  # type: ignore[no-any-return]


def being_done(read: Read, kind: str, subject_ids: Collection[str]) -> frozenset[str]:
    """For which of these subjects somebody is at it."""
    leased = DueWork.leased_until > read.now
    mine = select(DueWork.subject_id).where(DueWork.kind == kind, DueWork.subject_id.in_(subject_ids), leased)
    return frozenset(read.execute(mine).scalars())


def take(
    work: Work, limit: int, *, until: datetime | None = None, contractual: Collection[str] = ()
) -> Sequence[Leased]:
    """Lease what is due now and was due by `until`: nobody else gets it until the lease ends.

    A lease that ended without an outcome counts as a failed attempt. Of the `contractual` kinds nothing is taken
    that fell due since a pause began (M103).
    """
    lapsed = DueWork.leased_until.is_not(None)
    free = ~lapsed | (DueWork.leased_until <= work.now)
    due_by = work.now if until is None else min(until, work.now)
    due = (
        select(DueWork.id)
        .where(DueWork.due_at <= due_by, free, ~held_up(work, contractual))
        .order_by(DueWork.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # As an IN (…) of its own PostgreSQL may evaluate it more than once, and lease more than the limit.
        .cte("due")
    )
    lease_id = work.ids.new("lea")
    rows = work.rows(
        update(DueWork)
        .where(DueWork.id.in_(select(due.c.id)))
        .values(
            leased_until=work.now + timedelta(seconds=LEASE_SECONDS),
            lease_id=lease_id,
            attempts=case((lapsed, DueWork.attempts + 1), else_=DueWork.attempts),
            last_error=case((lapsed, LEASE_LOST), else_=DueWork.last_error),
        )
        .returning(DueWork.id, DueWork.kind, DueWork.subject_id, DueWork.attempts)
    )
    return [Leased(row.id, lease_id, row.kind, row.subject_id, row.attempts) for row in rows]


def finish(work: Work, step: Leased) -> None:
    """Done: forget it, unless it was scheduled again meanwhile."""
    work.execute(delete(DueWork).where(_is(step)))


def postpone(work: Work, step: Leased, error: str) -> None:
    """It failed: try again later, each time waiting twice as long."""
    wait = min(2 ** min(step.attempts, 32), BACKOFF_SECONDS_MAX)
    work.execute(
        update(DueWork)
        .where(_is(step))
        .values(
            due_at=work.now + timedelta(seconds=wait),
            leased_until=None,
            lease_id=None,
            attempts=step.attempts + 1,
            last_error=error[:200],
        )
    )


def retry(work: Work, due_work_id: str) -> None:
    """Try again now what failed. Raises DueWorkNotFound, DueWorkRunning, DueWorkNotFailing."""
    if not is_id(due_work_id, "due"):  # PostgreSQL takes no NUL
        raise DueWorkNotFound
    row = work.first(select(DueWork.__table__).where(DueWork.id == due_work_id).with_for_update())
    if row is None:
        raise DueWorkNotFound
    if row.leased_until is not None and row.leased_until > work.now:
        raise DueWorkRunning
    if row.last_error is None:
        raise DueWorkNotFailing
    work.execute(update(DueWork).where(DueWork.id == due_work_id).values(due_at=work.now))
    work.wake(TOPIC)


def held_up(read: Read, contractual: Collection[str]) -> ColumnElement[bool]:
    """Whether a row is of one of these kinds and fell due since the pause began that is not over."""
    if not contractual:
        return ~true()
    began = select(Pause.starts_at).where(Pause.ends_at.is_(None)).limit(1)
    starts_at = read.scalar(began)
    if starts_at is None:
        return ~true()
    return and_(DueWork.kind.in_(contractual), DueWork.due_at >= starts_at)


def _is(step: Leased) -> ColumnElement[bool]:
    return (DueWork.id == step.id) & (DueWork.lease_id == step.lease_id)
