"""uvicorn, set up for long-lived connections, with two things that it lacks.

A way to drop a client that never reads: closing politely waits until everything written before has been read,
which such a client can put off for ever, keeping its buffers and its file descriptor, and keeping the server
from stopping. And a moment to end event streams before the server waits for them.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from server.gateway.lifeline import ABORT_EXTENSION
from server.gateway.limits import GatewayLimits


def uvicorn_options(limits: GatewayLimits) -> dict[str, Any]:
    """What `uvicorn.Config` needs for the gateway's endpoints."""
    return {
        "http": AbortableHttp,
        "ws": AbortableWebSockets,
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


class AbortableHttp(HttpToolsProtocol):
    """For uvicorn's `http` setting."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT_EXTENSION: {"call": self.transport.abort}}


class AbortableWebSockets(WebSocketsSansIOProtocol):
    """For uvicorn's `ws` setting."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # else the handshake was refused and there is no scope
            extensions = self.scope["extensions"]
            if extensions is not None:
                extensions[ABORT_EXTENSION] = {"call": self.transport.abort}
