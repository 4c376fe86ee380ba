"""A bounded cache that reader threads may share with the event loop."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the values used last, up to a total weight. Two threads that miss together may both make a value."""

    def __init__(self, capacity: int, weigh: Callable[[K, V], int] = lambda key, value: 1) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._weight = 0
        self._values: dict[K, V] = {}
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made if need be; nothing is kept when making it raises."""
        with self._lock:
            if key in self._values:
                value = self._values[key] = self._values.pop(key)
                return value
        value = make()
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self._weight += self._weigh(key, value)
            while self._weight > self._capacity:
                self._drop(next(iter(self._values)))
        return value

    def _drop(self, key: K) -> None:
        if key in self._values:
            self._weight -= self._weigh(key, self._values.pop(key))
