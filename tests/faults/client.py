"""A client of the public API that sees everything of an answer: status, errors, sockets and how they end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.servers import ADDRESS

WAIT_SECONDS_MAX = 20.0
"""For anything that must come; only a failing test waits so long."""
_numbers = count(1)

SELECTIONS = {
    "createTopUp": "... on TopUpCreated { replayed topUp { id amount { amount } } }",
    "placeOrder": "... on OrderPlaced { replayed order { id net { amount } } }",
    "placeHold": "... on HoldPlaced { replayed hold { id quantity } balance { sequence } }",
    "recordUsage": "... on UsageRecorded { replayed postings { reference unit amount sequence } }",
    "signIn": "... on SignedIn { sessionId token }",
    "offerManagement": "... on ManagementOffered { management { id } }",
    "createApiKey": "... on ApiKeyCreated { secret apiKey { id } }",
}
NUMBERS = "... on InsufficientBalance { available required }"


def fault_in(response: httpx.Response) -> str | None:
    """Why this is no proper answer to bad input; None when it is one."""
    if response.status_code >= 500:
        return f"status {response.status_code}: {response.text[:300]}"
    try:
        answer = response.json()
    except ValueError:
        return f"status {response.status_code} without JSON"
    if not isinstance(answer, dict) or not (answer.get("errors") or "data" in answer):
        return f"no GraphQL answer: {response.text[:300]}"
    for error in answer.get("errors", ()):
        code = error.get("extensions", {}).get("code")
        if code in (None, "INTERNAL", "OVERLOADED", "STORAGE_UNAVAILABLE", "OUTCOME_UNKNOWN"):
            return f"{code}: {error['message'][:300]}"
    return None


def document(mutation: str) -> str:
    """One mutation with its result, its problem's code, and the numbers of a balance that was too low."""
    input_type = f"{mutation[0].upper()}{mutation[1:]}Input"
    numbers = NUMBERS if mutation in ("placeOrder", "placeHold", "recordUsage") else ""
    return (
        f"mutation Do($input: {input_type}!) {{ {mutation}(input: $input) {{ __typename "
        f"{SELECTIONS.get(mutation, '')} {numbers} ... on Problem {{ code }} }} }}"
    )


