"""GraphQL over WebSocket: the graphql-transport-ws protocol, one `Socket` a connection.

The server's own task reads; there is no other while the client keeps up: messages are written where they
arise (`outbox.py`), pings are a timer, and an operation has a task only until its subscription has started or
its result is sent. Every operation authenticates the connection's credentials again, so that a revoked
session cannot go on asking through an open socket.
"""

from __future__ import annotations

import asyncio

from server.gateway.connections import Connections
from server.gateway.errors import coded_error, log
from server.gateway.identity import (
    credentials_of,
    credentials_of_init,
    facts_of,
    headers_of,
    is_secure,
    request_id_of,
)
from server.gateway.messages import (
    CONNECTION_ACK,
    PING,
    SUBPROTOCOL,
    BadMessageError,
    CloseCode,
    Incoming,
    error,
    parse_message,
    pong,
    short_reason,
)
from server.gateway.operations import Operations, Ports
from server.gateway.origins import may_connect
from server.gateway.outbox import Lifeline, Outbox
from server.gateway.params import Parameters
from server.gateway.ports import Receive, Scope, Send
from server.gateway.socket_operation import SocketOperation
from server.kit.graph.context import Context

ABORT_EXTENSION = "postmeter.abort"
"""An ASGI extension of our WebSocket server: its `call` drops the connection at once (`server.py`)."""


