"""GraphQL over server-sent events (graphql-sse, distinct connections), on a real socket."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from server.gateway.limits import GatewayLimits
from server.kit.graph.sink import CloseReason
from tests.gateway.world import Running, serving, until

pytestmark = pytest.mark.anyio

STREAM = {"accept": "text/event-stream"}
URQL = {"accept": "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"}
LIMITS = GatewayLimits(
    stream_heartbeat_seconds=0.1, connections_max=2, send_timeout_seconds=0.5, request_timeout_seconds=0.3
)


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    async with serving(LIMITS) as server:
        yield server


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(headers=STREAM, timeout=5) as http:
        yield http


@pytest.fixture(autouse=True)
async def nothing_is_left(running: Running) -> AsyncIterator[None]:
    yield
    await running.all_gone()
    await running.world.subscribers(0)


class Events:
    """Reads one stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.heartbeats = 0
        self.last_id = ""
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, str] | None:
        """The next event and its data; None when the stream has ended."""
        name = data = ""
        async for line in self._lines:
            if line.startswith("event:"):
                name = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                data = line.removeprefix("data:").strip()
            elif line.startswith("id:"):
                self.last_id = line.removeprefix("id:").strip()
            elif line == ":":
                self.heartbeats += 1
            elif name:
                return name, data
        return None


@asynccontextmanager
async def subscribed(
    running: Running, client: httpx.AsyncClient, query: str = "subscription { ticks }", **headers: str
) -> AsyncIterator[Events]:
    async with client.stream("POST", running.url, json={"query": query}, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Events(response)


async def test_a_subscription_streams_until_the_feed_ends(
    running: Running, client: httpx.AsyncClient
) -> None:
    async with subscribed(running, client) as events:
        assert events.response.headers["cache-control"] == "no-store"
        assert events.response.headers["x-accel-buffering"] == "no"
        await running.world.subscribers(1)
        for number in (1, 2):
            running.world.publish(number)
            assert await events.next() == ("next", f'{{"data":{{"ticks":{number}}}}}')
        running.world.close(CloseReason.COMPLETE)
        assert await events.next() == ("complete", "")
        assert await events.next() is None


async def test_a_browser_s_event_source_subscribes_by_get(
    running: Running, client: httpx.AsyncClient
) -> None:
    params = {"query": "subscription { ticks }"}
    async with client.stream("GET", running.url, params=params) as response:
        events = Events(response)
        await running.world.subscribers(1)
        running.world.publish(9)
        assert await events.next() == ("next", '{"data":{"ticks":9}}')


async def test_a_stream_that_is_opened_again_resumes_behind_the_last_event(
    running: Running, client: httpx.AsyncClient
) -> None:
    async with subscribed(running, client) as events:
        await running.world.subscribers(1)
        running.world.publish(41)
        await events.next()
    async with subscribed(running, client, **{"last-event-id": events.last_id}) as events:
        assert await events.next() == ("next", '{"data":{"ticks":42}}')
        assert events.last_id == "42"


@pytest.mark.parametrize("strange", ["", "abc", "-1", "1.5", "9" * 19, "9" * 5_000, "1, 2", "\u0664"])
async def test_an_id_that_we_never_gave_resumes_nothing(
    running: Running, client: httpx.AsyncClient, strange: str
) -> None:
    headers = {b"last-event-id": strange.encode()}
    body = {"query": "subscription { ticks }"}
    async with client.stream("POST", running.url, json=body, headers=headers) as response:
        await running.world.subscribers(1)
        running.world.publish(7)
        assert await Events(response).next() == ("next", '{"data":{"ticks":7}}')


async def test_a_client_that_leaves_is_forgotten(running: Running, client: httpx.AsyncClient) -> None:
    async with subscribed(running, client):
        await running.world.subscribers(1)
        assert running.gateway.connections_open == 1
    await running.all_gone()
    await running.world.subscribers(0)


async def test_a_quiet_stream_has_a_heartbeat(running: Running, client: httpx.AsyncClient) -> None:
    async with subscribed(running, client) as events:
        await running.world.subscribers(1)
        reading = asyncio.ensure_future(events.next())
        await until(lambda: events.heartbeats >= 4)
        running.world.publish(1)
        assert (await reading) is not None


async def test_only_subscriptions_stream_for_clients_that_take_json_too(
    running: Running, client: httpx.AsyncClient
) -> None:
    plain = await client.post(running.url, json={"query": "{ hello }"}, headers=URQL)
    assert plain.headers["content-type"].startswith("application/graphql-response+json")
    wrong = await client.post(running.url, json={"query": "{"}, headers=URQL)
    assert wrong.status_code == 400
    async with subscribed(running, client, **URQL) as events:
        await running.world.subscribers(1)
        running.world.publish(1)
        assert (await events.next()) is not None


async def test_a_query_streams_when_nothing_else_is_accepted(
    running: Running, client: httpx.AsyncClient
) -> None:
    async with subscribed(running, client, "{ hello }") as events:
        assert await events.next() == ("next", '{"data":{"hello":"Hello world"}}')
        assert await events.next() == ("complete", "")
        assert await events.next() is None


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("{", "Syntax Error"),
        ("subscription { unknown }", "Cannot query field"),
        ("subscription { refused }", "FORBIDDEN"),
        ("subscription { breaks }", "INTERNAL"),
        ("subscription { hangs }", "TIMEOUT"),
    ],
)
async def test_errors_are_events_because_an_event_source_reads_nothing_else(
    running: Running, client: httpx.AsyncClient, query: str, part: str
) -> None:
    async with subscribed(running, client, query) as events:
        event = await events.next()
        assert event is not None
        assert event[0] == "next"
        assert part in event[1]
        assert "secret" not in event[1]
        assert await events.next() == ("complete", "")


