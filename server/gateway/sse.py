"""GraphQL over server-sent events: the "distinct connections" mode of the graphql-sse protocol.

One request, one operation, one stream of `next` events and a `complete`. A stream that ends without
`complete` (the server stops, the client is too slow) is to be opened again. Each event of a feed has its sequence as
its id, so that a browser's EventSource, which opens it again by itself with `Last-Event-ID`, misses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from server.gateway.connections import Connections
from server.gateway.errors import TransportError, coded_error, encode_errors
from server.gateway.lifeline import Lifeline
from server.gateway.limits import GatewayLimits
from server.gateway.operations import Ports
from server.gateway.outbox import Outbox
from server.gateway.ports import Prepared, Receive, Scope, Send
from server.kit.graph.context import Context
from server.kit.graph.sink import CloseReason, Subscription

_COMPLETE = b"event: complete\ndata:\n\n"
_HEARTBEAT = b":\n\n"
_SEQUENCE_DIGITS_MAX = 19
_SEQUENCE_MAX = 2**63 - 1


def last_event_id(headers: Mapping[bytes, bytes]) -> int | None:
    """The sequence behind which a stream is opened again; None when there is none that we gave."""
    given = headers.get(b"last-event-id", b"")
    if not given.isdigit() or len(given) > _SEQUENCE_DIGITS_MAX or int(given) > _SEQUENCE_MAX:
        return None
    return int(given)


def _next(payload: bytes) -> bytes:
    """JSON has no line breaks, so one `data:` line holds it."""
    return b"event: next\ndata: " + payload + b"\n\n"


class EventStreams:
    """Answers requests with event streams."""

    def __init__(self, ports: Ports, connections: Connections) -> None:
        self._ports = ports
        self._connections = connections

    async def once(
        self, send: Send, payload: bytes, request_id: str, cookies: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        """Answer with one result and the end of the stream."""
        body = _next(payload) + _COMPLETE
        await send(_start(request_id, [(b"content-length", b"%d" % len(body)), *cookies]))
        await send({"type": "http.response.body", "body": body})

    async def subscribe(
        self, scope: Scope, receive: Receive, send: Send, prepared: Prepared, context: Context
    ) -> None:
        """Stream a subscription until the client leaves or the hub ends it."""
        if not self._connections.accepts(context.remote_address):
            raise _too_many("Too many connections; come back later.")
        stream = _Stream(scope, send, self._ports.limits)
        self._connections.add(stream, context.remote_address)
        try:
            if not self._connections.belongs_to(stream, context.viewer.account_id):
                raise _too_many("Too many connections of this account; come back later.")
            with stream.lifeline:
                stream.open(context.request_id)
                await self._join(stream, prepared, context)
                await _until_disconnected(receive)
        finally:
            await stream.release()
            self._connections.remove(stream)

    async def _join(self, stream: _Stream, prepared: Prepared, context: Context) -> None:
        try:
            async with asyncio.timeout(self._ports.limits.request_timeout_seconds):
                stream.subscription = await self._ports.live.subscribe(prepared, context, stream)
        except TimeoutError:
            stream.refuse(
                encode_errors([coded_error("TIMEOUT", "The subscription could not be started in time.")])
            )
        except Exception as bug:
            stream.refuse(encode_errors(self._ports.describe_error(bug, context.request_id)))


class _Stream:
    """One open event stream: a sink of the live hub."""

    __slots__ = ("_heartbeat", "_interval_seconds", "_loop", "_open", "_outbox", "lifeline", "subscription")

    def __init__(self, scope: Scope, send: Send, limits: GatewayLimits) -> None:
        self.lifeline = Lifeline(scope)
        self.subscription: Subscription | None = None
        self._outbox = Outbox(send, limits, on_overflow=self._overflowed, on_stuck=self.lifeline.cut)
        self._loop = asyncio.get_running_loop()
        self._interval_seconds = limits.stream_heartbeat_seconds
        self._heartbeat: asyncio.TimerHandle | None = None
        self._open = True

    def open(self, request_id: str) -> None:
        self._outbox.put(_start(request_id, [(b"x-accel-buffering", b"no")]))
        self._outbox.put(_body(_HEARTBEAT))  # some proxies hold the headers back until there is a body
        self._heartbeat = self._loop.call_later(self._interval_seconds, self._beat)

    def _beat(self) -> None:
        if self._outbox.backlog == 0:
            self._outbox.put(_body(_HEARTBEAT))
        self._heartbeat = self._loop.call_later(self._interval_seconds, self._beat)

    @property
    def backlog(self) -> int:
        return self._outbox.backlog

    def send(self, payload: bytes, sequence: int) -> None:
        if self._open:
            self._outbox.put(_body(b"id: %d\n" % sequence + _next(payload)))

    def close(self, reason: CloseReason, message: str) -> None:
        if reason is CloseReason.COMPLETE:
            self._end(_COMPLETE)
        elif reason in (CloseReason.TOO_SLOW, CloseReason.GOING_AWAY):
            self._end(b"")
        else:
            code = "UNAUTHENTICATED" if reason is CloseReason.REVOKED else "INTERNAL"
            self.refuse(encode_errors([coded_error(code, message)]))

    def refuse(self, payload: bytes) -> None:
        self._end(_next(payload) + _COMPLETE)

    def go_away(self) -> None:
        self._end(b"")

    def _overflowed(self) -> None:
        self._end(b"", drop_backlog=True)

    def _end(self, body: bytes, *, drop_backlog: bool = False) -> None:
        if self._open:
            self._open = False
            self._outbox.put_last({"type": "http.response.body", "body": body}, drop_backlog=drop_backlog)

    async def release(self) -> None:
        self._open = False
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        await self._outbox.aclose()
        if self.subscription is not None:
            await self.subscription.cancel()


def _too_many(message: str) -> TransportError:
    return TransportError(503, "UNAVAILABLE", message, [(b"retry-after", b"5")])


async def _until_disconnected(receive: Receive) -> None:
    """Also returns when the response is complete, which ASGI reports as a disconnect."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(request_id: str, extra: Iterable[tuple[bytes, bytes]]) -> dict[str, object]:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-request-id", request_id.encode("ascii")),
        *extra,
    ]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _body(body: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": body, "more_body": True}
