"""A channel: one task that reads, renders and encodes for all subscribers of the same thing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from server.kit import metrics
from server.kit.graph.feed import FeedMode
from server.kit.graph.live.limits import LiveLimits
from server.kit.graph.live.replay import Replay
from server.kit.graph.live.retry import read_patiently
from server.kit.graph.live.source import AccessEnded, Batch, Epoch, Frame, Source
from server.kit.graph.live.subscriber import Subscriber
from server.kit.graph.live.timing import Bell, Timer
from server.kit.graph.sink import CloseReason
from server.kit.problems import PublicError, Refusal
from server.kit.viewer import Viewer
from server.kit.work import Read, Units

Spawn = Callable[[Coroutine[Any, Any, None]], None]

_log = structlog.get_logger("postmeter.live")


class Channel:
    """Subscribers enter between two reads only: whoever is given a batch was checked in the read that made it."""

    def __init__(self, source: Source, units: Units, limits: LiveLimits, timer: Timer, spawn: Spawn) -> None:
        self._source = source
        self._units = units
        self._limits = limits
        self._timer = timer
        self._spawn = spawn
        self._members: dict[Subscriber, Replay | None] = {}
        self._joining: list[Subscriber] = []
        self._receiving: dict[Subscriber, None] = {}
        self._cursor = 0
        self._epoch: Epoch | None = None
        self._newest: list[Frame] = []
        self._lagging = False
        self._read_due = timer.time() + limits.fallback_read_seconds
        self._news = Bell(timer)
        self._life = Bell(timer)
        self._deaf = [units.house.bus.listen(topic, self._news.ring) for topic in source.topics]
        spawn(self._guarded(self._run()))

    def __len__(self) -> int:
        return len(self._members)

    @property
    def backlog_max(self) -> int:
        return max((subscriber.sink.backlog for subscriber in self._members), default=0)

    @property
    def _latest(self) -> bool:
        return self._source.feed.mode is FeedMode.LATEST

    # ---- coming and going

    def add(self, subscriber: Subscriber, source: Source, *, more: bool) -> None:
        """Take in a subscriber that has its first batch; `more` when its history goes on behind that."""
        replay = None
        if more:
            replay = Replay(source, subscriber, self._units, self._limits, self._timer)
            self._spawn(self._guarded(replay.run(lambda: self._enter(subscriber)), subscriber))
        self._members[subscriber] = replay
        if replay is None:
            self._enter(subscriber)

    def _enter(self, subscriber: Subscriber) -> None:
        self._members[subscriber] = None
        self._joining.append(subscriber)
        self._news.ring()

    def remove(self, subscriber: Subscriber) -> None:
        replay = self._members.pop(subscriber, None)
        if replay is not None:
            replay.stop()
        self._receiving.pop(subscriber, None)
        if not self._members:
            self.stop()

    def stop(self) -> None:
        """End the task and stop listening. Idempotent."""
        self._life.stop()
        self._news.stop()
        while self._deaf:
            self._deaf.pop()()

    def close(self, reason: CloseReason, message: str) -> None:
        for subscriber in list(self._members):
            subscriber.close(reason, message)

    # ---- the task

    async def _run(self) -> None:
        while not self._life.stopped:
            rung = await self._news.wait(self._patience_seconds())
            if self._lagging and not self._life.stopped:
                self._serve_laggards()
            if not rung and self._timer.time() < self._read_due:
                continue
            self._admit()
            self._read_due = self._timer.time() + self._limits.fallback_read_seconds
            if self._receiving:
                await self._read_and_deliver(self._news.rung_at if rung else self._timer.time())

    async def _read_and_deliver(self, woken_at: float) -> None:
        batch = await read_patiently(self._units, self._next, self._life, self._limits)
        if batch is None:
            return
        self._expel(batch.revoked)
        self._cursor, self._epoch = batch.position, batch.epoch
        if batch.reset:
            for subscriber in self._receiving:
                subscriber.position = -1
        if batch.frames:
            await self._fan_out(batch)
            metrics.delivery_seconds.observe(self._timer.time() - woken_at)
        if batch.more:
            self._news.ring()
        if self._latest:  # what comes during the pause is read once, after it
            await self._life.wait(1 / self._source.updates_per_second_max)

    def _patience_seconds(self) -> float:
        if self._lagging:
            return self._limits.lag_check_seconds
        return max(0.0, self._read_due - self._timer.time())

    def _admit(self) -> None:
        for subscriber in self._joining:
            if not subscriber.open:
                continue
            if not self._receiving:
                self._cursor, self._epoch = subscriber.position, subscriber.epoch
            self._cursor = min(self._cursor, subscriber.position)
            if self._epoch != subscriber.epoch:
                # Found valid in another snapshot than the others: the next read checks all of them.
                self._epoch = None
            self._receiving[subscriber] = None
        self._joining.clear()

    def _next(self, read: Read) -> Batch:
        return self._source.next(read, self._cursor, self._epoch, self._viewers)

    def _viewers(self) -> list[Viewer]:
        # `list(dict)` is one step for the interpreter; subscribers leave on the loop while a reader thread is here.
        return [subscriber.viewer for subscriber in list(self._receiving)]

    def _expel(self, revoked: frozenset[str] = frozenset()) -> None:
        """Close who was revoked or has expired, before anything is handed out."""
        now = self._units.house.clock.now()
        for subscriber in list(self._receiving):
            if subscriber.viewer.credential_id in revoked:
                subscriber.close(CloseReason.REVOKED, "Your access was withdrawn.")
            elif subscriber.viewer.expires_at is not None:
                subscriber.expire(now)

    # ---- handing out

    async def _fan_out(self, batch: Batch) -> None:
        frames = list(batch.frames)
        if self._latest:
            self._newest, self._lagging = frames, False
        subscribers = list(self._receiving)
        step = max(1, self._limits.sends_per_slice // len(frames))
        for start in range(0, len(subscribers), step):
            if start:
                await asyncio.sleep(0)
            if self._hand_out(subscribers[start : start + step], frames):
                self._lagging = True

    def _serve_laggards(self) -> None:
        self._expel()
        self._lagging = self._hand_out(list(self._receiving), self._newest)

    def _hand_out(self, subscribers: list[Subscriber], frames: list[Frame]) -> bool:
        """Give each its frames; whether a LATEST subscriber was passed over. The hot loop: no await, no copy."""
        limits, latest, passed_over = self._limits, self._latest, False
        backlog_max = limits.latest_backlog_messages_max if latest else limits.every_backlog_messages_max
        first, last = frames[0].sequence, frames[-1].sequence
        only = frames[0].payload if len(frames) == 1 else None
        for subscriber in subscribers:
            if not subscriber.open or subscriber.position >= last:
                continue
            sink = subscriber.sink
            if sink.backlog >= backlog_max:
                passed_over = latest
                if not latest:
                    subscriber.close(CloseReason.TOO_SLOW, "Too many changes wait. Resume with `after`.")
            elif only is not None and subscriber.position < first:
                sink.send(only, last)
                subscriber.position = last
            else:
                subscriber.send(frames)
        return passed_over

    # ---- when it goes wrong

    async def _guarded(self, task: Coroutine[Any, Any, None], only: Subscriber | None = None) -> None:
        close = self.close if only is None else only.close
        try:
            await task
        except AccessEnded:
            close(CloseReason.REVOKED, "Your access was withdrawn.")
        except (PublicError, Refusal) as ended:
            close(CloseReason.COMPLETE, str(ended))
        except Exception:
            _log.exception("live_failed", feed=type(self._source.feed).__name__)
            close(CloseReason.ERROR, "The subscription failed. Subscribe again.")
