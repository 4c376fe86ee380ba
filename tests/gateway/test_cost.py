"""What operations cost before they run and after, and how it is told on each transport (M143)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
import strawberry
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from server.gateway.engine import Engine, Limits
from server.gateway.engine.cost import INTROSPECTION, MUTATION
from server.gateway.rate_limiter import MemoryRateLimiter
from server.gateway.throttle import ThrottleTerms
from server.kit.graph.access import declare, exposes
from server.kit.viewer import Allowance
from tests.gateway.engine_schema import OPEN, context
from tests.gateway.engine_shop import refusal
from tests.gateway.world import Running, serving

pytestmark = pytest.mark.anyio


@exposes(OPEN)
@strawberry.type
class Leaf:
    a: int = 1
    b: int = 2


@exposes(OPEN)
@strawberry.type
class Twig:
    a: int = 1
    many: list[Leaf] = strawberry.field(default_factory=lambda: [Leaf()] * 2)


@exposes(OPEN)
@strawberry.type
class Page:
    total: int = 3
    rows: list[Twig] = strawberry.field(default_factory=lambda: [Twig()] * 3)


Either = Annotated[Leaf | Twig, strawberry.union("Either")]


@exposes(OPEN)
@strawberry.type
class Query:
    @strawberry.field
    def leaf(self) -> Leaf:
        return Leaf()

    @strawberry.field
    def page(self, first: int = 20) -> Page:
        return Page()

    @strawberry.field
    def either(self) -> Either:
        return Leaf()

    @strawberry.field(metadata=declare(cost=500))
    def dear(self) -> int:
        return 1

    @strawberry.field(metadata=declare(items=3))
    def few(self) -> list[Leaf]:
        return [Leaf()] * 3


@exposes(OPEN)
@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self) -> Leaf:
        return Leaf()


engine = Engine(strawberry.Schema(Query, Mutation))


@pytest.mark.rule("M143")
@pytest.mark.parametrize(
    ("query", "variables", "requested", "actual"),
    [
        ("{ leaf { a } }", {}, 2, 2),
        ("{ x: leaf { a } y: leaf { a b } }", {}, 5, 5),
        ("{ leaf { a ...F } } fragment F on Leaf { a a b }", {}, 3, 3),
        ("{ page { total } }", {}, 2, 2),
        ("{ page(first: 5) { total rows { a } } }", {}, 3 + 5, 3 + 3),
        ("{ page { rows { a } } }", {}, 2 + 20, 2 + 3),
        ("query ($n: Int!) { page(first: $n) { rows { a } } }", {"n": 7}, 2 + 7, 2 + 3),
        ("query ($n: Int = 9) { page(first: $n) { rows { a } } }", {}, 2 + 9, 2 + 3),
        ("query ($n: Int!) { page(first: $n) { rows { a } } }", {"n": 10**9}, 2 + 100, 2 + 3),
        ("query ($n: Int!) { page(first: $n) { rows { a } } }", {"n": -5}, 2 + 1, 2 + 3),
        ("{ page(first: 5) { rows { many { a } } } }", {}, 2 + 5 * (1 + 10), 2 + 3 * (1 + 2)),
        ("{ either { ... on Leaf { a } ... on Twig { a many { b } } } }", {}, 1 + 2 + 10, 2),
        ("{ dear few { a } }", {}, 500 + 1 + 3, 500 + 1 + 3),
        ("query ($y: Boolean!) { dear @include(if: $y) leaf { a } }", {"y": False}, 2, 2),
        ("mutation { change { a } }", {}, MUTATION + 1, MUTATION + 1),
        ("{ __typename }", {}, 1, 1),
        ("{ __schema { types { name fields { name } } } }", {}, INTROSPECTION["Query.__schema"],
         INTROSPECTION["Query.__schema"]),
        ('{ __type(name: "Leaf") { name } }', {}, INTROSPECTION["Query.__type"], INTROSPECTION["Query.__type"]),
    ],
)  # fmt: skip
async def test_an_operation_costs_the_values_it_may_have(
    query: str, variables: dict[str, Any], requested: int, actual: int
) -> None:
    prepared = engine.prepare(query, None, variables)
    assert prepared.cost == requested
    assert (await engine.execute(prepared, context())).cost == actual


@pytest.mark.rule("M143")
@pytest.mark.parametrize(("rows", "refused"), [(99, False), (100, True)])
def test_an_operation_that_may_cost_too_much_is_not_run(rows: int, refused: bool) -> None:
    bounded = Engine(strawberry.Schema(Query, Mutation), limits=Limits(cost_max=101))
    query = "query ($n: Int!) { page(first: $n) { rows { a } } }"
    if refused:
        code, message = refusal(query, None, {"n": rows}, bounded)
        assert (code, "102" in message, "101" in message) == ("COST_LIMIT", True, True)
    else:
        assert bounded.prepare(query, None, {"n": rows}).cost == 101


def test_the_cost_of_one_size_is_not_taken_for_another() -> None:
    query = "query ($n: Int!, $m: Int!) { x: page(first: $n) { rows { a } } y: page(first: $m) { total } }"
    costs = [engine.prepare(query, None, {"n": n, "m": n}).cost for n in (3, 30, 3)]
    assert costs == [7, 34, 7]


TERMS = ThrottleTerms(client=Allowance(250, 1), block_after=10)
ASK = {"query": "{ hello }"}
COST = {"requestedQueryCost": 100, "actualQueryCost": 60}


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    """Each operation of its world may cost 100 points and does cost 60."""
    limiter = MemoryRateLimiter(TERMS, now=lambda: 0.0)
    async with serving(limiter=limiter, throttle=TERMS) as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as http:
        yield http


def status(available: int) -> dict[str, int]:
    return {"maximumAvailable": 250, "currentlyAvailable": available, "restoreRate": 1}


@pytest.mark.rule("M143")
async def test_over_http_the_cost_is_told_and_too_much_is_429_with_retry_after(
    running: Running, client: httpx.AsyncClient
) -> None:
    for available in (190, 130, 70):
        answer = (await client.post(running.url, json=ASK)).json()
        assert answer["extensions"] == {"cost": {**COST, "throttleStatus": status(available)}}
        assert answer["data"] == {"hello": "Hello world"}
    refused = await client.post(running.url, json=ASK)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    (error,) = refused.json()["errors"]
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfterSeconds": 30}
    signed_in = await client.post(running.url, json=ASK, headers={"authorization": "Bearer good"})
    assert signed_in.status_code == 200, "another client has a bucket of its own"


async def test_documents_that_are_refused_cost_too(running: Running, client: httpx.AsyncClient) -> None:
    for _ in range(10):
        answer = await client.post(running.url, json={"query": "{ unknown }"})
        assert answer.json()["errors"][0]["message"].startswith("Cannot query")
    assert (await client.post(running.url, json={"query": "{"})).status_code == 429


@pytest.mark.rule("M143")
async def test_who_goes_on_is_blocked(running: Running, client: httpx.AsyncClient) -> None:
    waits = []
    for _ in range(3 + TERMS.block_after + 1):
        answer = await client.post(running.url, json=ASK)
        waits.append(answer.headers.get("retry-after"))
    assert waits[:4] == [None, None, None, "30"]
    assert (waits[-2] in ("600", None), waits[-1]) == (False, "600")


async def test_guessing_credentials_is_limited_and_disturbs_none_that_are_good(
    running: Running, client: httpx.AsyncClient
) -> None:
    codes = []
    for number in range(12):
        headers = {"authorization": f"Bearer guess{number}"}
        codes.append((await client.post(running.url, json=ASK, headers=headers)).status_code)
    assert codes == [401] * 10 + [429] * 2
    good = await client.post(running.url, json=ASK, headers={"authorization": "Bearer good"})
    assert good.status_code == 200
    async with connect(running.socket_url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"apiKey": "guess"}}))
        await socket.wait_closed()
        assert socket.close_code == 1013


async def test_over_a_socket_it_is_an_error_of_that_operation_only(running: Running) -> None:
    async with connect(running.socket_url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        await socket.send(
            json.dumps({"type": "subscribe", "id": "feed", "payload": {"query": "subscription { ticks }"}})
        )
        await running.world.subscribers(1)
        outcomes = []
        for number in range(3):
            await socket.send(json.dumps({"type": "subscribe", "id": str(number), "payload": ASK}))
            message = json.loads(await socket.recv())
            outcomes.append(message["type"])
            if message["type"] == "next":
                assert message["payload"]["extensions"]["cost"]["requestedQueryCost"] == 100
                assert json.loads(await socket.recv())["type"] == "complete"
        assert outcomes == ["next", "error", "error"]
        assert message["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        running.world.publish(5)
        assert json.loads(await socket.recv())["payload"] == {"data": {"ticks": 5}}
