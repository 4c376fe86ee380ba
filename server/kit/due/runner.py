"""Runs what is due, in one process; any number of them may share the queue."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from server.kit.due.queue import LEASE_SECONDS, TOPIC, Leased, finish, next_due, postpone, renew, take
from server.kit.due.timers import Timer, Timers
from server.kit.work import Units, Work

STEPS_AT_ONCE_MAX = 8
IDLE_SECONDS_MAX = 30.0
RENEWED_SECONDS = LEASE_SECONDS / 3
"""How often the lease of a step that takes long is renewed."""

_log = structlog.get_logger("postmeter.due")

T = TypeVar("T")
Handler = Callable[[Units, str], Awaitable[None]]
"""One step for one subject: `await handler(units, subject_id)`."""


@dataclass(slots=True)
class Swept:
    """How many steps of a kind were done, and how many failed and wait for their next attempt."""

    done: int = 0
    failed: int = 0


class DueRunner:
    """Runs what is due, in this process, until it is closed. `timers` says what a pause holds up."""

    def __init__(
        self, units: Units, handlers: Mapping[str, Handler], timers: Mapping[str, Timer] | None = None
    ) -> None:
        self._units = units
        self._handlers = handlers
        self._woken = asyncio.Event()
        self._round = asyncio.Lock()
        self.timers = Timers(timers or {})

    @property
    def kinds(self) -> frozenset[str]:
        """What it can do."""
        return frozenset(self._handlers)

    async def run_due(self) -> int:
        """Do everything that is due now, step by step; returns how many steps were tried."""
        swept = await self.sweep()
        return sum(kind.done + kind.failed for kind in swept.values())

    async def settle(self) -> None:
        """Do everything that is due now. Behind it nothing is half done, of what `serve` had begun neither."""
        async with self._round:
            await self.run_due()

    async def sweep(self, until: datetime | None = None) -> Mapping[str, Swept]:
        """Do everything that is due now and was due by `until`; returns what was tried, by kind."""
        swept: dict[str, Swept] = {}
        while steps := await self._run(lambda work: self._take(work, until)):
            outcomes = await asyncio.gather(*(self._step(step) for step in steps))
            for step, done in zip(steps, outcomes, strict=True):
                kind = swept.setdefault(step.kind, Swept())
                kind.done += done
                kind.failed += not done
        return swept

    async def serve(self) -> None:
        """Sleep until something is due or scheduled, do it, and so on; ends by cancellation."""
        stop = self._units.house.bus.listen(TOPIC, self._woken.set)
        try:
            while True:
                self._woken.clear()
                try:
                    await self.settle()
                    wait = await self._seconds_to_next()
                except Exception:
                    _log.exception("due_runner_failed")
                    wait = 1.0
                # Not `wait_for`: in Python 3.11 it loses a cancellation that comes just as it is woken.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._woken.wait()
        finally:
            stop()

    def _take(self, work: Work, until: datetime | None) -> list[Leased]:
        return list(take(work, STEPS_AT_ONCE_MAX, until=until, contractual=self.timers.contractual))

    async def _step(self, step: Leased) -> bool:
        """Whether it was done."""
        try:
            async with self._held(step):
                await self._handlers[step.kind](self._units, step.subject_id)
        except Exception as error:
            _log.warning("due_step_failed", kind=step.kind, subject_id=step.subject_id, exc_info=True)
            name = type(error).__name__  # the class only: a message may carry personal data
            await self._run(lambda work: postpone(work, step, name))
            return False
        await self._run(lambda work: finish(work, step))
        return True

    @asynccontextmanager
    async def _held(self, step: Leased) -> AsyncIterator[None]:
        """Keep the lease of a step for as long as it takes: no other process must begin it meanwhile."""
        renewing = asyncio.ensure_future(self._renew(step))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self, step: Leased) -> None:
        is_mine = True
        while is_mine:
            await asyncio.sleep(RENEWED_SECONDS)
            try:
                is_mine = await self._run(lambda work: renew(work, step))
            except Exception:
                _log.warning("lease_not_renewed", kind=step.kind, exc_info=True)

    async def _seconds_to_next(self) -> float:
        due_at = await self._units.read(lambda read: next_due(read, self.timers.contractual))
        if due_at is None:
            return IDLE_SECONDS_MAX
        wait = (due_at - self._units.house.clock.now()).total_seconds()
        return min(max(wait, 0.0), IDLE_SECONDS_MAX)

    async def _run(self, action: Callable[[Work], T]) -> T:
        return await self._units.run_unaudited(action)
