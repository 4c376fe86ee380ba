"""The register of long-lived connections: how many there are, of whom, and how to end them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Protocol

from server.gateway.limits import GatewayLimits
from server.kit import metrics


class Connection(Protocol):
    def go_away(self) -> None:
        """Tell the client to come back later, and end."""


class Connections:
    """Sockets and event streams that are open now, in all, of each address and of each account."""

    def __init__(self, limits: GatewayLimits) -> None:
        self._limits = limits
        self._open: dict[Connection, list[Hashable]] = {}
        self._counts: Counter[Hashable] = Counter()
        self._stopping = False

    def __len__(self) -> int:
        return len(self._open)

    def accepts(self, address: str | None) -> bool:
        """Whether there is room for one more from this address."""
        if self._stopping:
            return False
        limits = self._limits
        full = (
            len(self._open) >= limits.connections_max
            or self._counts["address", address] >= limits.connections_per_address_max
        )
        if full:
            metrics.connections_over_limit.inc()
        return not full

    def add(self, connection: Connection, address: str | None) -> None:
        self._open[connection] = []
        self._count(connection, ("address", address))

    def belongs_to(self, connection: Connection, account_id: str | None) -> bool:
        """Count an open connection for its account; False, and not counted, when the account has too many."""
        if account_id is None:
            return True
        if self._counts["account", account_id] >= self._limits.connections_per_account_max:
            metrics.connections_over_limit.inc()
            return False
        self._count(connection, ("account", account_id))
        return True

    def remove(self, connection: Connection) -> None:
        for owner in self._open.pop(connection, ()):
            self._counts[owner] -= 1
            if not self._counts[owner]:
                del self._counts[owner]

    def send_away(self) -> None:
        self._stopping = True
        for connection in list(self._open):
            connection.go_away()

    def _count(self, connection: Connection, owner: Hashable) -> None:
        self._open[connection].append(owner)
        self._counts[owner] += 1
