"""graphql-transport-ws, on a real socket."""

from __future__ import annotations

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from server.gateway.limits import GatewayLimits
from server.kit.graph.sink import CloseReason
from tests.gateway.world import Running, serving, until

pytestmark = pytest.mark.anyio

LIMITS = GatewayLimits(
    connection_init_timeout_seconds=0.3,
    ping_interval_seconds=0.3,
    pong_deadline_seconds=1.5,  # a busy machine may stand still for a while
    operations_per_connection_max=3,
    send_queue_messages_max=8,
    send_timeout_seconds=0.5,
    request_timeout_seconds=0.3,
    message_bytes_max=20_000,
)


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    async with serving(LIMITS, allowed_origins=frozenset({"https://app.example"})) as server:
        yield server


@pytest.fixture(autouse=True)
async def nothing_is_left(running: Running) -> AsyncIterator[None]:
    """After every test: no connection, no subscriber, no task that the test's connections started."""
    before = len(asyncio.all_tasks())
    yield
    await running.all_gone()
    await running.world.subscribers(0)
    await until(lambda: len(asyncio.all_tasks()) <= before)


@asynccontextmanager
async def opened(running: Running, **options: Any) -> AsyncIterator[ClientConnection]:
    """A socket on which nothing has been said yet. Tests answer the server's pings by `receive`."""
    options.setdefault("subprotocols", [Subprotocol("graphql-transport-ws")])
    async with connect(running.socket_url, compression=None, ping_interval=None, **options) as socket:
        yield socket


@asynccontextmanager
async def acknowledged(
    running: Running, payload: Any = None, **options: Any
) -> AsyncIterator[ClientConnection]:
    async with opened(running, **options) as socket:
        await say(socket, type="connection_init", **({} if payload is None else {"payload": payload}))
        assert await receive(socket) == {"type": "connection_ack"}
        yield socket


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def ask(socket: ClientConnection, identifier: str, query: str) -> None:
    await say(socket, type="subscribe", id=identifier, payload={"query": query})


async def receive(socket: ClientConnection) -> Any:
    while True:
        async with asyncio.timeout(5):
            message = json.loads(await socket.recv())
        if message != {"type": "ping"}:
            return message
        await say(socket, type="pong")


