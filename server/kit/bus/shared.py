"""The bus of several processes: its own listeners are woken at once, those of the others over a wire.

What is said goes out after the commit, outside of any transaction, in batches: at once when it was quiet, and then at
most every few milliseconds, each topic once. A batch counts as said when the wire has it; else it is said again, so
a wake-up may come twice. Whoever lost its connection cannot know what was said meanwhile: it wakes all its listeners
when it has one again. What is lost all the same costs the delay until the listener looks by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import ClassVar, Protocol

import structlog

from server.kit.bus.memory import MemoryBus

EVERYTHING = "everything"
"""The topic that stands for all of them: said when too many wait to be said one by one."""

_log = structlog.get_logger("postmeter.bus")


class Wire(Protocol):
    """What carries wake-ups between processes, over one connection that is opened anew when it is lost."""

    by_topic: ClassVar[bool]
    """Whether it must be told which topics this process follows."""

    async def open(self, hear: Callable[[Sequence[str]], None], lost: Callable[[], None]) -> None:
        """Connect. Calls `hear` with what others said, and `lost` when the connection is. Raises when there is none."""

    async def follow(self, topics: Collection[str]) -> None:
        """Hear of these from now on."""

    async def leave(self, topics: Collection[str]) -> None:
        """Hear of these no more."""

    async def tell(self, topics: Sequence[str]) -> None:
        """Return when the wire has them; without any, when it is there. Raises when that is not known."""

    async def close(self) -> None:
        """End the connection, in whatever state it is."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, and how long."""

    batch_seconds: float = 0.005
    """Between two batches."""
    ask_seconds: float = 5.0
    """After so long a silence the wire is asked whether it is there."""
    answer_seconds_max: float = 5.0
    retry_seconds_min: float = 0.05
    retry_seconds_max: float = 2.0
    drain_seconds_max: float = 2.0
    topics_waiting_max: int = 10_000


class SharedBus:
    """Used on one event loop."""

    def __init__(self, wire: Wire, pace: Pace | None = None) -> None:
        self._wire = wire
        self._pace = pace or Pace()
        self._local = MemoryBus()
        self._waiting: dict[str, None] = {}
        self._followed: set[str] = set()
        self._changed: dict[str, None] = {}
        self._stirred = asyncio.Event()
        self._told = asyncio.Event()
        self._told.set()
        self.connected = False

    def publish(self, topics: Iterable[str]) -> None:
        said = dict.fromkeys(topics)
        if said:
            self._local.publish(said)
            self._say(said)

    def listen(self, topic: str, wake: Callable[[], None]) -> Callable[[], None]:
        stop_listening = self._local.listen(topic, wake)
        self._notice(topic)

        def stop() -> None:
            stop_listening()
            self._notice(topic)

        return stop

    def wake_all(self) -> None:
        self._local.wake_all()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self._serve())
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.drain_seconds_max):
                    await self._told.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    # ---- what is to be said, and followed

    def _say(self, topics: dict[str, None]) -> None:
        self._waiting |= topics
        if len(self._waiting) > self._pace.topics_waiting_max:
            self._waiting = {EVERYTHING: None}
        self._told.clear()
        self._stirred.set()

    def _notice(self, topic: str) -> None:
        if self._wire.by_topic and (topic in self._local) != (topic in self._followed):
            self._changed[topic] = None
            self._stirred.set()

    def _hear(self, topics: Sequence[str]) -> None:
        if EVERYTHING in topics:
            self._local.wake_all()
        else:
            self._local.publish(topics)

    # ---- the task

    async def _serve(self) -> None:
        pause_seconds = self._pace.retry_seconds_min
        while True:
            try:
                await self._connect()
                pause_seconds = self._pace.retry_seconds_min
                while True:
                    await self._carry()
            except Exception as error:
                if pause_seconds == self._pace.retry_seconds_min:
                    # Named by its class only: what a driver says of a connection may hold its password.
                    _log.warning("bus_lost", reason=type(error).__name__)
            finally:
                self.connected = False
                await self._hang_up()
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, self._pace.retry_seconds_max)

    async def _connect(self) -> None:
        async with asyncio.timeout(self._pace.answer_seconds_max):
            await self._wire.open(self._hear, self._stirred.set)
        self._followed.clear()
        self._changed = dict.fromkeys(self._local.topics if self._wire.by_topic else ())
        await self._follow()
        self.connected = True
        _log.info("bus_connected")
        self._local.wake_all()  # nobody knows what was said meanwhile

    async def _carry(self) -> None:
        """Say and follow what has come up; in a long silence, ask whether the wire is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.ask_seconds):
                await self._stirred.wait()
        self._stirred.clear()
        for topic in await self._follow():
            self._local.publish([topic])  # what was said before the wire knew is caught up with
        batch, self._waiting = self._waiting, {}
        try:
            async with asyncio.timeout(self._pace.answer_seconds_max):
                await self._wire.tell(list(batch))
        except BaseException:
            self._say(batch)
            raise
        if not self._waiting:
            self._told.set()
        await asyncio.sleep(self._pace.batch_seconds)

    async def _follow(self) -> list[str]:
        """Tell the wire what is followed now and was not, and the reverse; returns the first."""
        changed, self._changed = self._changed, {}
        new = [topic for topic in changed if topic in self._local and topic not in self._followed]
        old = [topic for topic in changed if topic not in self._local and topic in self._followed]
        # First, so that whoever comes or goes while the wire is told is seen as a change.
        self._followed.update(new)
        self._followed.difference_update(old)
        async with asyncio.timeout(self._pace.answer_seconds_max):
            if new:
                await self._wire.follow(new)
            if old:
                await self._wire.leave(old)
        return new

    async def _hang_up(self) -> None:
        with suppress(Exception):
            async with asyncio.timeout(self._pace.answer_seconds_max):
                await self._wire.close()
