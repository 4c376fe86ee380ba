"""The transports with the real engine: that the two agree on what they hand each other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import strawberry

from server.gateway.engine import Engine
from server.kit.graph.access import Access, Who, exposes
from tests.gateway.world import Running, serving

pytestmark = pytest.mark.anyio


@exposes(Access(Who.ANYONE, "test"))
@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "Hello"


@exposes(Access(Who.ANYONE, "test"))
@strawberry.type
class Mutation:
    @strawberry.mutation
    async def increase(self) -> int:
        return 1


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    async with serving(engine=Engine(strawberry.Schema(Query, Mutation))) as server:
        yield server


async def test_queries_mutations_and_faults(running: Running) -> None:
    accept = {"accept": "application/graphql-response+json"}
    async with httpx.AsyncClient(headers=accept) as client:
        query = await client.post(running.url, json={"query": "{ __typename }"})
        assert query.json()["data"] == {"__typename": "Query"}
        mutation = await client.post(running.url, json={"query": "mutation { increase }"})
        assert mutation.json()["data"] == {"increase": 1}
        by_get = await client.get(running.url, params={"query": "mutation { increase }"})
        assert by_get.status_code == 405
        wrong = await client.post(running.url, json={"query": "{ unknown }"})
        assert wrong.status_code == 400
