"""From a login to money well spent: an API key, a quote, a top-up, an order, its retry, a live balance, and a copy of
all data. Everything that an integration needs is here once, and small enough to copy.

    pip install "gql[httpx,websockets]"
    POSTMETER_LOGIN=… POSTMETER_PASSWORD=… python journey.py
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
from gql import Client, GraphQLRequest
from gql.transport.exceptions import (
    TransportConnectionFailed,
    TransportError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

URL = os.environ.get("POSTMETER_URL", "http://127.0.0.1:8000")
ATTEMPTS_MAX = 5
SCOPES = ["BALANCE_READ", "LEDGER_READ", "TOPUPS_READ", "TOPUPS_WRITE", "ORDERS_READ", "ORDERS_WRITE"]

SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
    ... on SignedIn { token } ... on Problem { code message } } }"""
POLICIES = "{ keyPoliciesInForce { document version } }"
ACCEPT = """mutation($input: PolicyVersionInput!) { acceptPolicy(input: $input) {
    __typename ... on Problem { code message } } }"""
CREATE_KEY = """mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) {
    ... on ApiKeyCreated { secret } ... on Problem { code message } } }"""
QUOTE = """query($input: QuoteOrderInput!) { quoteOrder(input: $input) {
    ... on OrderQuote { gross { amount currency } missing { amount } } ... on Problem { code message } } }"""
TOP_UP = """mutation($input: CreateTopUpInput!) { createTopUp(input: $input) {
    ... on TopUpCreated { topUp { id status } } ... on Problem { code message } } }"""
TOP_UP_CHANGED = "subscription($id: ID!) { topUpChanged(id: $id) { topUp { status } } }"
ORDER = """mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
    ... on OrderPlaced { replayed order { id status credits gross { amount currency } } }
    ... on Problem { code message } } }"""
BALANCE = """subscription($after: BigInt) { balance(unit: EMAIL, after: $after, mode: EVERY) {
    sequence available posting { amount reference } } }"""
REQUEST_EXPORT = """mutation { requestExport(input: {scope: ACCOUNT, right: PORTABILITY}) {
    ... on ExportRequested { export { id } } ... on Problem { code message } } }"""
EXPORT_CHANGED = "subscription($id: ID!) { dataExportChanged(id: $id) { export { status rows } } }"
EXPORT_LINK = """mutation($id: ID!) { createExportLink(input: {exportId: $id}) {
    ... on ExportLinkCreated { path } ... on Problem { code message } } }"""


