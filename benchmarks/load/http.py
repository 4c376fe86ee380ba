"""A closed loop over keep-alive HTTP/1.1 connections: each sends its next request when it has its response."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

Accept = Callable[[bytes], bool]
Next = Callable[[], bytes]

FAULTS_MAX = 5
_CONTENT_LENGTH = b"\r\ncontent-length: "


def request(port: int, token: str, body: bytes) -> bytes:
    """A GraphQL POST, ready for the wire."""
    return (
        b"POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:%d\r\nauthorization: Bearer %b\r\n"
        b"content-type: application/json\r\naccept: application/json\r\ncontent-length: %d\r\n\r\n%b"
        % (port, token.encode(), len(body), body)
    )


class Loop:
    """What the connections of one load share. `accept` says whether a body is the right answer."""

    def __init__(self, next_request: Next, accept: Accept, seconds: float) -> None:
        self.next_request = next_request
        self.accept = accept
        self.latencies: list[float] = []
        self.faults: list[str] = []
        self.body_bytes = 0
        self.deadline = time.perf_counter() + seconds
        self.finished_at = 0.0

    def take(self, status: bytes, body: bytes, latency_seconds: float) -> None:
        if status == b"200" and self.accept(body):
            self.latencies.append(latency_seconds)
            self.body_bytes = len(body)
        elif len(self.faults) < FAULTS_MAX:
            self.faults.append(f"{status.decode()}: {body[:300].decode(errors='replace')}")


class Connection(asyncio.Protocol):
    """One connection of the loop. `done` is set when the deadline has passed and the last response is in."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        received = self._buffer + data if self._buffer else data
        head_end = received.find(b"\r\n\r\n")
        if head_end < 0:
            self._buffer = received
            return
        body_start = head_end + 4
        body_end = body_start + content_length(received[: head_end + 2])
        if len(received) < body_end:
            self._buffer = received
            return
        self._buffer = b""
        now = time.perf_counter()
        self._loop.take(received[9:12], received[body_start:body_end], now - self._sent_at)
        if now < self._loop.deadline:
            self._send()
        else:
            self._loop.finished_at = now
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if time.perf_counter() < self._loop.deadline:
            self._loop.faults.append(f"connection lost: {exc}")
        if not self.done.done():
            self.done.set_result(None)

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._loop.next_request())


def content_length(head: bytes) -> int:
    """Of a response, in bytes."""
    start = head.lower().index(_CONTENT_LENGTH) + len(_CONTENT_LENGTH)
    return int(head[start : head.index(b"\r", start)])


async def run(port: int, connections: int, loop: Loop) -> None:
    """Keep so many connections busy until the deadline, and wait for their last responses."""
    running = asyncio.get_running_loop()
    made = [
        await running.create_connection(lambda: Connection(loop), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.gather(*(protocol.done for _, protocol in made))
