"""uvicorn's protocols with what they lack against clients that send too slowly, too much, or never read.

uvicorn waits without limit for the head of a request, keeps what is sent of it however much it is, and closes a
connection politely: once everything written before has been read, which a client can put off for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from server.gateway.lifeline import ABORT_EXTENSION
from server.gateway.limits import GatewayLimits
from server.gateway.tcp_connections import TcpConnections

_REFUSED = b"HTTP/1.1 %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_SLOW = b"408 Request Timeout"
_TOO_LARGE = b"431 Request Header Fields Too Large"


def http_protocol(limits: GatewayLimits, connections: TcpConnections) -> type[BoundedHttp]:
    """For uvicorn's `http` setting."""
    return type("BoundedHttp", (BoundedHttp,), {"limits": limits, "tcp_connections": connections})


def websocket_protocol(connections: TcpConnections) -> type[AbortableWebSockets]:
    """For uvicorn's `ws` setting: what an HTTP connection becomes when it is upgraded."""
    return type("AbortableWebSockets", (AbortableWebSockets,), {"tcp_connections": connections})


class BoundedHttp(HttpToolsProtocol):
    """One HTTP/1.1 connection. A request's head arrives in time and within its size; an answer is taken in time."""

    limits: ClassVar[GatewayLimits]
    tcp_connections: ClassVar[TcpConnections]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._taking_timer: asyncio.TimerHandle | None = None
        self._waiting_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.tcp_connections.enter(transport):
            self._expect_head()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.tcp_connections.leave(self.transport)
        self._stop_timers()
        super().connection_lost(exc)

    # ---- the head of a request

    def data_received(self, data: bytes) -> None:
        if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
            self._expect_head()
        if self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is not None and self._head_bytes > self.limits.head_bytes_max:
            self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT_EXTENSION: {"call": self.transport.abort}}
        if self._head_timer is None:  # pipelined behind another request
            self._expect_head()

    def on_headers_complete(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self.limits.head_timeout_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        self._refuse(_TOO_SLOW)

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            if self._head_bytes and (self.cycle is None or self.cycle.response_complete):
                self.transport.write(_REFUSED % status)
            self.transport.close()
        self._watch_taking()

    # ---- the taking of an answer

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_taking()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._taking_timer is not None and not self.transport.is_closing():
            self._taking_timer.cancel()
            self._taking_timer = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_taking()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_taking()

    def _watch_taking(self) -> None:
        """Drop the connection when the client takes nothing of what waits for it."""
        if self._taking_timer is None:
            self._waiting_bytes = self.transport.get_write_buffer_size()
            self._taking_timer = self.loop.call_later(self.limits.send_timeout_seconds, self._check_taking)

    def _check_taking(self) -> None:
        self._taking_timer = None
        if self.transport.get_write_buffer_size() < self._waiting_bytes:
            self._watch_taking()
        else:
            self.transport.abort()

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._taking_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._taking_timer = None


class AbortableWebSockets(WebSocketsSansIOProtocol):
    """One WebSocket connection, which a lifeline can drop."""

    tcp_connections: ClassVar[TcpConnections]

    def connection_lost(self, exc: Exception | None) -> None:
        self.tcp_connections.leave(self.transport)
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # else the handshake was refused and there is no scope
            extensions = self.scope["extensions"]
            if extensions is not None:
                extensions[ABORT_EXTENSION] = {"call": self.transport.abort}
