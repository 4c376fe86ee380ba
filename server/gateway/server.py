"""The WebSocket side of uvicorn, with the one thing that ASGI lacks: a way to drop a client that never reads.

Closing politely waits until everything written before has been read, which such a client can put off for
ever, keeping its buffers and its file descriptor.
"""

from __future__ import annotations

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from server.gateway.websocket import ABORT_EXTENSION


class AbortableWebSockets(WebSocketsSansIOProtocol):
    """For uvicorn's `ws` setting."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # else the handshake was refused and there is no scope
            extensions = self.scope["extensions"]
            if extensions is not None:
                extensions[ABORT_EXTENSION] = {"call": self.transport.abort}
