"""Watchers over graphql-transport-ws, as lean as they can be: a thousand of them must not be what is measured."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
from typing import cast

SEQUENCE = re.compile(rb'"sequence": ?"(\d+)"')
_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A
_CONNECTING_MAX = 50


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame. The masking key is zero, so the payload is its own mask (RFC 6455 §5.3 asks for a random
    one against hostile scripts; there are none here)."""
    length = len(payload)
    head = (
        bytes((opcode, 0x80 | length)) if length < 126 else bytes((opcode, 0xFE)) + length.to_bytes(2, "big")
    )
    return head + b"\0\0\0\0" + payload


class Fleet:
    """All watchers of one load, and what they wait for together."""

    def __init__(self, handshake: bytes, subscribe: bytes) -> None:
        self.handshake = handshake
        self.subscribe = subscribe
        self.watchers: list[Watcher] = []
        self.faults: list[str] = []
        self.arrivals: list[float] = []
        self.bytes_each = 0
        self.pings = 0
        self._all_arrived: asyncio.Future[None] | None = None

    @property
    def last_at(self) -> float:
        """When the last of them had it; never while none is there."""
        return self.arrivals[-1] if self.arrivals else 0.0

    async def join(self, port: int, count: int) -> None:
        """Connect and subscribe all watchers; return when each has its snapshot."""
        running = asyncio.get_running_loop()
        for start in range(0, count, _CONNECTING_MAX):
            some = range(start, min(count, start + _CONNECTING_MAX))
            made = await asyncio.gather(
                *(running.create_connection(lambda: Watcher(self), "127.0.0.1", port) for _ in some)
            )
            self.watchers += [watcher for _, watcher in made]
            await asyncio.gather(*(watcher.joined for _, watcher in made))

    def expect(self) -> asyncio.Future[None]:
        """A future of the moment when every watcher has had one more message; `arrivals` are the moments of each."""
        self.arrivals = []
        self._all_arrived = asyncio.get_running_loop().create_future()
        return self._all_arrived

    def take(self, size: int) -> None:
        self.arrivals.append(time.perf_counter())
        self.bytes_each = size
        if len(self.arrivals) == len(self.watchers) and self._all_arrived is not None:
            self._all_arrived.set_result(None)

    def fault(self, text: str) -> None:
        self.faults.append(text)
        if self._all_arrived is not None and not self._all_arrived.done():
            self._all_arrived.set_exception(RuntimeError(text))

    def leave(self) -> None:
        for watcher in self.watchers:
            watcher.leave()


class Watcher(asyncio.Protocol):
    """One socket with one subscription. Every message must have the next sequence and no errors."""

    __slots__ = ("_buffer", "_fleet", "_leaving", "_sequence", "_transport", "_upgraded", "joined")

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._buffer = b""
        self._upgraded = False
        self._leaving = False
        self._sequence = -1
        self._transport: asyncio.Transport
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._transport.write(self._fleet.handshake)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._leaving:
            self._fail(f"socket closed: {exc}")

    def leave(self) -> None:
        self._leaving = True
        self._transport.write(frame(_CLOSE, b"\x03\xe8"))
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        received = self._buffer + data if self._buffer else data
        if not self._upgraded:
            head, end, received = received.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._fail(head[:300].decode(errors="replace"))
                return
            self._upgraded = True
            self._transport.write(frame(_TEXT, b'{"type":"connection_init"}'))
        while len(received) >= 2:
            length, start = received[1], 2
            if length == 126:
                length, start = int.from_bytes(received[2:4], "big"), 4
            if len(received) < start + length:
                break
            self._take(received[0], received[start : start + length])
            received = received[start + length :]
        self._buffer = received

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._fleet.pings += 1
            self._transport.write(frame(_PONG, payload))
        elif opcode == _CLOSE:
            self._fail(f"closed by the server: {payload!r}")
        elif b'"connection_ack"' in payload:
            self._transport.write(self._fleet.subscribe)
        elif b'"ping"' in payload and b'"id"' not in payload:
            self._fleet.pings += 1
            self._transport.write(frame(_TEXT, b'{"type":"pong"}'))
        else:
            self._take_event(payload)

    def _take_event(self, payload: bytes) -> None:
        found = SEQUENCE.search(payload)
        if found is None or b'"errors"' in payload:
            self._fail(f"not an event: {payload[:300]!r}")
            return
        sequence = int(found[1])
        if self._sequence >= 0 and sequence != self._sequence + 1:
            self._fail(f"sequence {sequence} after {self._sequence}")
            return
        self._sequence = sequence
        if self.joined.done():
            self._fleet.take(len(payload))
        else:
            self.joined.set_result(None)

    def _fail(self, text: str) -> None:
        self._fleet.fault(text)
        if not self.joined.done():
            self.joined.set_exception(RuntimeError(text))


def handshake(port: int, token: str) -> bytes:
    """The upgrade request, without compression."""
    return (
        b"GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:%d\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"sec-websocket-key: %b\r\nsec-websocket-version: 13\r\n"
        b"sec-websocket-protocol: graphql-transport-ws\r\nauthorization: Bearer %b\r\n\r\n"
        % (port, base64.b64encode(os.urandom(16)), token.encode())
    )


def subscribe(payload: bytes) -> bytes:
    """The subscription that starts when the server has acknowledged the connection."""
    return frame(_TEXT, b'{"id":"1","type":"subscribe","payload":%b}' % payload)
