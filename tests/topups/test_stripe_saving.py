"""Saving a card through Stripe from order to charge, and what Stripe tells of saved cards by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from server.topups.actions import methods
from server.topups.actions.saving import forget_payer
from server.topups.http import StripeWebhook
from server.topups.model import StripeCustomer
from server.topups.rules.methods import SavedFor
from tests.topups import fake_stripe_books as cards
from tests.topups.conftest import ACCOUNT, Desk
from tests.topups.fake_stripe import WEBHOOK_SECRET, FakeStripe, Fault
from tests.topups.fake_stripe_books import Fields


@pytest.fixture
async def endpoint(stripe_desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[StripeWebhook(stripe_desk.units, WEBHOOK_SECRET).route])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        yield client


async def save(desk: Desk, token: str = cards.OK) -> str:
    """Save a card and let everything happen that is due."""
    method = await desk.units.run_unaudited(
        lambda work: methods.save_method(work, ACCOUNT, token, "stripe", SavedFor.AUTO_TOP_UP)
    )
    await desk.runner.run_due()
    return method.id


def card_at_stripe(fake: FakeStripe) -> Fields:
    return next(method for method in fake.books.of_kind("payment_method") if method["metadata"])


async def test_a_saved_card_is_charged_while_nobody_is_there(stripe_desk: Desk, fake: FakeStripe) -> None:
    method_id = await save(stripe_desk)
    method = await stripe_desk.method(method_id)
    assert (method.status, method.brand, method.payment_token) == ("ACTIVE", "visa", None)
    assert method.expires_at == datetime(2031, 1, 1, tzinfo=UTC)
    assert card_at_stripe(fake)["metadata"] == {"method_id": method_id}
    top_up_id = await stripe_desk.charge()
    await stripe_desk.runner.run_due()
    assert await stripe_desk.status(top_up_id) == "SUCCEEDED"
    assert await stripe_desk.postings() == [("TOP_UP", 10_000)]
    [intent] = fake.books.of_kind("payment_intent")
    assert intent["customer"] == card_at_stripe(fake)["customer"]


@pytest.mark.parametrize("fault", [None, Fault.LOST_REQUEST, Fault.LOST_ANSWER, Fault.BROKEN, Fault.TOO_MANY])
async def test_a_payer_who_has_left_is_forgotten_at_stripe(
    stripe_desk: Desk, fake: FakeStripe, fault: Fault | None
) -> None:
    await save(stripe_desk)
    [customer] = fake.books.of_kind("customer")
    if fault is not None:
        fake.fail(f"customers/{customer['id']}", fault)
    for _ in range(2):  # who is forgotten already is asked for once more without harm
        await stripe_desk.units.run_unaudited(lambda work: forget_payer(work, ACCOUNT))
        await stripe_desk.runner.run_due()
        stripe_desk.clock.advance(timedelta(hours=2))
        await stripe_desk.runner.run_due()
        assert fake.books.of_kind("customer") == []
        assert await stripe_desk.count(StripeCustomer) == 0
    assert card_at_stripe(fake)["customer"] is None


async def test_a_removed_card_is_removed_at_stripe(stripe_desk: Desk, fake: FakeStripe) -> None:
    method_id = await save(stripe_desk)
    await stripe_desk.remove(method_id)
    await stripe_desk.runner.run_due()
    assert card_at_stripe(fake)["customer"] is None
    assert (await stripe_desk.method(method_id)).provider_reference is None


@pytest.mark.parametrize("right", [True, False])
async def test_the_payer_authenticates_and_the_webhook_says_so(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, right: bool
) -> None:
    method_id = await save(stripe_desk, cards.ALWAYS_AUTHENTICATION)
    asked = await stripe_desk.method(method_id)
    [setup] = fake.books.of_kind("setup_intent")
    assert (asked.status, asked.next_action) == ("PENDING", "AUTHENTICATE")
    secret = asked.client_secret
    assert secret is not None
    opened = await stripe_desk.units.read(lambda read: read.open("payment_methods.client_secret", secret))
    assert opened == setup["client_secret"]

    kind = "setup_intent.succeeded" if right else "setup_intent.setup_failed"
    body = fake.event(kind, fake.books.authenticate_setup(setup["id"], right=right))
    for _ in range(2):
        assert (await fake.deliver(endpoint, body)).status_code == 200
    await stripe_desk.runner.run_due()
    method = await stripe_desk.method(method_id)
    assert (method.status, method.client_secret) == ("ACTIVE" if right else "FAILED", None)
    assert method.failure_code == (None if right else "STEP_UP_FAILED")
    kinds = await stripe_desk.told_of(method_id)
    assert kinds == ["Added", "Challenged", "Confirmed", "Saved" if right else "Failed"]


async def test_the_bank_renews_a_card(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe
) -> None:
    method_id = await save(stripe_desk)
    new = card_at_stripe(fake) | {
        "card": {"brand": "visa", "last4": "1111", "exp_month": 2, "exp_year": 2034}
    }
    old = fake.event("payment_method.updated", card_at_stripe(fake))
    renewed = fake.event("payment_method.automatically_updated", new)
    for body in (renewed, old, renewed):
        assert (await fake.deliver(endpoint, body)).status_code == 200
    method = await stripe_desk.method(method_id)
    last4 = method.last4
    assert last4 is not None
    assert await stripe_desk.units.read(lambda read: read.open("payment_methods.last4", last4)) == "1111"
    assert (method.exp_month, method.exp_year) == (2, 2034)
    assert await stripe_desk.told_of(method_id) == ["Added", "Saved", "Changed"]


async def test_a_renewed_card_is_good_again(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe
) -> None:
    method_id = await save(stripe_desk)
    stripe_desk.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    await stripe_desk.runner.run_due()
    assert (await stripe_desk.method(method_id)).status == "EXPIRED"
    new = card_at_stripe(fake) | {
        "card": {"brand": "visa", "last4": "1111", "exp_month": 2, "exp_year": 2034}
    }
    await fake.deliver(endpoint, fake.event("payment_method.automatically_updated", new))
    assert (await stripe_desk.method(method_id)).status == "ACTIVE"
    await stripe_desk.charge(method_id)
    await stripe_desk.runner.run_due()
    assert await stripe_desk.postings() == [("TOP_UP", 10_000)]


async def test_a_card_that_stripe_let_go_is_charged_no_more(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe
) -> None:
    method_id = await save(stripe_desk)
    body = fake.event("payment_method.detached", fake.books.detach_method(card_at_stripe(fake)["id"]))
    for _ in range(2):
        assert (await fake.deliver(endpoint, body)).status_code == 200
    method = await stripe_desk.method(method_id)
    assert (method.status, method.provider_reference, method.last4) == ("REMOVED", None, None)
    assert await stripe_desk.default() is None
    [*_, last] = await stripe_desk.method_events(method_id)
    assert (last.kind, orjson.loads(last.data)["last_one"]) == ("PaymentMethodRemoved", True)


async def test_cards_of_others_are_not_ours(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe
) -> None:
    method_id = await save(stripe_desk)
    card = card_at_stripe(fake)
    for label in ({}, None, {"method_id": "pm_x"}, {"method_id": 5}, {"other": method_id}):
        body = fake.event("payment_method.detached", card | {"metadata": label})
        assert (await fake.deliver(endpoint, body)).status_code == 200
    assert (await stripe_desk.method(method_id)).status == "ACTIVE"
