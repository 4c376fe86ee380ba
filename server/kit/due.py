"""Due work: rows with an instant, taken under a lease, one idempotent step a time (DESIGN §2).

Never a timer in memory: what is due survives a crash, and several processes may share the queue. A step may run
again after a crash at any point, so handlers must be safe to repeat.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlalchemy import Index, Integer, String, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant
from server.kit.work import Read, Units, Work

TOPIC = "due"
LEASE_SECONDS = 60
STEPS_AT_ONCE_MAX = 8
BACKOFF_SECONDS_MAX = 3600
IDLE_SECONDS_MAX = 30.0

_log = structlog.get_logger("postmeter.due")

T = TypeVar("T")
Handler = Callable[[Units, str], Awaitable[None]]
"""One step for one subject: `await handler(units, subject_id)`."""


class DueWork(Base):
    """One thing to do. It is deleted when its step succeeds."""

    __tablename__ = "due_work"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_id: Mapped[str | None] = mapped_column(String(40))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (UniqueConstraint("kind", "subject_id"), Index(None, "due_at"))


@dataclass(frozen=True, slots=True)
class Leased:
    """A step that this runner may do until its lease ends."""

    id: str
    lease_id: str
    kind: str
    subject_id: str
    attempts: int


def schedule(work: Work, kind: str, subject_id: str, due_at: datetime) -> None:
    """Do `kind` for the subject at that instant. Scheduling again moves it and takes it from whoever runs it."""
    upsert = pg_insert if work.connection.dialect.name == "postgresql" else sqlite_insert
    values = {"due_at": due_at, "leased_until": None, "lease_id": None, "attempts": 0, "last_error": None}
    statement = upsert(DueWork).values(id=work.ids.new("due"), kind=kind, subject_id=subject_id, **values)
    work.execute(statement.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=values))
    work.wake(TOPIC)


def cancel(work: Work, kind: str, subject_id: str) -> None:
    """Forget it, if it is still to be done."""
    work.execute(delete(DueWork).where(DueWork.kind == kind, DueWork.subject_id == subject_id))


def next_due(read: Read) -> datetime | None:
    """When the next step is due or its lease ends."""
    free_at = func.coalesce(DueWork.leased_until, DueWork.due_at)
    return read.scalar(select(func.min(free_at, type_=Instant)))  # type: ignore[no-any-return]


def take(work: Work, limit: int) -> Sequence[Leased]:
    """Lease what is due: nobody else gets it until the lease ends."""
    free = DueWork.leased_until.is_(None) | (DueWork.leased_until <= work.now)
    due = (
        select(DueWork.id)
        .where(DueWork.due_at <= work.now, free)
        .order_by(DueWork.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    lease_id = work.ids.new("lea")
    rows = work.rows(
        update(DueWork)
        .where(DueWork.id.in_(due.scalar_subquery()))
        .values(leased_until=work.now + timedelta(seconds=LEASE_SECONDS), lease_id=lease_id)
        .returning(DueWork.id, DueWork.kind, DueWork.subject_id, DueWork.attempts)
    )
    return [Leased(row.id, lease_id, row.kind, row.subject_id, row.attempts) for row in rows]


def finish(work: Work, step: Leased) -> None:
    """Done: forget it, unless it was scheduled again meanwhile."""
    work.execute(delete(DueWork).where(DueWork.id == step.id, DueWork.lease_id == step.lease_id))


def postpone(work: Work, step: Leased, error: str) -> None:
    """It failed: try again later, each time waiting twice as long."""
    wait = min(2**step.attempts, BACKOFF_SECONDS_MAX)
    work.execute(
        update(DueWork)
        .where(DueWork.id == step.id, DueWork.lease_id == step.lease_id)
        .values(
            due_at=work.now + timedelta(seconds=wait),
            leased_until=None,
            lease_id=None,
            attempts=step.attempts + 1,
            last_error=error[:200],
        )
    )


class DueRunner:
    """Runs what is due, in this process, until it is closed."""

    def __init__(self, units: Units, handlers: Mapping[str, Handler]) -> None:
        self._units = units
        self._handlers = handlers
        self._woken = asyncio.Event()

    async def run_due(self) -> int:
        """Do everything that is due now, step by step; returns how many steps were tried."""
        tried = 0
        while steps := await self._run(lambda work: take(work, STEPS_AT_ONCE_MAX)):
            await asyncio.gather(*(self._step(step) for step in steps))
            tried += len(steps)
        return tried

    async def serve(self) -> None:
        """Sleep until something is due or scheduled, do it, and so on; ends by cancellation."""
        stop = self._units.house.bus.listen(TOPIC, self._woken.set)
        try:
            while True:
                self._woken.clear()
                try:
                    await self.run_due()
                    wait = await self._seconds_to_next()
                except Exception:
                    _log.exception("due_runner_failed")
                    wait = 1.0
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), wait)
        finally:
            stop()

    async def _step(self, step: Leased) -> None:
        try:
            await self._handlers[step.kind](self._units, step.subject_id)
        except Exception as error:
            _log.warning("due_step_failed", kind=step.kind, subject_id=step.subject_id, exc_info=True)
            name = type(error).__name__  # the class only: a message may carry personal data
            await self._run(lambda work: postpone(work, step, name))
        else:
            await self._run(lambda work: finish(work, step))

    async def _seconds_to_next(self) -> float:
        due_at = await self._units.read(next_due)
        if due_at is None:
            return IDLE_SECONDS_MAX
        wait = (due_at - self._units.house.clock.now()).total_seconds()
        return min(max(wait, 0.0), IDLE_SECONDS_MAX)

    async def _run(self, action: Callable[[Work], T]) -> T:
        return await self._units.run_unaudited(action)
