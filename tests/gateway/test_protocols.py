"""Clients that send a request too slowly, too large, or do not take its answer, on a real socket."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator

import httpx
import pytest

from server.gateway.limits import GatewayLimits
from tests.gateway.world import Running, serving, until

pytestmark = pytest.mark.anyio

LIMITS = GatewayLimits(
    head_bytes_max=4_096, head_timeout_seconds=0.2, send_timeout_seconds=0.2, body_bytes_max=4_000_000
)
ASK = b'{"query":"{ hello }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
REQUEST = HEAD + b"content-length: %d\r\n\r\n%b" % (len(ASK), ASK)


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    async with serving(LIMITS) as server:
        yield server


@pytest.fixture(autouse=True)
async def the_next_request_is_answered(running: Running) -> AsyncIterator[None]:
    """And nothing is left of the test's connections."""
    yield
    async with httpx.AsyncClient() as client:
        answer = await client.post(running.url, json={"query": "{ hello }"})
    assert answer.json() == {"data": {"hello": "Hello world"}}
    await until(lambda: running.sockets_open == 0)


async def until_closed(running: Running, *pieces: bytes, pause_seconds: float = 0.0) -> bytes:
    """All that the server says to these pieces before it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    try:
        async with asyncio.timeout(5):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause_seconds)
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_who_connects_and_says_nothing_is_closed(running: Running) -> None:
    assert await until_closed(running) == b""


@pytest.mark.parametrize("begun", [b"G", HEAD, b"POST /graphql HTTP/1.1\r\nhost:"])
async def test_a_head_that_does_not_arrive_is_408(running: Running, begun: bytes) -> None:
    assert (await until_closed(running, begun)).startswith(b"HTTP/1.1 408 ")


async def test_a_trickling_head_gains_no_time(running: Running) -> None:
    trickle = (b"x-%d: 1\r\n" % number for number in range(100))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await until_closed(running, HEAD, *trickle, pause_seconds=0.02)
    assert loop.time() - began < 2.5


async def test_a_second_head_has_its_own_time(running: Running) -> None:
    said = await until_closed(running, REQUEST, b"\r\nPOST /graphql HT", pause_seconds=0.05)
    assert said.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in said


async def test_pipelined_requests_are_all_answered(running: Running) -> None:
    said = await until_closed(running, REQUEST * 3, b"GET")
    assert said.count(b"Hello world") == 3


@pytest.mark.parametrize(
    "head",
    [HEAD + b"x: " + b"y" * 5_000, b"GET /graphql?query=" + b"y" * 5_000, HEAD + b"a: b\r\n" * 1_000],
)
async def test_a_large_head_is_431(running: Running, head: bytes) -> None:
    assert (await until_closed(running, head)).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("keeps_alive", [True, False])
async def test_an_answer_that_nobody_takes_is_dropped(running: Running, keeps_alive: bool) -> None:
    """Larger than what the kernel takes for both ends."""
    query = {
        "query": "query ($n: String!) { hello(name: $n) b: hello(name: $n) }",
        "variables": {"n": "x" * 3_900_000},
    }
    body = json.dumps(query).encode()
    connection = b"" if keeps_alive else b"connection: close\r\n"
    head = HEAD + connection + b"content-length: %d\r\n\r\n" % len(body)
    loop = asyncio.get_running_loop()
    with sockets.socket() as deaf:
        deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        await loop.sock_connect(deaf, ("127.0.0.1", running.port))
        await loop.sock_sendall(deaf, head + body)
        await until(lambda: running.sockets_open == 1)
        await until(lambda: running.sockets_open == 0)


async def test_a_slow_reader_who_goes_on_reading_gets_it_all(running: Running) -> None:
    query = {"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": "x" * 3_900_000}}
    body = json.dumps(query).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port, limit=4096)
    writer.write(HEAD + b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    taken = b""
    async with asyncio.timeout(10):
        while piece := await reader.read(400_000):
            taken += piece
            if len(taken) < 2_000_000:
                await asyncio.sleep(0.05)
    writer.close()
    assert len(taken) > 3_900_000