class Refused(Exception):
    """The server says no, with a stable code to decide by."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Api:
    """The API with one credential: a session's token or an API key."""

    def __init__(self, credential: str = "") -> None:
        self._headers = {"Authorization": f"Bearer {credential}"} if credential else {}

    async def ask(self, document: str, **variables: Any) -> Any:
        """The value of the only root field; what can be asked again safely is. Raises Refused.

        What moves money has an idempotency key in its input, so a lost answer is no reason to fear a second charge:
        the same key gives the first outcome.
        """
        repeatable = not document.startswith("mutation") or "idempotencyKey" in variables.get("input", {})
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return _value(await self._once(document, variables))
            except (TransportError, Refused) as error:
                pause_seconds = _pause_seconds(error, attempt, repeatable)
                if pause_seconds is None or attempt == ATTEMPTS_MAX:
                    raise
            await asyncio.sleep(pause_seconds)
        raise AssertionError

    async def _once(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        transport = HTTPXAsyncTransport(f"{URL}/graphql", headers=self._headers, trust_env=False)
        async with Client(transport=transport) as session:
            return await session.execute(GraphQLRequest(document, variable_values=variables))

    async def follow(self, document: str, **variables: Any) -> AsyncIterator[Any]:
        """What a subscription pushes, until the socket is cut. Close it: `async with aclosing(…)`."""
        transport = WebsocketsTransport(
            f"{URL.replace('http', 'ws', 1)}/graphql",
            init_payload={"authorization": self._headers["Authorization"]},
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
            connect_args={"proxy": None},
        )
        request = GraphQLRequest(document, variable_values=variables)
        async with Client(transport=transport) as session, aclosing(session.subscribe(request)) as pushed:
            async for data in pushed:
                yield _value(data)

    async def balances(self) -> AsyncIterator[Any]:
        """Every change of the e-mail credits, each once and in order, however often the network is cut."""
        after: str | None = None
        while True:
            try:
                async with aclosing(self.follow(BALANCE, after=after)) as pushed:
                    async for update in pushed:
                        after = update["sequence"]
                        yield update
            except TransportConnectionFailed:
                await asyncio.sleep(0.5)


def _value(data: dict[str, Any]) -> Any:
    (value,) = data.values()
    if isinstance(value, dict) and "code" in value:
        raise Refused(value["code"], value["message"])
    return value


def _pause_seconds(error: Exception, attempt: int, repeatable: bool) -> float | None:
    """How long to wait before the next attempt; None where another attempt would end the same."""
    if isinstance(error, Refused):
        return 0.5 if error.code == "IDEMPOTENCY_IN_PROGRESS" else None
    if isinstance(error, TransportQueryError):
        told = (error.errors or [{}])[0].get("extensions", {}).get("retryAfterSeconds")
        return None if told is None else float(told)
    lost = isinstance(error, TransportConnectionFailed | TransportServerError)
    return 0.2 * 2**attempt if lost and repeatable else None


async def journey() -> None:
    person = await signed_in()
    api = Api(await new_key(person))

    async with aclosing(api.balances()) as balances:
        start = await anext(balances)
        say("watch", f"{start['available']} e-mail credits at change {start['sequence']}")
        order_id = await buy(api)
        change = await change_by(order_id, balances, int(start["sequence"]))
        say(
            "watch",
            f"{change['available']} at change {change['sequence']}, the order's {change['posting']['amount']}",
        )

    await copy_of_all_data(person)


async def change_by(order_id: str, balances: AsyncIterator[Any], sequence: int) -> Any:
    """The change that the order made, behind `sequence`; others may spend meanwhile."""
    async for change in balances:
        sequence += 1
        assert int(change["sequence"]) == sequence, "nothing is missed, nothing comes twice"
        if change["posting"]["reference"] == order_id:
            return change
    raise AssertionError("the feed goes on for ever")


async def signed_in() -> Api:
    who = {"login": os.environ["POSTMETER_LOGIN"], "password": os.environ["POSTMETER_PASSWORD"]}
    session = await Api().ask(SIGN_IN, input={**who, "transport": "BEARER"})
    say("sign in", "as a person")
    return Api(session["token"])


async def new_key(person: Api) -> str:
    """A key with the scopes of this program, and no more. It is shown this once: keep it as you keep passwords."""
    for policy in await person.ask(POLICIES):
        await person.ask(ACCEPT, input=policy)
    created = await person.ask(CREATE_KEY, input={"name": "First journey", "scopes": SCOPES})
    say("key", f"{created['secret'][:8]}…")
    return str(created["secret"])


async def buy(api: Api) -> str:
    """Order a pack of credits; the order's id."""
    item = {"creditPack": {"code": "EMAIL_1K", "packs": 1}}
    quote = await api.ask(QUOTE, input={"item": item, "currency": "EUR"})
    say("quote", f"{quote['gross']['amount']} EUR, of which {quote['missing']['amount']} are missing")
    await top_up(api)

    # Made once and kept with the work that it stands for; each retry of this order has it again.
    order = {"item": item, "currency": "EUR", "idempotencyKey": f"journey-{uuid.uuid4()}"}
    placed = await api.ask(ORDER, input=order)
    bought = placed["order"]
    say("order", f"{bought['id']}: {bought['credits']} credits for {bought['gross']['amount']} EUR")

    again = await api.ask(ORDER, input=order)
    assert again["replayed"], "the first outcome, once more"
    assert again["order"]["id"] == bought["id"], "one order"
    say("retry", "the same order, charged once")
    return str(bought["id"])


async def top_up(api: Api) -> None:
    """Pay 20 EUR in, with a token that the sandbox takes; a live server has one from the payment page."""
    paid = {"amount": {"amount": "20.00", "currency": "EUR"}, "payment": {"token": "tok_sandbox_ok"}}
    created = await api.ask(TOP_UP, input={**paid, "idempotencyKey": f"journey-{uuid.uuid4()}"})
    async with aclosing(api.follow(TOP_UP_CHANGED, id=created["topUp"]["id"])) as changes:
        async for change in changes:
            status = change["topUp"]["status"]
            if status in ("SUCCEEDED", "FAILED"):
                say("top-up", f"20.00 EUR {status}")
                return


async def copy_of_all_data(person: Api) -> None:
    """For a person who has just proved who they are: a key may not have it."""
    requested = await person.ask(REQUEST_EXPORT)
    export_id = requested["export"]["id"]
    async with aclosing(person.follow(EXPORT_CHANGED, id=export_id)) as changes:
        async for change in changes:
            if change["export"]["status"] == "READY":
                break
    link = await person.ask(EXPORT_LINK, id=export_id)
    file = await asyncio.to_thread(download, link["path"])
    say("export", f"{change['export']['rows']} rows in {file}, {file.stat().st_size} bytes")


def download(path: str) -> Path:
    """Fetch what a link points at; it serves once."""
    file = Path("postmeter-export.zip")
    with httpx.stream("GET", URL + path, trust_env=False) as answer, file.open("wb") as out:
        answer.raise_for_status()
        for part in answer.iter_bytes():
            out.write(part)
    return file


def say(step: str, what: str) -> None:
    print(f"{step:8} {what}", flush=True)


if __name__ == "__main__":
    try:
        asyncio.run(journey())
    except Refused as refusal:
        sys.exit(f"refused  {refusal}")
