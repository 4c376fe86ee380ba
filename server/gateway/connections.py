"""The register of long-lived connections: how many there are, and how to end them all."""

from __future__ import annotations

from typing import Protocol


class Connection(Protocol):
    def go_away(self) -> None:
        """Tell the client to come back later, and end."""


class Connections:
    """Sockets and event streams that are open now."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Connection] = set()
        self._stopping = False

    def __len__(self) -> int:
        return len(self._open)

    @property
    def accepts(self) -> bool:
        """Whether there is room for one more."""
        return not self._stopping and len(self._open) < self._most

    def add(self, connection: Connection) -> None:
        self._open.add(connection)

    def remove(self, connection: Connection) -> None:
        self._open.discard(connection)

    def send_away(self) -> None:
        self._stopping = True
        for connection in list(self._open):
            connection.go_away()
