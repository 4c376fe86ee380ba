"""NATS as the wire: a subject for each topic, and of them only those that somebody follows here.

So a process hears what concerns its own subscribers, however many processes and accounts there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import ClassVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError

from server.kit.bus.shared import EVERYTHING

PREFIX = "postmeter.wake."
PING_SECONDS = 5
_CONNECT_SECONDS_MAX = 2
_FLUSH_SECONDS_MAX = 5


class NatsWire:
    """`url` names one server or, separated by commas, several of a cluster, with the credentials in them."""

    by_topic: ClassVar[bool] = True

    def __init__(self, url: str) -> None:
        self._servers = [server.strip() for server in url.split(",")]
        self._client = Client()
        self._gone = asyncio.Event()
        self._subscriptions: dict[str, Subscription] = {}
        self._hear: Callable[[Sequence[str]], None] = lambda _topics: None

    async def open(self, hear: Callable[[Sequence[str]], None], lost: Callable[[], None]) -> None:
        client = self._client = Client()
        gone = self._gone = asyncio.Event()
        self._hear, self._subscriptions = hear, {}

        async def closed() -> None:
            gone.set()
            lost()

        await client.connect(
            self._servers,
            name="postmeter",
            no_echo=True,
            # The bus connects again by itself: it must follow its topics anew, and catch up, each time.
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=_CONNECT_SECONDS_MAX,
            ping_interval=PING_SECONDS,
            closed_cb=closed,
            error_cb=_ignore,
        )
        await self.follow([EVERYTHING])

    async def follow(self, topics: Collection[str]) -> None:
        for topic in topics:
            self._subscriptions[topic] = await self._client.subscribe(_subject(topic), cb=self._woken(topic))
        await self._confirm()

    async def leave(self, topics: Collection[str]) -> None:
        for topic in topics:
            await self._subscriptions.pop(topic).unsubscribe()

    async def tell(self, topics: Sequence[str]) -> None:
        for topic in topics:
            await self._client.publish(_subject(topic))
        await self._confirm()

    async def close(self) -> None:
        await self._client.close()

    async def _confirm(self) -> None:
        """Return when the server has all that was sent. The client would wait in vain when its connection ends."""
        flushed = asyncio.ensure_future(self._client.flush(_FLUSH_SECONDS_MAX))
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait((flushed, gone), return_when=asyncio.FIRST_COMPLETED)
            if not flushed.done():
                raise ConnectionClosedError
            flushed.result()
        finally:
            flushed.cancel()
            gone.cancel()

    def _woken(self, topic: str) -> Callable[[Msg], Awaitable[None]]:
        async def woken(_message: Msg) -> None:
            self._hear([topic])

        return woken


async def _ignore(_error: Exception) -> None:
    """What ends the connection is raised where it is used; the client's own words may hold an address."""


def _subject(topic: str) -> str:
    """The parts of a topic are separated by colons, those of a subject by dots."""
    return PREFIX + topic.replace(":", ".")
