"""How many network connections an address may hold, before it has said anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from server.gateway.limits import GatewayLimits
from server.gateway.tcp_connections import TcpConnections
from server.kit import metrics
from tests.gateway.test_protocols import REQUEST
from tests.gateway.test_websocket import opened
from tests.gateway.world import Running, serving, until

pytestmark = pytest.mark.anyio

MOST = 3
SECONDS_MAX = 5


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with serving(GatewayLimits(tcp_connections_per_address_max=MOST)) as server:
        yield server


@asynccontextmanager
async def silent(
    running: Running, address: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection from that address that says nothing yet."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port, local_addr=(address, 0))
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer_of(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """What the server says to a request; nothing when it closed the connection before."""
    try:
        async with asyncio.timeout(SECONDS_MAX):
            writer.write(REQUEST)
            await writer.drain()
            return await reader.read(65_536)
    except ConnectionError:
        return b""


def refused() -> float:
    return metrics.connections_refused._value.get()  # type: ignore[no-any-return]


async def test_one_connection_too_many_of_an_address_is_closed_unread(running: Running) -> None:
    before = refused()
    async with AsyncExitStack() as stack:
        for _ in range(MOST):
            last = await stack.enter_async_context(silent(running))
        await until(lambda: len(running.tcp_connections) == MOST)
        assert await answer_of(*await stack.enter_async_context(silent(running))) == b""
        assert refused() == before + 1
        elsewhere = await stack.enter_async_context(silent(running, "127.0.0.2"))
        assert b"Hello world" in await answer_of(*elsewhere), "others are not the worse for it"
        assert b"Hello world" in await answer_of(*last), "nor are those it has"
        last[1].close()
        await until(lambda: len(running.tcp_connections) == MOST)
        assert b"Hello world" in await answer_of(*await stack.enter_async_context(silent(running)))
    await until(lambda: len(running.tcp_connections) == 0)


async def test_a_websocket_is_a_connection_until_it_ends(running: Running) -> None:
    async with opened(running), opened(running), opened(running):
        assert len(running.tcp_connections) == MOST
        async with silent(running) as one_too_many:
            assert await answer_of(*one_too_many) == b""
    await until(lambda: len(running.tcp_connections) == 0)


async def test_behind_a_proxy_they_are_only_counted() -> None:
    connections = TcpConnections(None)
    transports = [asyncio.Transport({"peername": ("127.0.0.1", port)}) for port in range(10)]
    assert all(connections.enter(transport) for transport in transports)
    assert len(connections) == 10
    for transport in transports * 2:
        connections.leave(transport)
    assert len(connections) == 0
