"""uvicorn, set up for long-lived connections: its protocols bounded, and a moment to end event streams before the
server waits for them."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from server.gateway.limits import GatewayLimits
from server.gateway.protocols import http_protocol, websocket_protocol
from server.gateway.tcp_connections import TcpConnections


def uvicorn_options(limits: GatewayLimits, connections: TcpConnections) -> dict[str, Any]:
    """What `uvicorn.Config` needs for the gateway's endpoints."""
    return {
        "http": http_protocol(limits, connections),
        "ws": websocket_protocol(connections),
        "ws_max_size": limits.message_bytes_max,
        # Compressing the same message for every subscriber costs more than all the rest of its delivery.
        "ws_per_message_deflate": False,
        # The gateway pings by itself; uvicorn would close with 1011, after which clients do not come back.
        "ws_ping_interval": None,
    }


class GracefulServer(uvicorn.Server):
    """Runs a callback, such as `Gateway.shutdown`, before it waits for connections to end."""

    def __init__(self, config: uvicorn.Config, before_shutdown: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._before_shutdown = before_shutdown

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._before_shutdown()
        await super().shutdown(sockets)
