"""The register of network connections, counted before anything is read from them.

Requests, sockets and streams have limits of their own, but each begins with a connection that says nothing yet: who
opens thousands of them would take the process's file descriptors from everybody else.
"""

from __future__ import annotations

import asyncio
from collections import Counter

from server.gateway.throttle import network_of
from server.kit import metrics


class TcpConnections:
    """Those that are open now. Without a limit, as behind a proxy that is the only address, they are only counted."""

    def __init__(self, per_address_max: int | None) -> None:
        self._per_address_max = per_address_max
        self._addresses: dict[asyncio.BaseTransport, str | None] = {}
        self._counts: Counter[str | None] = Counter()

    def __len__(self) -> int:
        return len(self._addresses)

    def enter(self, transport: asyncio.BaseTransport) -> bool:
        """Count a new connection; False, and not counted, when its address has too many."""
        peer = transport.get_extra_info("peername")
        address = network_of(peer[0] if isinstance(peer, tuple) else None)
        if self._per_address_max is not None and self._counts[address] >= self._per_address_max:
            metrics.connections_refused.inc()
            return False
        self._addresses[transport] = address
        self._counts[address] += 1
        return True

    def leave(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that has ended, or that was never counted."""
        if transport not in self._addresses:
            return
        address = self._addresses.pop(transport)
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]
