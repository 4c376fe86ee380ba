"""The bus of a single process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager


class MemoryBus:
    """Calls the listeners directly."""

    connected = True

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    @property
    def topics(self) -> list[str]:
        """What somebody listens to."""
        return list(self._listeners)

    def __contains__(self, topic: str) -> bool:
        return topic in self._listeners

    def publish(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for wake in list(self._listeners.get(topic, ())):
                wake()

    def listen(self, topic: str, wake: Callable[[], None]) -> Callable[[], None]:
        listeners = self._listeners.setdefault(topic, [])
        listeners.append(wake)

        def stop() -> None:
            listeners.remove(wake)
            if not listeners and self._listeners.get(topic) is listeners:
                del self._listeners[topic]

        return stop

    def wake_all(self) -> None:
        self.publish(self.topics)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield
