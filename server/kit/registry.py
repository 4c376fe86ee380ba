"""Things looked up by their class: services made by app.py, and each slice's `Terms`."""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")


class Registry:
    """One instance a class. Asking for what nobody registered is a bug in app.py, told by name."""

    def __init__(self, *instances: object) -> None:
        self._instances: dict[type[Any], object] = {}
        for instance in instances:
            self.add(instance)

    def add(self, instance: object, kind: type[Any] | None = None) -> None:
        self._instances[kind or type(instance)] = instance

    def get(self, kind: type[T]) -> T:
        try:
            return self._instances[kind]  # type: ignore[return-value]
        except KeyError:
            raise LookupError(f"app.py registered no {kind.__qualname__}") from None
