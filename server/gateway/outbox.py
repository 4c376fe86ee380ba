"""The way out of one connection: in order, bounded, and without a task while the client keeps up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any

from server.gateway.limits import GatewayLimits
from server.gateway.ports import Message, Send


class Stalled(Awaitable[None]):
    """A coroutine that was stepped by hand until it first had to wait; awaiting this runs the rest of it."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        # This is what `await coroutine` does (PEP 380), but for the first future: the coroutine yielded it
        # when it was stepped, no task has seen it yet, and the task that awaits us must wait for it.
        waits_for = self._waits_for
        while True:
            try:
                answer = yield waits_for
            except BaseException as failure:
                resume = partial(self._coroutine.throw, failure)
            else:
                resume = partial(self._coroutine.send, answer)
            try:
                waits_for = resume()
            except StopIteration:
                return


def start(coroutine: Coroutine[Any, Any, None]) -> Stalled | None:
    """Run a coroutine at once, as far as it goes without waiting. None when that was to its end.

    An ASGI `send` waits only while the network takes no more. Stepping it delivers a message to a thousand
    clients in one loop, where awaiting each in a task of its own would cost a thousand task switches.
    """
    try:
        return Stalled(coroutine, coroutine.send(None))
    except StopIteration:
        return None


class Outbox:
    """Messages to one ASGI `send`.

    A message is written at once when nothing waits before it. When the network takes no more, a writer task
    is made that lives until the backlog is written, each message within the time limit.
    """

    __slots__ = ("_closed", "_limits", "_on_overflow", "_on_stuck", "_queue", "_send", "_writer")

    def __init__(
        self, send: Send, limits: GatewayLimits, on_overflow: Callable[[], None], on_stuck: Callable[[], None]
    ) -> None:
        """`on_overflow`: the backlog is full, the message dropped. `on_stuck`: the time limit has passed."""
        self._send = send
        self._limits = limits
        self._on_overflow = on_overflow
        self._on_stuck = on_stuck
        self._queue: deque[Message] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def backlog(self) -> int:
        """Messages that wait, the one that is being written included."""
        if self._writer is None:
            return 0
        return 1 + len(self._queue or ())

    def put(self, message: Message) -> None:
        """Write or queue a message; after the last one, or when the client is gone, drop it."""
        if self._closed:
            return
        if self._writer is None:
            self._write(message)
        elif self.backlog < self._limits.send_queue_messages_max:
            self._enqueue(message)
        else:
            self._on_overflow()

    def put_last(self, message: Message, *, drop_backlog: bool = False) -> None:
        """Write or queue a message after which there are no more."""
        if self._closed:
            return
        self._closed = True
        if drop_backlog:
            self._queue = None
        if self._writer is None:
            self._write(message)
        else:
            self._enqueue(message)

    async def aclose(self) -> None:
        """Stop writing. Whatever still waits is lost."""
        self._closed = True
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait({self._writer})
            self._queue = self._writer = None  # a writer that had not begun could not do it

    def _enqueue(self, message: Message) -> None:
        if self._queue is None:
            self._queue = deque()
        self._queue.append(message)

    def _write(self, message: Message) -> None:
        try:
            stalled = start(self._send(message))
        except (OSError, RuntimeError):
            self._closed = True  # the client, or the server's side of the connection, is gone
            return
        if stalled is not None:
            self._writer = asyncio.ensure_future(self._drain(stalled))

    async def _drain(self, writing: Awaitable[None]) -> None:
        try:
            await self._within_limit(writing)
            while self._queue:
                await self._within_limit(self._send(self._queue.popleft()))
        except TimeoutError:
            self._closed = True
            self._on_stuck()
        except (OSError, RuntimeError):
            self._closed = True
        finally:
            self._queue = None
            self._writer = None

    async def _within_limit(self, writing: Awaitable[None]) -> None:
        async with asyncio.timeout(self._limits.send_timeout_seconds):
            await writing
