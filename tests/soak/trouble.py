"""Clients that nobody wants: they vanish without a word, stop reading, and send what no client may send."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from tests.faults.client import Api
from tests.soak.counts import Counts
from tests.soak.watchers import EVERY, LATEST

PROTOCOL = Subprotocol("graphql-transport-ws")
ANSWER_SECONDS_MAX = 20.0
FLOOD_MESSAGES = 5_000
"""More than a socket may send at once, and faster than it may go on."""
STALLED_OPERATIONS = 20
UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": LATEST}}
INIT = {"type": "connection_init"}
MALFORMED: tuple[str | bytes, ...] = (
    "",
    "[]",
    "null",
    "[" * 5_000,
    '{"type":7}',
    '{"type":"next","id":"1"}',
    '{"type":"subscribe","id":["1"],"payload":{"query":"{ viewer { __typename } }"}}',
    '{"type":"subscribe","id":"1","payload":"x"}',
    '{"type":"ping","payload":"x"}',
    b"\xff\xfe",
)
REFUSED_BODIES: tuple[tuple[bytes, int], ...] = (
    (b"", 400),
    (b"null", 400),
    (b"[" * 10_000, 400),
    (b'{"query":7}', 400),
    (b'{"query":"{"}', 400),
    (b'{"query":"{ nowhere }"}', 400),
    (b"\xff\xfe{}", 400),
    (b'{"query":"{ __typename }","variables":"' + b"x" * 1_100_000 + b'"}', 413),
)


@dataclass
class Client:
    """What the three kinds share."""

    api: Api
    counts: Counts
    random: Random

    @property
    def _url(self) -> str:
        return f"{str(self.api.http.base_url).replace('http', 'ws', 1).rstrip('/')}/graphql"

    @property
    def _place(self) -> tuple[str, int]:
        url = self.api.http.base_url
        return url.host, url.port or 80

    @property
    def _init(self) -> dict[str, object]:
        return INIT | {"payload": {"authorization": f"Bearer {self.api.token}"}}

    def _connect(self, *protocols: Subprotocol, **options: object) -> connect:
        return connect(
            self._url, subprotocols=protocols or (PROTOCOL,), proxy=None, close_timeout=1, **options
        )  # type: ignore[arg-type]

    @asynccontextmanager
    async def _said(self, begun: bytes) -> AsyncIterator[asyncio.StreamReader]:
        """A connection on which this was said; it is dropped without a goodbye."""
        reader, writer = await asyncio.open_connection(*self._place)
        try:
            writer.write(begun)
            await writer.drain()
            yield reader
        finally:
            writer.transport.abort()

    async def _pause(self, seconds_max: float) -> None:
        await asyncio.sleep(self.random.random() * seconds_max)


class Vanishing(Client):
    """Goes away at any moment, without a close frame or the rest of what it was saying."""

    async def once(self) -> None:
        way = self.random.choice((self._from_a_socket, self._from_a_stream, self._from_a_mutation))
        with suppress(ConnectionClosed, OSError):
            await way()
        self.counts.done["vanished"] += 1
        await self._pause(0.2)

    async def _from_a_socket(self) -> None:
        async with self._connect() as connection:
            for message in (self._init, SUBSCRIBE, SUBSCRIBE | {"id": "2", "payload": {"query": EVERY}}):
                if self.random.random() < 0.9:
                    await say(connection, message)
            for _ in range(self.random.randrange(5)):
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await connection.recv()
            connection.transport.abort()

    async def _from_a_stream(self) -> None:
        await self._cut_off(
            self._request({"query": EVERY}, b"accept: text/event-stream\r\n"), self.random.random()
        )

    async def _from_a_mutation(self) -> None:
        key = f"vanish-{self.random.getrandbits(64)}"
        given = {"unit": "EMAIL", "quantity": "1", "idempotencyKey": key}
        query = (
            "mutation ($i: PlaceHoldInput!) { placeHold(input: $i) { ... on HoldPlaced { hold { id } } } }"
        )
        await self._cut_off(self._request({"query": query, "variables": {"i": given}}), 0.0)
        answer = await self.api.do("placeHold", given)  # whether the first one came through or not
        if "hold" in answer:
            await self.api.do("releaseHold", {"holdId": answer["hold"]["id"], "idempotencyKey": key})

    async def _cut_off(self, request: bytes, seconds: float) -> None:
        async with self._said(request) as reader:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await reader.read(1)

    def _request(self, body: dict[str, object], head: bytes = b"") -> bytes:
        said = json.dumps(body).encode()
        token = self.api.token.encode()
        return (
            b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n%bauthorization: Bearer %b\r\n"
            b"content-length: %d\r\n\r\n%b" % (head, token, len(said), said)
        )


@dataclass
class Stalling(Client):
    """Asks for a lot and reads none of it, until the server has had enough or it goes itself."""

    seconds_max: float

    async def once(self) -> None:
        loop = asyncio.get_running_loop()
        with sockets.socket() as deaf, suppress(OSError):
            deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
            deaf.setblocking(False)
            await loop.sock_connect(deaf, self._place)
            await loop.sock_sendall(deaf, UPGRADE + framed(self._init))
            for number in range(STALLED_OPERATIONS):
                payload = {"query": EVERY, "variables": {"after": "0"}}
                asked = {"id": str(number), "type": "subscribe", "payload": payload}
                await loop.sock_sendall(deaf, framed(asked))
            await self._pause(self.seconds_max)
        self.counts.done["stalled"] += 1


class Misbehaving(Client):
    """Sends what no client may send, and is told so in the way that the protocols say."""

    async def once(self) -> None:
        ways: tuple[Callable[[], Awaitable[None]], ...] = (
            self._malformed,
            self._wrong_subprotocol,
            self._flood,
            self._half_a_body,
            self._half_a_head,
            self._bad_body,
            self._out_of_turn,
            self._stranger,
        )
        await self.random.choice(ways)()
        self.counts.done["misbehaved"] += 1
        await self._pause(0.2)

    async def _malformed(self) -> None:
        async with self._connect() as connection:
            if self.random.random() < 0.5:
                await self._begin(connection)
            await connection.send(self.random.choice(MALFORMED))
            await self._closed(connection, 4400)

    async def _wrong_subprotocol(self) -> None:
        async with self._connect(Subprotocol(self.random.choice(("graphql-ws", "chat")))) as connection:
            await self._closed(connection, 4406)

    async def _flood(self) -> None:
        async with self._connect() as connection:
            await self._begin(connection)
            with suppress(ConnectionClosed):
                for _ in range(FLOOD_MESSAGES):
                    await connection.send('{"type":"ping"}')
            await self._closed(connection, 1008)

    async def _half_a_body(self) -> None:
        head = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n"
        await self._unfinished(head + b'{"query":"{ __ty')

    async def _half_a_head(self) -> None:
        await self._unfinished(b"POST /graphql HTTP/1.1\r\nhost: a\r\nx-a: b")

    async def _bad_body(self) -> None:
        content, status = self.random.choice(REFUSED_BODIES)
        headers = {"content-type": "application/json", "accept": "application/graphql-response+json"}
        unread = (httpx.TransportError,) if status == 413 else ()
        with suppress(*unread):  # a body that is too large is answered before its end
            answer = await self.api.http.post("/graphql", content=content, headers=headers)
            self._expect("status", answer.status_code, status)

    async def _out_of_turn(self) -> None:
        messages, code = self.random.choice(
            (
                ((SUBSCRIBE,), 4401),
                ((self._init, self._init), 4429),
                ((self._init, SUBSCRIBE, SUBSCRIBE), 4409),
                ((INIT | {"payload": {"authorization": "Bearer nothing"}},), 4403),
                ((INIT | {"payload": {"apiKey": None}},), 4403),
            )
        )
        async with self._connect() as connection:
            with suppress(ConnectionClosed):
                for message in messages:
                    await say(connection, message)
            await self._closed(connection, code)

    async def _stranger(self) -> None:
        headers = {"origin": "http://evil.example.com"}
        with suppress(InvalidStatus):
            async with self._connect(additional_headers=headers):
                self.counts.fault("a page of another origin connected")

    async def _begin(self, connection: ClientConnection) -> None:
        await say(connection, self._init)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            await connection.recv()

    async def _unfinished(self, begun: bytes) -> None:
        async with self._said(begun):
            await self._pause(1.0)

    async def _closed(self, connection: ClientConnection, code: int) -> None:
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                while True:
                    await connection.recv()
        self._expect("close code", connection.close_code, code)

    def _expect(self, what: str, got: int | None, wanted: int) -> None:
        if got != wanted:
            self.counts.fault(f"{what} {got}, not {wanted}")


def framed(message: dict[str, object]) -> bytes:
    """A text message as a client sends it (RFC 6455 §5.2)."""
    return Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True)


async def say(connection: ClientConnection, message: dict[str, object]) -> None:
    await connection.send(json.dumps(message))
