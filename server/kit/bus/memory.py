"""The bus of a single process."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class MemoryBus:
    """Calls the listeners directly."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable[[], None]]] = {}

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
        self.publish(list(self._listeners))
