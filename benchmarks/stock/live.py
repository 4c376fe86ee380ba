"""Broadcast inside one process: a queue for each subscriber."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Broadcast(Generic[T]):
    """Everything published on a channel reaches all who listen to it."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, set[asyncio.Queue[T]]] = defaultdict(set)

    def publish(self, channel: str, message: T) -> None:
        for queue in self._queues.get(channel, ()):
            queue.put_nowait(message)

    @contextmanager
    def listen(self, channel: str) -> Iterator[asyncio.Queue[T]]:
        queue: asyncio.Queue[T] = asyncio.Queue()
        self._queues[channel].add(queue)
        try:
            yield queue
        finally:
            self._queues[channel].discard(queue)