class WebSocketEndpoint:
    """The ASGI application of the GraphQL endpoint's sockets."""

    def __init__(self, ports: Ports, operations: Operations, connections: Connections) -> None:
        self._ports = ports
        self._operations = operations
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        await receive()  # websocket.connect
        if not may_connect(headers, self._ports.allowed_origins):
            await send({"type": "websocket.close"})  # before the accept this is a 403
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await _refuse(send, CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        if not self._connections.accepts:
            await _refuse(send, CloseCode.TRY_AGAIN_LATER, "Too many connections")
            return
        await self._serve(Socket(scope, headers, send, self._ports, self._operations), receive)

    async def _serve(self, socket: Socket, receive: Receive) -> None:
        self._connections.add(socket)
        try:
            with socket.lifeline:
                await socket.run(receive)
        finally:
            await socket.release()
            self._connections.remove(socket)


async def _refuse(send: Send, code: CloseCode, reason: str) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": reason})


class Socket:
    """One connection and the operations that run on it."""

    __slots__ = (
        "_abort",
        "_acknowledged",
        "_closing",
        "_credentials",
        "_facts",
        "_heard_at",
        "_initialised",
        "_loop",
        "_operations",
        "_outbox",
        "_ports",
        "_recheck",
        "_running",
        "_timer",
        "lifeline",
    )

    def __init__(
        self, scope: Scope, headers: dict[bytes, bytes], send: Send, ports: Ports, operations: Operations
    ) -> None:
        self._credentials = credentials_of(headers, ports.session_cookie_name, is_secure(scope))
        self.lifeline = Lifeline()
        self._abort = scope.get("extensions", {}).get(ABORT_EXTENSION)
        self._facts = facts_of(scope, headers, request_id_of(headers) or ports.new_request_id())
        self._ports = ports
        self._operations = operations
        self._outbox = Outbox(send, ports.limits, self.too_slow, self._stuck)
        self._running: dict[str, SocketOperation] = {}
        self._initialised = False
        self._acknowledged = False
        self._closing = False
        self._recheck: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._timer = self._loop.call_later(
            ports.limits.connection_init_timeout_seconds,
            self.close,
            CloseCode.CONNECTION_INIT_TIMEOUT,
            "Connection initialisation timeout",
        )

    async def run(self, receive: Receive) -> None:
        """Serve until the client, or `close`, has ended the connection."""
        limits = self._ports.limits
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            if self._closing:
                continue
            self._heard_at = self._loop.time()
            raw = message.get("text")
            try:
                raw = message["bytes"] if raw is None else raw
                await self._handle(parse_message(raw, limits.message_bytes_max, limits.json_depth_max))
            except BadMessageError as bad:
                self.close(bad.code, bad.reason)
            except Exception:
                log.exception("gateway_socket_failed", request_id=self._facts.request_id)
                self.close(CloseCode.INTERNAL_SERVER_ERROR, "Internal server error")

    async def _handle(self, message: Incoming) -> None:
        if message.type == "connection_init":
            await self._initialise(message)
        elif message.type == "ping":
            self.write(pong(message.payload))
        elif message.type == "complete":
            operation = self._running.pop(message.id, None)
            if operation is not None:
                await operation.leave()
        elif message.parameters is not None:
            self._start(message.id, message.parameters)

    async def _initialise(self, message: Incoming) -> None:
        if self._initialised:
            raise BadMessageError(
                "Too many initialisation requests", CloseCode.TOO_MANY_INITIALISATION_REQUESTS
            )
        self._initialised = True
        presented = credentials_of_init(message.payload or {})
        if presented.presented:
            self._credentials = presented
        if await self._operations.viewer_of(self._credentials) is None:
            raise BadMessageError("Forbidden", CloseCode.FORBIDDEN)
        if self._closing:
            return
        self._acknowledged = True
        self._timer.cancel()
        self._heard_at = self._loop.time()
        self._timer = self._loop.call_later(self._ports.limits.ping_interval_seconds, self._watch_silence)
        self.write(CONNECTION_ACK)

    def _start(self, identifier: str, parameters: Parameters) -> None:
        if not self._acknowledged:
            raise BadMessageError("Unauthorized", CloseCode.UNAUTHORIZED)
        if identifier in self._running:
            reason = f"Subscriber for {identifier} already exists"
            raise BadMessageError(reason, CloseCode.SUBSCRIBER_ALREADY_EXISTS)
        most = self._ports.limits.operations_per_connection_max
        if len(self._running) >= most:
            message = f"At most {most} operations run at once on one connection."
            self.write(error(identifier, [coded_error("TOO_MANY_OPERATIONS", message)]))
            return
        operation = SocketOperation(self, identifier)
        self._running[identifier] = operation
        operation.start(parameters)

    async def admit(self) -> Context | None:
        """A context for one more operation; None, and the connection ends, if its credentials are invalid."""
        viewer = await self._operations.viewer_of(self._credentials)
        if viewer is None:
            self.close(CloseCode.FORBIDDEN, "Forbidden")
            return None
        return self._ports.make_context(viewer, self._facts)

    @property
    def ports(self) -> Ports:
        return self._ports

    @property
    def operations(self) -> Operations:
        return self._operations

    @property
    def backlog(self) -> int:
        return self._outbox.backlog

    def write(self, text: str) -> None:
        self._outbox.put({"type": "websocket.send", "text": text})

    def forget(self, operation: SocketOperation) -> None:
        if self._running.get(operation.identifier) is operation:
            del self._running[operation.identifier]

    def _watch_silence(self) -> None:
        """Ping after an interval of silence; give the client up when no message comes before the deadline."""
        limits = self._ports.limits
        silent_seconds = self._loop.time() - self._heard_at
        if silent_seconds >= limits.ping_interval_seconds + limits.pong_deadline_seconds:
            self.close(CloseCode.PONG_TIMEOUT, "No answer to a ping")
            self._stuck()
            return
        if silent_seconds >= limits.ping_interval_seconds:
            self.write(PING)
            delay_seconds = limits.ping_interval_seconds + limits.pong_deadline_seconds - silent_seconds
        else:
            delay_seconds = limits.ping_interval_seconds - silent_seconds
        self._timer = self._loop.call_later(delay_seconds, self._watch_silence)

    def check_authority(self) -> None:
        """An operation was revoked: if the connection's own credentials were, close it."""
        if self._recheck is None and not self._closing:
            self._recheck = self._loop.create_task(self._close_unless_valid())

    async def _close_unless_valid(self) -> None:
        try:
            await self.admit()
        except Exception:
            log.exception("gateway_socket_failed", request_id=self._facts.request_id)
            self.close(CloseCode.INTERNAL_SERVER_ERROR, "Internal server error")
        finally:
            self._recheck = None

    def too_slow(self) -> None:
        self.close(CloseCode.TRY_AGAIN_LATER, "Too slow", drop_backlog=True)

    def go_away(self) -> None:
        self.close(CloseCode.SERVICE_RESTART, "Service restart")

    def close(self, code: CloseCode, reason: str, *, drop_backlog: bool = False) -> None:
        """End the connection once what was written before has gone out."""
        if self._closing:
            return
        self._closing = True
        self._timer.cancel()
        message = {"type": "websocket.close", "code": int(code), "reason": short_reason(reason)}
        self._outbox.put_last(message, drop_backlog=drop_backlog)

    def _stuck(self) -> None:
        """Drop a client that takes nothing, not even a close frame."""
        if self._abort is not None:
            self._abort["call"]()
        self.lifeline.cut()

    async def release(self) -> None:
        self._closing = True
        self._timer.cancel()
        if self._recheck is not None:
            self._recheck.cancel()
        for operation in list(self._running.values()):
            await operation.leave()
        self._running.clear()
        await self._outbox.aclose()