async def closed(socket: ClientConnection, *, answering: bool = True) -> tuple[int, str]:
    """Read until the server closes, answering its pings or not."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(5):
            async for message in socket:
                if answering and json.loads(message) == {"type": "ping"}:
                    await say(socket, type="pong")
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


async def test_a_query_and_a_mutation_answer_next_and_complete(running: Running) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "1", "{ hello }")
        assert await receive(socket) == {
            "id": "1",
            "type": "next",
            "payload": {"data": {"hello": "Hello world"}},
        }
        assert await receive(socket) == {"id": "1", "type": "complete"}
        await ask(socket, "1", "mutation { increase }")
        assert (await receive(socket))["payload"]["data"]["increase"] > 0
        assert await receive(socket) == {"id": "1", "type": "complete"}


async def test_subscriptions_run_beside_each_other_and_end_one_by_one(running: Running) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, 'a"', "subscription { ticks }")
        await ask(socket, "b", "subscription { ticks }")
        await running.world.subscribers(2)
        running.world.publish(7)
        received = [await receive(socket), await receive(socket)]
        assert received == [{"id": i, "type": "next", "payload": {"data": {"ticks": 7}}} for i in ('a"', "b")]
        await say(socket, type="complete", id='a"')
        await running.world.subscribers(1)
        running.world.publish(8)
        assert (await receive(socket))["id"] == "b"
        running.world.close(CloseReason.COMPLETE)
        assert await receive(socket) == {"id": "b", "type": "complete"}
        await ask(socket, "b", "{ hello }")
        assert (await receive(socket))["type"] == "next"


async def test_a_slow_query_does_not_hold_up_the_others(running: Running) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "slow", "{ hangs }")
        await ask(socket, "fast", "{ hello }")
        assert (await receive(socket))["id"] == "fast"
        assert (await receive(socket))["type"] == "complete"
        late = await receive(socket)
        assert (late["id"], late["type"]) == ("slow", "error")
        assert late["payload"][0]["extensions"]["code"] == "TIMEOUT"


async def test_completing_a_query_gives_it_up_and_frees_its_id(running: Running) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "1", "{ hangs }")
        await say(socket, type="complete", id="1")
        await ask(socket, "1", "{ hello }")
        assert (await receive(socket))["payload"] == {"data": {"hello": "Hello world"}}


async def test_a_mutation_outlives_its_socket(running: Running) -> None:
    before = running.world.counter
    async with acknowledged(running) as socket:
        await ask(socket, "1", "mutation { hangingIncrease }")
        await until(lambda: running.gateway.mutations_in_flight == 1)
    await running.all_gone()
    assert running.gateway.mutations_in_flight == 1
    running.world.release.set()
    await running.mutations_settled()
    running.world.release.clear()
    assert running.world.counter == before + 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", None),
        ("{ unknown }", None),
        ("subscription { refused }", "FORBIDDEN"),
        ("subscription { breaks }", "INTERNAL"),
        ("subscription { hangs }", "TIMEOUT"),
        ("{ hello } #bug", "INTERNAL"),
    ],
)
async def test_a_wrong_operation_is_an_error_and_not_the_end_of_the_socket(
    running: Running, query: str, code: str | None
) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "wrong", query)
        message = await receive(socket)
        assert (message["id"], message["type"]) == ("wrong", "error")
        assert message["payload"][0].get("extensions", {}).get("code") == code
        assert "secret" not in json.dumps(message)
        await ask(socket, "wrong", "{ hello }")
        assert (await receive(socket))["type"] == "next"


@pytest.mark.parametrize(
    "message",
    [
        "null",
        "[]",
        "5",
        '"x"',
        "{",
        "",
        "[" * 5_000,
        "[" * 500 + "]" * 500,
        '{"type":"unknown"}',
        '{"type":7}',
        '{"type":"connection_init","payload":[]}',
        '{"type":"ping","payload":"x"}',
        '{"type":"subscribe","id":["1"],"payload":{"query":"{ hello }"}}',
        '{"type":"subscribe","payload":{"query":"{ hello }"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":"x"}',
        '{"type":"subscribe","id":"1","payload":{"query":7}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ hello }","variables":[]}}',
        '{"type":"complete","id":7}',
        '{"type":"next","id":"1"}',
        b"\xff\xfe",
    ],
)
async def test_a_malformed_message_closes_with_4400(running: Running, message: str | bytes) -> None:
    async with acknowledged(running) as socket:
        await socket.send(message)
        code, reason = await closed(socket)
    assert code == 4400
    assert 0 < len(reason.encode()) <= 123


async def test_text_that_is_not_utf8_closes_with_1007(running: Running) -> None:
    async with acknowledged(running) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert (await closed(socket))[0] == 1007


async def test_a_message_over_the_limit_closes_with_1009(running: Running) -> None:
    async with acknowledged(running) as socket:
        await socket.send("x" * 20_001)
        assert (await closed(socket))[0] == 1009


async def test_a_close_reason_is_cut_between_characters(running: Running) -> None:
    async with acknowledged(running) as socket:
        identifier = "é" * 128
        for _ in range(2):
            await ask(socket, identifier, "subscription { ticks }")
        code, reason = await closed(socket)
    assert code == 4409
    assert len(reason.encode()) in (122, 123)


async def test_the_protocol_s_own_refusals(running: Running) -> None:
    async with opened(running) as socket:
        assert await closed(socket) == (4408, "Connection initialisation timeout")
    async with opened(running) as socket:
        await ask(socket, "1", "{ hello }")
        assert await closed(socket) == (4401, "Unauthorized")
    async with acknowledged(running) as socket:
        await say(socket, type="connection_init")
        assert await closed(socket) == (4429, "Too many initialisation requests")
    async with acknowledged(running) as socket:
        for _ in range(2):
            await ask(socket, "1", "subscription { ticks }")
        assert await closed(socket) == (4409, "Subscriber for 1 already exists")
    for subprotocols in (None, [Subprotocol("graphql-ws")]):
        async with opened(running, subprotocols=subprotocols) as socket:
            assert await closed(socket) == (4406, "Subprotocol not acceptable")


async def test_operations_on_one_connection_are_limited(running: Running) -> None:
    async with acknowledged(running) as socket:
        for number in range(3):
            await ask(socket, str(number), "subscription { ticks }")
        await ask(socket, "one more", "{ hello }")
        message = await receive(socket)
        assert message["id"] == "one more"
        assert message["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"


async def test_a_flood_of_messages_closes_with_1008_and_disturbs_nobody() -> None:
    limits = GatewayLimits(messages_at_once_max=20, messages_per_second_max=1)
    async with serving(limits) as limited, acknowledged(limited) as calm:
        async with acknowledged(limited) as flooding:
            for _ in range(40):
                await say(flooding, type="pong")
            assert await closed(flooding) == (1008, "Too many messages")
        await ask(calm, "1", "{ hello }")
        assert (await receive(calm))["type"] == "next"


async def test_the_sockets_of_an_account_and_of_an_address_are_limited() -> None:
    limits = GatewayLimits(connections_per_account_max=1, connections_per_address_max=2)
    async with serving(limits) as limited:
        async with acknowledged(limited, {"apiKey": "good"}):
            async with opened(limited) as second:
                await say(second, type="connection_init", payload={"apiKey": "good"})
                assert await closed(second) == (1013, "Too many connections of this account")
            await until(lambda: limited.gateway.connections_open == 1)
            async with acknowledged(limited), opened(limited) as third:
                assert await closed(third) == (1013, "Too many connections")
        await limited.all_gone()
        async with acknowledged(limited, {"apiKey": "good"}):
            pass


async def test_pings_are_answered_with_their_payload(running: Running) -> None:
    async with opened(running) as socket:
        await say(socket, type="ping", payload={"n": 1})
        assert await receive(socket) == {"type": "pong", "payload": {"n": 1}}
        await say(socket, type="ping")
        assert await receive(socket) == {"type": "pong"}


async def test_a_client_that_answers_pings_stays_and_one_that_does_not_is_dropped(running: Running) -> None:
    async with acknowledged(running) as answering, acknowledged(running) as silent:
        loop = asyncio.get_running_loop()
        began = loop.time()
        answers = asyncio.create_task(receive(answering))
        code, _ = await closed(silent, answering=False)
        assert code == 4499
        assert 1.7 < loop.time() - began < 4
        await ask(answering, "1", "{ hello }")
        assert (await answers)["type"] == "next"


@pytest.mark.parametrize(
    "payload",
    [
        {"authorization": "Bearer good"},
        {"Authorization": "bearer good"},
        {"AUTHORIZATION": "Bearer good"},
        {"apiKey": "good"},
        {"apikey": "good"},
    ],
)
async def test_credentials_in_the_first_message(running: Running, payload: dict[str, str]) -> None:
    async with acknowledged(running, payload) as socket:
        await ask(socket, "1", "{ viewer }")
        assert (await receive(socket))["payload"] == {"data": {"viewer": "acc_1"}}


@pytest.mark.parametrize(
    "payload",
    [{"authorization": "Bearer bad"}, {"authorization": "good"}, {"authorization": 7}, {"apiKey": None}],
)
async def test_invalid_credentials_close_with_4403(running: Running, payload: dict[str, Any]) -> None:
    async with opened(running) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert await closed(socket) == (4403, "Forbidden")


async def test_credentials_of_the_handshake(running: Running) -> None:
    for headers, account in (
        ({"cookie": "postmeter_session=cookie"}, "acc_2"),
        ({"authorization": "Bearer good"}, "acc_1"),
    ):
        async with acknowledged(running, additional_headers=headers) as socket:
            await ask(socket, "1", "{ viewer }")
            assert (await receive(socket))["payload"] == {"data": {"viewer": account}}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_pages_of_other_origins_cannot_connect(running: Running, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(running, origin=Origin(origin)):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_and_allowed_pages_can_connect(running: Running) -> None:
    for origin in (f"http://{running.host}", "https://app.example"):
        async with acknowledged(running, origin=Origin(origin)):
            pass


async def test_a_revoked_subscription_ends_and_takes_a_revoked_connection_with_it(running: Running) -> None:
    async with acknowledged(running, {"apiKey": "good"}) as socket:
        await ask(socket, "1", "subscription { ticks }")
        await running.world.subscribers(1)
        running.world.close(CloseReason.REVOKED, "You may no longer see this.")
        message = await receive(socket)
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        await ask(socket, "2", "subscription { ticks }")
        await running.world.subscribers(1)
        running.world.publish(2)
        assert (await receive(socket))["payload"] == {"data": {"ticks": 2}}
        viewer = running.world.valid.pop("good")
        running.world.close(CloseReason.REVOKED, "You may no longer see this.")
        assert await closed(socket) == (4403, "Forbidden")
        running.world.valid["good"] = viewer


async def test_revoked_credentials_cannot_ask_through_an_open_socket(running: Running) -> None:
    async with acknowledged(running, {"apiKey": "good"}) as socket:
        viewer = running.world.valid.pop("good")
        await ask(socket, "1", "{ viewer }")
        assert await closed(socket) == (4403, "Forbidden")
        running.world.valid["good"] = viewer


@pytest.mark.parametrize(("reason", "code"), [(CloseReason.TOO_SLOW, 1013), (CloseReason.GOING_AWAY, 1012)])
async def test_the_hub_can_send_a_client_away(running: Running, reason: CloseReason, code: int) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "1", "subscription { ticks }")
        await running.world.subscribers(1)
        running.world.close(reason)
        assert (await closed(socket))[0] == code


async def test_a_failed_feed_is_an_error(running: Running) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "1", "subscription { ticks }")
        await running.world.subscribers(1)
        running.world.close(CloseReason.ERROR, "The feed is broken.")
        message = await receive(socket)
        assert message["payload"][0]["message"] == "The feed is broken."


async def test_a_client_that_never_reads_is_dropped_and_delays_nobody(running: Running) -> None:
    """Its buffers fill, the backlog overflows, nothing drains in time, and its socket is gone for good."""
    deaf = await deaf_subscriber(running)
    async with acknowledged(running) as socket:
        await ask(socket, "1", "subscription { ticks }")
        await running.world.subscribers(2)
        filling = "x" * 200_000
        for number in range(60):
            running.world.publish(number, filling)
            assert (await receive(socket))["payload"]["data"]["ticks"] == number
        async with asyncio.timeout(5):
            while running.gateway.connections_open > 1 or running.sockets_open > 1:
                await say(socket, type="pong")
                await asyncio.sleep(0.01)
        await ask(socket, "2", "{ hello }")
        assert (await receive(socket))["id"] == "2"
    deaf.close()


async def deaf_subscriber(running: Running) -> sockets.socket:
    """A raw socket with a small buffer that subscribes and then never reads."""
    raw = sockets.socket()
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", running.port))
    handshake = (
        f"GET /graphql HTTP/1.1\r\nhost: {running.host}\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n"
        "sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    )
    await loop.sock_sendall(raw, handshake.encode())
    await loop.sock_recv(raw, 4096)
    query = {"query": "subscription { ticks }"}
    for message in ({"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": query}):
        text = json.dumps(message).encode()
        await loop.sock_sendall(raw, bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text)
    await running.world.subscribers(1)
    return raw


async def test_a_client_that_vanishes_is_forgotten(running: Running) -> None:
    async with acknowledged(running) as socket:
        await ask(socket, "1", "subscription { ticks }")
        await running.world.subscribers(1)
        socket.transport.abort()
        await running.all_gone()
        await running.world.subscribers(0)


async def test_the_python_client_gql(running: Running) -> None:
    transport = WebsocketsTransport(
        url=running.socket_url,
        init_payload={"apiKey": "good"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    async with Client(transport=transport) as session:
        assert await session.execute(gql("{ viewer }")) == {"viewer": "acc_1"}
        ticks = session.subscribe(gql("subscription { ticks }"))
        first = asyncio.ensure_future(anext(ticks))
        await running.world.subscribers(1)
        running.world.publish(3)
        assert await first == {"ticks": 3}
        running.world.publish(4)
        assert await anext(ticks) == {"ticks": 4}
        await ticks.aclose()


async def test_a_stop_sends_every_client_away() -> None:
    async with serving() as stopping:
        async with acknowledged(stopping) as socket:
            await ask(socket, "1", "subscription { ticks }")
            await stopping.world.subscribers(1)
            await stopping.gateway.shutdown()
            assert await closed(socket) == (1012, "Service restart")
        async with opened(stopping) as late:
            assert (await closed(late))[0] == 1013
        await stopping.all_gone()
