"""The hub: admits subscribers, finds the channel that they share, and ends all of them at shutdown."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Hashable
from dataclasses import replace
from typing import Any

from server.kit.graph.context import Context
from server.kit.graph.live.channel import Channel
from server.kit.graph.live.limits import Authority, LiveLimits
from server.kit.graph.live.retry import unavailable
from server.kit.graph.live.source import Batch, Hooks, OpenFeed, Render, Source
from server.kit.graph.live.subscriber import Subscriber
from server.kit.graph.live.timing import Timer
from server.kit.graph.sink import CloseReason, Sink, Subscription
from server.kit.problems import PublicError, overloaded
from server.kit.work import Read, Units


class Live:
    """All live subscriptions of this process. Used on one event loop."""

    def __init__(
        self,
        units: Units,
        *,
        render: Render,
        open_feed: OpenFeed,
        authority: Authority,
        limits: LiveLimits,
        timer: Timer | None = None,
    ) -> None:
        """`render` runs inside the read and lets faults of the database out; `timer` is the event loop by default."""
        self._units = units
        self._hooks = Hooks(render, open_feed, authority, limits)
        self._limits = limits
        self._timer = timer
        self._channels: dict[Hashable, Channel] = {}
        self._per_account: Counter[str | None] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def channel_count(self) -> int:
        """Executions that are shared at the moment."""
        return len(self._channels)

    @property
    def subscription_count(self) -> int:
        """Subscribers that are served or joining."""
        return self._per_account.total()

    @property
    def backlog_max(self) -> int:
        """Messages that wait for the slowest subscriber."""
        return max((channel.backlog_max for channel in self._channels.values()), default=0)

    async def subscribe(self, prepared: Any, context: Context, sink: Sink) -> Subscription:
        """Join: the first events go to `sink` before this returns. Cancelling the call leaves nothing behind.

        Raises what `open_feed` raises; PublicError UNAUTHENTICATED when the authority is gone, LIMITED when a
        limit is reached, OVERLOADED when the database is unavailable or the server stops.
        """
        account_id = context.viewer.account_id
        self._reserve(account_id)
        subscriber = None
        try:
            source, first = await self._join(prepared, context)
            channel = self._channel(source)
            subscriber = self._seat(channel, source, context, sink, first)
        finally:
            if subscriber is None:
                self._release(account_id)
        subscriber.position = -1
        subscriber.send(list(first.frames))
        subscriber.position = first.position
        channel.add(subscriber, source, more=first.more)
        return subscriber

    async def close(self) -> None:
        """End every subscription with GOING_AWAY and wait for the tasks."""
        self._closing = True
        for channel in list(self._channels.values()):
            channel.close(CloseReason.GOING_AWAY, "The server stops.")
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._limits.close_seconds_max)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _join(self, prepared: Any, context: Context) -> tuple[Source, Batch]:
        def in_read(read: Read) -> tuple[Source, Batch]:
            own = replace(context, _read=None)  # several operations of a socket may join at once
            with own.reading(read):
                feed = self._hooks.open_feed(prepared, own)
            source = Source(self._hooks, feed, prepared, own)
            return source, source.join(read, context.viewer)

        try:
            return await self._units.read(in_read)
        except Exception as error:
            if unavailable(error) and not isinstance(error, PublicError):
                raise overloaded("database", 1) from error
            raise

    def _seat(
        self, channel: Channel, source: Source, context: Context, sink: Sink, first: Batch
    ) -> Subscriber:
        if len(channel) >= self._limits.subscribers_per_channel_max:
            raise _limited("subscribersPerChannel", self._limits.subscribers_per_channel_max)

        def left(subscriber: Subscriber) -> None:
            self._release(context.viewer.account_id)
            channel.remove(subscriber)
            if not len(channel) and self._channels.get(source.key) is channel:
                del self._channels[source.key]

        return Subscriber(context.viewer, sink, first.position, first.epoch, left)

    def _channel(self, source: Source) -> Channel:
        if self._closing:
            raise overloaded("stopping", 1)
        channel = self._channels.get(source.key)
        if channel is None:
            if len(self._channels) >= self._limits.channels_max:
                raise _limited("channels", self._limits.channels_max)
            timer = self._timer or asyncio.get_running_loop()
            channel = Channel(source, self._units, self._limits, timer, self._spawn)
            self._channels[source.key] = channel
        return channel

    def _reserve(self, account_id: str | None) -> None:
        limits = self._limits
        if self._closing:
            raise overloaded("stopping", 1)
        if self._per_account.total() >= limits.subscriptions_max:
            raise overloaded("subscriptions", 1)
        own = self._per_account[account_id]
        if account_id is not None and own >= limits.subscriptions_per_account_max:
            raise _limited("subscriptionsPerAccount", limits.subscriptions_per_account_max)
        self._per_account[account_id] = own + 1

    def _release(self, account_id: str | None) -> None:
        self._per_account[account_id] -= 1
        if not self._per_account[account_id]:
            del self._per_account[account_id]

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _limited(what: str, maximum: int) -> PublicError:
    return PublicError("LIMITED", f"There are too many live subscriptions ({what}).", limit=maximum)
