"""uvicorn's protocols, with the one thing that ASGI lacks: a way to drop a client that never reads.

Closing politely waits until everything written before has been read, which such a client can put off for
ever, keeping its buffers and its file descriptor, and keeping the server from stopping.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from server.gateway.lifeline import ABORT_EXTENSION


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
