"""The Python client `gql` against a running server, over HTTP and over WebSocket."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.servers import Customer, RunningServer

EVERY = """subscription Every($unit: Unit!, $after: BigInt) {
  balance(unit: $unit, after: $after, mode: EVERY) { kind sequence available posting { kind amount } }
}"""


@pytest.fixture(scope="module")
def customer(running_server: RunningServer) -> Customer:
    return running_server.customer()


def http_client(customer: Customer, key: str) -> Client:
    transport = HTTPXAsyncTransport(
        url=f"{customer.origin}/graphql", headers={"authorization": f"Bearer {key}"}, trust_env=False
    )
    return Client(transport=transport, fetch_schema_from_transport=True)


def socket_client(customer: Customer, key: str) -> Client:
    transport = WebsocketsTransport(
        url=f"{customer.origin.replace('http', 'ws')}/graphql",
        init_payload={"authorization": f"Bearer {key}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        connect_args={"proxy": None},
    )
    return Client(transport=transport)


def every(after: int | None) -> GraphQLRequest:
    variables = {"unit": "EMAIL", "after": None if after is None else str(after)}
    return GraphQLRequest(EVERY, variable_values=variables)


async def updates(customer: Customer, key: str, after: int | None, number: int) -> list[dict[str, Any]]:
    """The next `number` updates on a new connection, which is then closed."""
    found: list[dict[str, Any]] = []
    async with socket_client(customer, key) as session, aclosing(session.subscribe(every(after))) as feed:
        async for data in feed:
            found.append(data["balance"])
            if len(found) == number:
                break
    return found


async def test_over_http_it_validates_against_the_served_schema_and_reads(customer: Customer) -> None:
    query = gql("{ viewer { account { balance(unit: EMAIL) { unit posted held available sequence } } } }")
    async with http_client(customer, customer.api_key("ACCOUNT_READ", "BALANCE_READ")) as session:
        data = await session.execute(query)
    balance = data["viewer"]["account"]["balance"]
    assert balance["unit"] == "EMAIL"
    assert balance["available"] == customer.available("EMAIL")


async def test_over_a_socket_it_joins_with_a_snapshot_and_is_pushed_what_another_client_spends(
    customer: Customer,
) -> None:
    async with (
        socket_client(customer, customer.api_key()) as session,
        aclosing(session.subscribe(every(None))) as feed,
    ):
        snapshot = (await anext(feed))["balance"]
        assert snapshot["kind"] == "SNAPSHOT"
        assert snapshot["posting"] is None
        await asyncio.to_thread(customer.send, 40)
        change = (await anext(feed))["balance"]
    assert change["kind"] == "CHANGE"
    assert int(change["sequence"]) == int(snapshot["sequence"]) + 1
    assert int(change["available"]) == int(snapshot["available"]) - 40
    assert change["posting"] == {"kind": "USAGE", "amount": "-40"}


async def test_resumed_behind_its_last_sequence_it_misses_nothing(customer: Customer) -> None:
    key = customer.api_key()
    last = customer.sequence("EMAIL")
    for _ in range(5):
        for _ in range(3):
            await asyncio.to_thread(customer.send, 2)
        found = await updates(customer, key, last, 3)
        assert [int(update["sequence"]) for update in found] == [last + 1, last + 2, last + 3]
        last += 3


async def test_a_wrong_key_is_refused_on_both_transports(customer: Customer) -> None:
    with pytest.raises(TransportQueryError, match="UNAUTHENTICATED"):
        async with http_client(customer, "pm_wrong"):
            pass
    with pytest.raises(TransportConnectionFailed):
        await updates(customer, "pm_wrong", None, 1)


async def test_a_key_without_the_scope_is_told_so(customer: Customer) -> None:
    with pytest.raises(TransportQueryError) as refused:
        await updates(customer, customer.api_key("ORDERS_READ"), None, 1)
    assert refused.value.errors is not None
    assert refused.value.errors[0]["extensions"]["code"] == "FORBIDDEN"
