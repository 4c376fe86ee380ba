"""The documents of GraphiQL's example tabs: one operation each, accepted by the schema, and run for real."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

from tests.faults.client import agree
from tests.whole import listening, settings_in

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "frontend-examples" / "graphiql" / "examples").glob("*.graphql"))
PASSWORD = "seven tired postmen whistle"


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def operation_in(path: Path) -> OperationDefinitionNode:
    (operation,) = parse(path.read_text("utf-8")).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def test_there_is_one_for_each_of_the_commonest_operations() -> None:
    assert [(found := operation_in(path)).name and found.name.value for path in EXAMPLES] == [
        "SignIn",
        "Dashboard",
        "PlaceOrder",
        "WatchBalance",
        "TopUp",
        "Campaigns",
        "WatchCampaign",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_begins_with_a_title_and_a_line_that_says_what_it_shows(path: Path) -> None:
    title, shows, blank = path.read_text("utf-8").split("\n")[:3]
    assert title.startswith("# ")
    assert len(title) <= 24
    assert shows.startswith("# ")
    assert shows.endswith(".")
    assert blank == "#"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_it(path: Path, schema: GraphQLSchema) -> None:
    assert [error.message for error in validate(schema, parse(path.read_text("utf-8")))] == []


def variables_of(path: Path) -> dict[str, Any]:
    file = path.with_name(f"{path.stem}.variables.json")
    values: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return values


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_its_variables_have_the_declared_types(path: Path, schema: GraphQLSchema) -> None:
    values = variables_of(path)
    declared = operation_in(path).variable_definitions or ()
    coerced = get_variable_values(schema, declared, values)
    assert not isinstance(coerced, list), coerced
    assert set(values) == {definition.variable.name.value for definition in declared}


class Visitor:
    """Runs the tabs as GraphiQL does: the document, its variables, and the pasted credential."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.credential = ""

    async def run(self, path: Path, **variables: Any) -> Any:
        """The value of the only root field."""
        answer = await self._client.post(
            "/graphql", json=self._body(path, variables), headers=self._headers()
        )
        result = answer.json()
        assert "errors" not in result, result
        (value,) = result["data"].values()
        return value

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """What an operation of one's own answers."""
        body = {"query": query, "variables": variables or {}}
        return (await self._client.post("/graphql", json=body, headers=self._headers())).json()["data"]

    @asynccontextmanager
    async def watching(self, path: Path, **variables: Any) -> AsyncIterator[AsyncIterator[Any]]:
        """What a subscription delivers, one value a message."""
        headers = self._headers() | {"accept": "text/event-stream"}
        body = self._body(path, variables)
        async with self._client.stream("POST", "/graphql", json=body, headers=headers) as answer:
            yield (
                next(iter(json.loads(line.removeprefix("data: "))["data"].values()))
                async for line in answer.aiter_lines()
                if line.startswith("data: ")
            )

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.credential}"} if self.credential else {}

    @staticmethod
    def _body(path: Path, variables: dict[str, Any]) -> dict[str, Any]:
        return {"query": path.read_text("utf-8"), "variables": variables_of(path) | variables}


async def register(client: httpx.AsyncClient, login: str) -> None:
    document = """mutation($input: RegisterInput!) { register(input: $input) { __typename } }"""
    policy = (await client.post("/graphql", json={"query": "{ policyInForce { document version } }"})).json()
    accepted = policy["data"]["policyInForce"]
    account = {"login": login, "password": PASSWORD, "acceptedPolicy": accepted, "professionalUse": True}
    answer = await client.post("/graphql", json={"query": document, "variables": {"input": account}})
    assert answer.json()["data"] == {"register": {"__typename": "Registered"}}


async def draft(client: httpx.AsyncClient, credential: str) -> None:
    document = "mutation($input: CreateCampaignInput!) { createCampaign(input: $input) { __typename } }"
    given = {"name": "Letter", "message": {"email": {"subject": "News", "text": "Dear reader"}}}
    body = {"query": document, "variables": {"input": given}}
    headers = {"authorization": f"Bearer {credential}"}
    answer = await client.post("/graphql", json=body, headers=headers)
    assert answer.json()["data"] == {"createCampaign": {"__typename": "CampaignCreated"}}


async def open_one(client: httpx.AsyncClient, credential: str, campaign_id: str) -> None:
    """Report that one reader opened the message."""
    event = {"key": "1", "campaignId": campaign_id, "recipient": "reader@example.com", "kind": "OPENED"}
    headers = {"authorization": f"Bearer {credential}", "content-type": "application/x-ndjson"}
    lines = json.dumps(event | {"at": datetime.now(UTC).isoformat()})
    answer = await client.post("/campaigns/events", content=lines, headers=headers)
    assert answer.json()["accepted"] == 1


async def test_a_visitor_who_runs_the_tabs_signs_in_orders_and_sees_money_move(tmp_path: Path) -> None:
    sign_in, dashboard, place_order, watch, top_up, campaigns, watch_campaign = EXAMPLES
    who = variables_of(sign_in)["input"]
    assert (who["login"], who["transport"]) == ("larkpress", "BEARER")
    async with (
        listening(settings_in(tmp_path)) as origin,
        httpx.AsyncClient(base_url=origin, trust_env=False, timeout=20) as client,
    ):
        await register(client, who["login"])
        visitor = Visitor(client)
        visitor.credential = (await visitor.run(sign_in, input=who | {"password": PASSWORD}))["token"]
        await agree(visitor.ask)

        short = await visitor.run(place_order, input=variables_of(place_order)["input"])
        assert (short["__typename"], short["available"]) == ("InsufficientBalance", "0.00")

        async with visitor.watching(watch, unit="EUR") as feed:
            first = await anext(feed)
            assert (first["kind"], first["sequence"], first["available"]) == ("SNAPSHOT", "0", "0.00")
            assert (await visitor.run(top_up))["topUp"]["status"] == "PENDING"
            settled = await anext(feed)
            assert (settled["available"], settled["posting"]["kind"]) == ("50.00", "TOP_UP")

        given = variables_of(place_order)["input"] | {"idempotencyKey": "another"}
        placed = [await visitor.run(place_order, input=given) for _ in range(2)]
        assert [answer["replayed"] for answer in placed] == [False, True]
        assert placed[0]["order"] == placed[1]["order"]

        shown = (await visitor.run(dashboard))["account"]
        assert {one["unit"]: one["available"] for one in shown["balances"]} == {
            "EUR": "31.00",
            "EMAIL": "1000",
        }
        assert [edge["node"]["id"] for edge in shown["orders"]["edges"]] == [placed[0]["order"]["id"]]
        assert [edge["node"]["status"] for edge in shown["topUps"]["edges"]] == ["SUCCEEDED"]

        await draft(client, visitor.credential)
        (edge,) = (await visitor.run(campaigns))["account"]["campaigns"]["edges"]
        found = edge["node"]
        assert (found["name"], found["status"], found["recipients"]) == ("Letter", "DRAFT", 0)
        assert found["statistics"]["counts"]["sent"] == {"unique": "0"}
        async with visitor.watching(watch_campaign, id=found["id"]) as feed:
            assert (await anext(feed))["statistics"]["counts"]["opens"] == {"human": "0"}
            await open_one(client, visitor.credential, found["id"])
            assert (await anext(feed))["statistics"]["counts"]["opens"] == {"human": "1"}
