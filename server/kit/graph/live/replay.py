"""Catching up: a subscriber that resumed far behind reads on its own, as fast as its client takes it."""

from __future__ import annotations

from collections.abc import Callable

from server.kit.graph.live.limits import LiveLimits
from server.kit.graph.live.retry import read_patiently
from server.kit.graph.live.source import Batch, Source
from server.kit.graph.live.subscriber import Subscriber
from server.kit.graph.live.timing import Bell, Timer
from server.kit.graph.sink import CloseReason
from server.kit.work import Read, Units


class Replay:
    """Brings one subscriber to the end of the history without making the others of its channel wait."""

    def __init__(
        self, source: Source, subscriber: Subscriber, units: Units, limits: LiveLimits, timer: Timer
    ):
        self._source = source
        self._subscriber = subscriber
        self._units = units
        self._limits = limits
        self._timer = timer
        self._life = Bell(timer)

    def stop(self) -> None:
        self._life.stop()

    async def run(self, caught_up: Callable[[], None]) -> None:
        """Read until the history ends, then call `caught_up`. Raises what the source raises."""
        more = True
        while more and await self._has_room():
            batch = await read_patiently(self._units, self._next, self._life, self._limits)
            if batch is None or not self._deliver(batch):
                return
            more = batch.more
        if self._subscriber.open:
            caught_up()

    async def _has_room(self) -> bool:
        subscriber = self._subscriber
        deadline = self._timer.time() + self._limits.replay_stall_seconds_max
        while subscriber.open and subscriber.sink.backlog > self._limits.every_backlog_messages_max // 2:
            if self._timer.time() >= deadline:
                subscriber.close(CloseReason.TOO_SLOW, "The history was not taken in time.")
                break
            await self._life.wait(self._limits.lag_check_seconds)
        return subscriber.open

    def _next(self, read: Read) -> Batch:
        subscriber = self._subscriber
        return self._source.next(read, subscriber.position, subscriber.epoch, lambda: [subscriber.viewer])

    def _deliver(self, batch: Batch) -> bool:
        subscriber = self._subscriber
        subscriber.expire(self._units.house.clock.now())
        if subscriber.viewer.credential_id in batch.revoked:
            subscriber.close(CloseReason.REVOKED, "Your access was withdrawn.")
        if not subscriber.open:
            return False
        if batch.reset:
            subscriber.position = -1
        subscriber.send(list(batch.frames))
        subscriber.position, subscriber.epoch = batch.position, batch.epoch
        return True