async def test_malformed_requests_and_credentials_are_http_errors(
    running: Running, client: httpx.AsyncClient
) -> None:
    assert (await client.post(running.url, json=[])).status_code == 400
    refused = await client.post(
        running.url, json={"query": "subscription { ticks }"}, headers={"authorization": "Bearer bad"}
    )
    assert refused.status_code == 401


async def test_a_revoked_stream_says_so_and_ends(running: Running, client: httpx.AsyncClient) -> None:
    async with subscribed(running, client) as events:
        await running.world.subscribers(1)
        running.world.close(CloseReason.REVOKED, "You may no longer see this.")
        event = await events.next()
        assert event is not None
        assert "UNAUTHENTICATED" in event[1]
        assert await events.next() == ("complete", "")


@pytest.mark.parametrize("reason", [CloseReason.TOO_SLOW, CloseReason.GOING_AWAY])
async def test_a_stream_that_is_to_be_opened_again_ends_without_complete(
    running: Running, client: httpx.AsyncClient, reason: CloseReason
) -> None:
    async with subscribed(running, client) as events:
        await running.world.subscribers(1)
        running.world.close(reason)
        assert await events.next() is None


async def test_streams_are_limited(running: Running, client: httpx.AsyncClient) -> None:
    async with subscribed(running, client), subscribed(running, client):
        await running.world.subscribers(2)
        refused = await client.post(running.url, json={"query": "subscription { ticks }"})
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"


async def test_the_streams_of_an_account_and_of_an_address_are_limited() -> None:
    limits = GatewayLimits(connections_per_account_max=1, connections_per_address_max=3)
    good = {"authorization": "Bearer good"}
    asked = {"query": "subscription { ticks }"}
    async with serving(limits) as limited, httpx.AsyncClient(headers=STREAM, timeout=5) as client:
        async with subscribed(limited, client, **good):
            await limited.world.subscribers(1)
            refused = await client.post(limited.url, json=asked, headers=good)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            async with subscribed(limited, client), subscribed(limited, client):
                await limited.world.subscribers(3)
                assert (await client.post(limited.url, json=asked)).status_code == 503
        await limited.world.subscribers(0)
        async with subscribed(limited, client, **good):
            await limited.world.subscribers(1)


async def test_a_stop_ends_streams() -> None:
    async with (
        serving() as stopping,
        httpx.AsyncClient(headers=STREAM, timeout=5) as client,
        subscribed(stopping, client) as events,
    ):
        await stopping.world.subscribers(1)
        stopping.server.should_exit = True
        assert await events.next() is None


async def test_a_client_that_never_reads_is_dropped(running: Running) -> None:
    body = b'{"query":"subscription { ticks }"}'
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {running.host}\r\naccept: text/event-stream\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with sockets.socket() as deaf:
        deaf.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", running.port))
        await loop.sock_sendall(deaf, head.encode() + body)
        await running.world.subscribers(1)
        open_before = running.sockets_open
        for number in range(100):
            running.world.publish(number, "x" * 100_000)
        await running.all_gone()
        await until(lambda: running.sockets_open < open_before)
