"""The whole server with Stripe switched on: an order over GraphQL, Stripe's webhook, the balance on an open feed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from pydantic import ValidationError

from server.watching.feed import BalanceFeed
from tests.forked import ran
from tests.servers import environment
from tests.topups import fake_stripe_books as cards
from tests.topups.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, fake_stripe
from tests.whole import listening, settings_in

WAIT_SECONDS_MAX = 60
CREATE = """mutation($input: CreateTopUpInput!) { createTopUp(input: $input) {
  ... on TopUpCreated { topUp { id status } } ... on Problem { code } } }"""
LOOK = "query($id: ID!) { node(id: $id) { ... on TopUp { status } } }"
SAVE = """mutation($input: SavePaymentMethodInput!) { savePaymentMethod(input: $input) {
  ... on PaymentMethodAdded { paymentMethod { id } } ... on Problem { code } } }"""
WATCH_CARDS = "subscription { paymentMethodChanged { paymentMethod { id status nextAction clientSecret } } }"
WATCH = "subscription { topUpChanged { topUp { id status nextAction clientSecret } } }"


@pytest.fixture
async def fake() -> AsyncIterator[FakeStripe]:
    async with fake_stripe(lambda: datetime.now(UTC)) as fake:
        yield fake


class Payer:
    """Somebody with a session, and with Stripe's library in the browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(self, query: str, variables: Any = None) -> Any:
        answer = (await self.client.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def sign_up(self) -> str:
        """The token of a new session."""
        policy = (await self.ask("{ policyInForce { document version } }"))["policyInForce"]
        who = {"login": "stripe.payer", "password": "a long enough phrase"}
        register = "mutation($i: RegisterInput!) { register(input: $i) { __typename } }"
        await self.ask(register, {"i": {**who, "acceptedPolicy": policy, "professionalUse": True}})
        sign_in = "mutation($i: SignInInput!) { signIn(input: $i) { ... on SignedIn { token } } }"
        token = str((await self.ask(sign_in, {"i": {**who, "transport": "BEARER"}}))["signIn"]["token"])
        self.client.headers["authorization"] = f"Bearer {token}"
        return token

    async def order(self, token: str) -> str:
        given = {
            "amount": {"amount": "100.00", "currency": "EUR"},
            "paymentToken": token,
            "idempotencyKey": token,
        }
        return str((await self.ask(CREATE, {"input": given}))["createTopUp"]["topUp"]["id"])

    async def look(self, top_up_id: str) -> Any:
        return (await self.ask(LOOK, {"id": top_up_id}))["node"]

    async def changes(self) -> AsyncGenerator[Any]:
        """Every change of a top-up, as it happens; first a snapshot's null."""
        async with aclosing(self.stream(WATCH)) as messages:
            async for message in messages:
                yield message["topUp"]

    async def stream(self, subscription: str) -> AsyncGenerator[Any]:
        """The messages of a subscription's only field."""
        accept = {"accept": "text/event-stream"}
        body = {"query": subscription}
        async with self.client.stream("POST", "/graphql", json=body, headers=accept) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:") and (message := orjson.loads(line[5:] or b"null")):
                    (value,) = message["data"].values()
                    yield value


async def until(changes: AsyncGenerator[Any], name: str, value: str) -> Any:
    """The first change after which it is so."""
    async for top_up in changes:
        if top_up is not None and top_up[name] == value:
            return top_up
    raise AssertionError("the feed ended")


async def seen(messages: AsyncGenerator[Any], name: str, value: str) -> Any:
    """The first state of the card in which it is so."""
    async for message in messages:
        card = message["paymentMethod"]
        if card is not None and card[name] == value:
            return card
    raise AssertionError("the feed ended")


@pytest.mark.parametrize("engine_name", ["sqlite", "postgresql"], indirect=True)
async def test_from_the_order_to_the_open_feed(
    fake: FakeStripe, tmp_path: Path, empty_database_url: str
) -> None:
    settings = settings_in(
        tmp_path,
        database_url=empty_database_url,
        stripe_secret_key=SECRET_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_url=fake.url,
    )
    async with listening(settings) as origin, httpx.AsyncClient(base_url=origin, trust_env=False) as client:
        payer = Payer(client)
        token = await payer.sign_up()
        feed = BalanceFeed(f"{origin}/graphql", token, "EUR", jitter=lambda: 0.0)
        async with (
            asyncio.timeout(WAIT_SECONDS_MAX),
            aclosing(feed.updates()) as updates,
            aclosing(payer.changes()) as changes,
        ):
            assert (await anext(updates)).kind == "SNAPSHOT"
            assert await anext(changes) is None
            top_up_id = await payer.order(cards.AUTHENTICATION)
            asked = await until(changes, "nextAction", "AUTHENTICATE")
            [intent] = fake.books.of_kind("payment_intent")
            assert asked["clientSecret"] == intent["client_secret"]

            paid = fake.event("payment_intent.succeeded", fake.books.authenticate(intent["id"]))
            forged = await fake.deliver(client, paid, secret="whsec_other")
            assert forged.status_code == 400
            assert (await payer.look(top_up_id))["status"] == "PROCESSING"
            for _ in range(2):
                assert (await fake.deliver(client, paid)).status_code == 200
            change = await anext(updates)
            assert (change.kind, str(change.available)) == ("CHANGE", "100.00")

            settled = await until(changes, "status", "SUCCEEDED")
            assert (settled["nextAction"], settled["clientSecret"]) == (None, None)
            await payer.order(cards.OK)
            assert str((await anext(updates)).available) == "200.00"
    assert len(fake.books.charges) == 2


async def test_a_checkout_with_a_card_that_is_kept(fake: FakeStripe, tmp_path: Path) -> None:
    """As a browser does it: keep a card, prove at the bank who one is, pay with it, prove it again, see the balance."""
    settings = settings_in(
        tmp_path,
        stripe_secret_key=SECRET_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        stripe_api_url=fake.url,
    )
    async with listening(settings) as origin, httpx.AsyncClient(base_url=origin, trust_env=False) as client:
        payer = Payer(client)
        token = await payer.sign_up()
        feed = BalanceFeed(f"{origin}/graphql", token, "EUR", jitter=lambda: 0.0)
        async with (
            asyncio.timeout(WAIT_SECONDS_MAX),
            aclosing(feed.updates()) as updates,
            aclosing(payer.stream(WATCH_CARDS)) as cards_seen,
            aclosing(payer.changes()) as changes,
        ):
            assert (await anext(updates)).kind == "SNAPSHOT"
            await anext(cards_seen)
            await anext(changes)
            saving = {
                "token": cards.ALWAYS_AUTHENTICATION,
                "savedFor": "ONE_CLICK",
                "idempotencyKey": "save",
            }
            added = await payer.ask(SAVE, {"input": saving})
            method_id = added["savePaymentMethod"]["paymentMethod"]["id"]
            card = await seen(cards_seen, "nextAction", "AUTHENTICATE")
            [setup] = fake.books.of_kind("setup_intent")
            assert card["clientSecret"] == setup["client_secret"]
            proved = fake.event("setup_intent.succeeded", fake.books.authenticate_setup(setup["id"]))
            assert (await fake.deliver(client, proved)).status_code == 200
            card = await seen(cards_seen, "status", "ACTIVE")
            assert (card["id"], card["clientSecret"]) == (method_id, None)

            money = {"amount": "100.00", "currency": "EUR"}
            paying = {"amount": money, "payment": {"methodId": method_id}, "idempotencyKey": "pay"}
            ordered = [await payer.ask(CREATE, {"input": paying}) for _ in range(2)]
            assert len({one["createTopUp"]["topUp"]["id"] for one in ordered}) == 1
            asked = await until(changes, "nextAction", "AUTHENTICATE")
            [intent] = fake.books.of_kind("payment_intent")
            assert asked["clientSecret"] == intent["client_secret"]
            paid = fake.event("payment_intent.succeeded", fake.books.authenticate(intent["id"]))
            assert (await fake.deliver(client, paid)).status_code == 200
            change = await anext(updates)
            assert (change.kind, str(change.available)) == ("CHANGE", "100.00")
            assert (await until(changes, "status", "SUCCEEDED"))["id"] == asked["id"]
    assert len(fake.books.charges) == 1


async def test_without_its_secrets_stripe_is_not_there(tmp_path: Path) -> None:
    async with (
        listening(settings_in(tmp_path)) as origin,
        httpx.AsyncClient(base_url=origin, trust_env=False) as client,
    ):
        payer = Payer(client)
        await payer.sign_up()
        given = {
            "amount": {"amount": "1", "currency": "EUR"},
            "paymentToken": cards.OK,
            "idempotencyKey": "1",
        }
        refused = await payer.ask(CREATE, {"input": given})
        assert refused["createTopUp"]["code"] == "PAYMENT_TOKEN_INVALID"
        assert (await client.post("/webhooks/stripe", content=b"{}")).status_code == 404


BOTH = {"stripe_secret_key": "sk_test_topsecret", "stripe_webhook_secret": "whsec_topsecret"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stripe_secret_key": "sk_test_topsecret"}, "both of its secrets"),
        ({"stripe_webhook_secret": "whsec_topsecret"}, "both of its secrets"),
        (BOTH | {"stripe_webhook_secret": " "}, "A secret of Stripe is empty"),
        (BOTH | {"stripe_api_url": "http://stripe.example"}, "over https only"),
        (BOTH | {"stripe_api_url": "https://topsecret@stripe.example"}, "over https only"),
        (BOTH | {"stripe_api_url": "topsecret"}, "over https only"),
    ],
)
def test_half_a_stripe_is_refused(tmp_path: Path, given: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        settings_in(tmp_path, **given)
    assert "topsecret" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://stripe.example/", "http://127.0.0.1:1", "http://[::1]:1"])
def test_a_private_way_to_stripe_is_taken(tmp_path: Path, url: str) -> None:
    assert settings_in(tmp_path, **BOTH, stripe_api_url=url).stripe_api_url == url


def test_a_server_with_half_a_stripe_says_why_it_does_not_start(tmp_path: Path) -> None:
    """In one clear line, and without what was given: it may be a secret."""
    env = environment(tmp_path) | {"POSTMETER_STRIPE_SECRET_KEY": "sk_test_topsecret"}
    refused = ran(["serve"], cwd=tmp_path, env=env, timeout=60)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "Postmeter does not start:",
        "  - Stripe needs both of its secrets (POSTMETER_STRIPE_SECRET_KEY, POSTMETER_STRIPE_WEBHOOK_SECRET).",
    ]
    assert "topsecret" not in refused.stdout