@dataclass
class Api:
    """One customer at one server. `http` may be replaced after a restart."""

    http: httpx.AsyncClient = field(repr=False)
    token: str = ""
    login: str = ""
    password: str = field(default="a long enough phrase", repr=False)

    async def post(self, query: str, variables: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": query, "variables": variables or {}}
        return await self.http.post("/graphql", json=body, headers=headers)

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """The data; an error fails the test."""
        answer = (await self.post(query, variables)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, mutation: str, given: dict[str, Any]) -> dict[str, Any]:
        """What one mutation answered, a problem included."""
        result: dict[str, Any] = (await self.ask(document(mutation), {"input": given}))[mutation]
        return result

    async def spend(self, messages: int, key: str) -> dict[str, Any]:
        entry = {"operation": {"emailSend": {"messages": messages}}, "reference": key}
        return await self.do("recordUsage", {"entries": [entry], "idempotencyKey": key})

    async def top_up(self, amount: str, key: str, token: str = "tok_sandbox_ok") -> dict[str, Any]:
        money = {"amount": amount, "currency": "EUR"}
        return await self.do("createTopUp", {"amount": money, "paymentToken": token, "idempotencyKey": key})

    async def order(self, code: str, key: str) -> dict[str, Any]:
        item = {"creditPack": {"code": code, "packs": 1}}
        return await self.do("placeOrder", {"item": item, "currency": "EUR", "idempotencyKey": key})

    async def balance(self, unit: str) -> dict[str, Any]:
        query = """query Q($unit: Unit!) {
          viewer { account { balance(unit: $unit) { posted held available sequence } } } }"""
        found: dict[str, Any] = (await self.ask(query, {"unit": unit}))["viewer"]["account"]["balance"]
        return found

    async def sign_in(self) -> dict[str, Any]:
        """A new session of the same person."""
        given = {"login": self.login, "password": self.password, "transport": "BEARER"}
        return await Api(self.http).do("signIn", given)

    async def api_key(self, *scopes: str) -> dict[str, Any]:
        return await self.do("createApiKey", {"name": "Test", "scopes": list(scopes)})

    def socket(self) -> Any:
        """`async with api.socket() as socket:` an acknowledged graphql-transport-ws connection."""
        return open_socket(str(self.http.base_url), self.token)


async def customer(http: httpx.AsyncClient, euros: str | None = "200.00") -> Api:
    """Somebody new, with 10,000 e-mail credits and what is left of the euros."""
    api = Api(http, login=f"faulty{next(_numbers)}")
    policy = (await api.ask("{ policyInForce { document version } }"))["policyInForce"]
    who = {"login": api.login, "password": api.password, "acceptedPolicy": policy, "professionalUse": True}
    await api.do("register", who)
    api.token = (await api.sign_in())["token"]
    await agree(api.ask)
    if euros is not None:
        async with api.socket() as socket:
            await socket.subscribe("subscription { balance(unit: EUR, mode: EVERY) { available } }")
            await api.top_up(euros, "fund")
            while float((await socket.data())["balance"]["available"]) == 0:
                pass
        assert (await api.order("EMAIL_10K", "credits"))["__typename"] == "OrderPlaced"
    return api


async def agree(ask: Callable[..., Awaitable[Any]]) -> None:
    """What the profile `mailpro` wants before an order and before an API key (M007, M020)."""
    await ask(
        "mutation($input: PostalAddressInput!) { setPostalAddress(input: $input) { __typename } }",
        {"input": ADDRESS},
    )
    for policy in (await ask("{ keyPoliciesInForce { document version } }"))["keyPoliciesInForce"]:
        accept = "mutation($input: PolicyVersionInput!) { acceptPolicy(input: $input) { __typename } }"
        await ask(accept, {"input": policy})


@asynccontextmanager
async def connected(origin: str, connections: int = 48) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client with so many connections at once."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    timeout = httpx.Timeout(60.0)
    async with httpx.AsyncClient(base_url=origin, limits=limits, timeout=timeout, trust_env=False) as http:
        yield http


@dataclass
class Socket:
    """One graphql-transport-ws connection."""

    connection: ClientConnection

    async def subscribe(
        self, query: str, variables: dict[str, Any] | None = None, identifier: str = "1"
    ) -> None:
        payload = {"query": query, "variables": variables or {}}
        await self.send({"id": identifier, "type": "subscribe", "payload": payload})

    async def send(self, message: dict[str, Any]) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message that is not a ping. Raises ConnectionClosed."""
        while True:
            async with asyncio.timeout(WAIT_SECONDS_MAX):
                message: dict[str, Any] = json.loads(await self.connection.recv())
            if message["type"] != "ping":
                return message
            await self.send({"type": "pong"})

    async def data(self) -> Any:
        """The data of the next event."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    def cut(self) -> None:
        """Drop the connection without a goodbye, as a lost network does."""
        self.connection.transport.abort()


@asynccontextmanager
async def open_socket(origin: str, token: str, on_behalf_of: str | None = None) -> AsyncIterator[Socket]:
    url = f"{origin.replace('http', 'ws', 1).rstrip('/')}/graphql"
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(url, subprotocols=[protocol], proxy=None, close_timeout=1) as connection:
        socket = Socket(connection)
        payload = {"authorization": f"Bearer {token}"}
        behalf = {} if on_behalf_of is None else {"onBehalfOf": on_behalf_of}
        await socket.send({"type": "connection_init", "payload": payload | behalf})
        acknowledged = await socket.receive()
        assert acknowledged["type"] == "connection_ack", acknowledged
        yield socket


@asynccontextmanager
async def open_stream(
    api: Api, query: str, variables: dict[str, Any] | None = None, last_event_id: str | None = None
) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """The events of a subscription over graphql-sse, as (name, payload)."""
    headers = {"authorization": f"Bearer {api.token}", "accept": "text/event-stream"}
    if last_event_id is not None:
        headers["last-event-id"] = last_event_id
    body = {"query": query, "variables": variables or {}}
    async with api.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data:"):
            data = line.removeprefix("data:").strip()
            yield name, json.loads(data) if data else None
