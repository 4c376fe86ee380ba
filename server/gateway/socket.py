"""One open socket: the graphql-transport-ws protocol.

The server's own task reads; there is no other while the client keeps up: messages are written where they
arise (`outbox.py`), pings are a timer, and an operation has a task only until its subscription has started or
its result is sent. Every operation authenticates the connection's credentials again, so that a revoked
session cannot go on asking through an open socket.
"""

from __future__ import annotations

import asyncio

from server.gateway.bucket import Bucket
from server.gateway.connections import Connections
from server.gateway.errors import coded_error, log_bug
from server.gateway.identity import (
    credentials_of,
    credentials_of_init,
    facts_of,
    is_secure,
    request_id_of,
)
from server.gateway.lifeline import Lifeline
from server.gateway.messages import (
    CONNECTION_ACK,
    PING,
    BadMessageError,
    CloseCode,
    Incoming,
    error,
    parse_message,
    pong,
    short_reason,
)
from server.gateway.operations import Operations, Ports
from server.gateway.outbox import Outbox
from server.gateway.params import Parameters
from server.gateway.ports import Receive, Scope, Send
from server.gateway.socket_operation import SocketOperation
from server.kit.graph.context import Context
from server.kit.problems import PublicError


class Socket:
    """One connection and the operations that run on it."""

    __slots__ = (
        "_acknowledged",
        "_closing",
        "_connections",
        "_credentials",
        "_facts",
        "_heard_at",
        "_initialised",
        "_loop",
        "_operations",
        "_outbox",
        "_pace",
        "_ports",
        "_recheck",
        "_running",
        "_timer",
        "lifeline",
    )

    def __init__(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        send: Send,
        ports: Ports,
        operations: Operations,
        connections: Connections,
    ) -> None:
        self._credentials = credentials_of(headers, ports.session_cookie_name, is_secure(scope))
        self.lifeline = Lifeline(scope)
        self._facts = facts_of(scope, headers, request_id_of(headers) or ports.new_request_id())
        self._ports = ports
        self._operations = operations
        self._connections = connections
        self._outbox = Outbox(send, ports.limits, self.too_slow, self.lifeline.cut)
        self._running: dict[str, SocketOperation] = {}
        self._initialised = False
        self._acknowledged = False
        self._closing = False
        self._recheck: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._pace = Bucket(ports.limits.messages_at_once_max, self._heard_at)
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
                self._check_pace()
                raw = message["bytes"] if raw is None else raw
                await self._handle(parse_message(raw, limits.message_bytes_max, limits.json_depth_max))
            except BadMessageError as bad:
                self.close(bad.code, bad.reason)
            except PublicError as fault:
                self.close(CloseCode.TRY_AGAIN_LATER, fault.message)
            except Exception as bug:
                log_bug(bug, self._facts.request_id)
                self.close(CloseCode.INTERNAL_SERVER_ERROR, "Internal server error")

    def _check_pace(self) -> None:
        limits = self._ports.limits
        self._pace.restore(limits.messages_at_once_max, limits.messages_per_second_max, self._heard_at)
        if self._pace.available < 1:
            raise BadMessageError("Too many messages", CloseCode.POLICY_VIOLATION)
        self._pace.available -= 1

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
        viewer = await self._operations.newcomer(self._credentials, self._facts.remote_address)
        if viewer is None:
            raise BadMessageError("Forbidden", CloseCode.FORBIDDEN)
        if self._closing:
            return
        if not self._connections.belongs_to(self, viewer.account_id):
            raise BadMessageError("Too many connections of this account", CloseCode.TRY_AGAIN_LATER)
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
            self.lifeline.cut()
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
        except Exception as bug:
            log_bug(bug, self._facts.request_id)
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

    async def release(self) -> None:
        self._closing = True
        self._timer.cancel()
        if self._recheck is not None:
            self._recheck.cancel()
        for operation in list(self._running.values()):
            await operation.leave()
        self._running.clear()
        await self._outbox.aclose()
