"""Charges through Stripe's own library against a Stripe on loopback: one charge per transaction, whatever breaks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest

from server.kit.money import Currency, Money
from server.topups import actions, jobs
from server.topups.adapters.gateway import GatewayTimeout, GatewayUnreachable, OutcomeUnknown
from server.topups.adapters.stripe.books import intent_of
from server.topups.adapters.stripe.client import API_VERSION, Api
from server.topups.adapters.stripe.gateway import Stripe
from server.topups.rules import Terms
from server.topups.rules.outcomes import (
    ChargeRequest,
    ConfirmRequest,
    Declined,
    FailureCode,
    NeedsStepUp,
    NotFound,
    Processing,
    Succeeded,
)
from tests.topups import fake_stripe_books as cards
from tests.topups.conftest import Desk
from tests.topups.fake_stripe import SECRET_KEY, FakeStripe, Fault

TRANSACTION = "txn_1"
EUR_100 = Money(10_000, Currency.EUR)


def charge_of(token: str, money: Money = EUR_100) -> ChargeRequest:
    return ChargeRequest(TRANSACTION, money, token)


# ---- what cards do


async def test_a_good_card_pays(stripe: Stripe, fake: FakeStripe) -> None:
    result = await stripe.charge(charge_of(cards.OK))
    [intent] = fake.books.of_kind("payment_intent")
    assert isinstance(result, Succeeded)
    assert (result.received_minor, result.provider_reference) == (10_000, intent["id"])
    assert result.occurred_at == fake.now()
    assert (intent["amount"], intent["currency"]) == (10_000, "eur")
    assert intent["metadata"] == {"transaction_id": TRANSACTION}
    assert intent["customer"] is None


async def test_a_token_of_a_card_pays_too(stripe: Stripe, fake: FakeStripe) -> None:
    assert isinstance(await stripe.charge(charge_of("tok_visa")), Succeeded)
    assert len(fake.books.charges) == 1


@pytest.mark.parametrize("token", [cards.DECLINED, cards.NO_CARD, "tok_chargeDeclined", "tok_unknown"])
async def test_a_bad_card_is_declined(stripe: Stripe, fake: FakeStripe, token: str) -> None:
    result = await stripe.charge(charge_of(token))
    assert result == Declined(FailureCode.DECLINED, fake.now())
    assert fake.books.charges == []


async def test_a_payment_may_take_time(stripe: Stripe, fake: FakeStripe) -> None:
    result = await stripe.charge(charge_of(cards.PROCESSING))
    assert isinstance(result, Processing)
    fake.books.settle(result.provider_reference)
    assert isinstance(await stripe.find(TRANSACTION), Succeeded)


async def test_an_authentication_is_the_payers_to_do(stripe: Stripe, fake: FakeStripe) -> None:
    asked = await stripe.charge(charge_of(cards.AUTHENTICATION))
    [intent] = fake.books.of_kind("payment_intent")
    assert isinstance(asked, NeedsStepUp)
    assert asked.client_secret == intent["client_secret"]
    assert intent["client_secret"] not in repr(asked)
    assert await stripe.confirm(ConfirmRequest(TRANSACTION, f"{TRANSACTION}/1", "1234")) == asked
    fake.books.authenticate(intent["id"])
    assert isinstance(await stripe.find(TRANSACTION), Succeeded)


async def test_a_failed_authentication_is_a_failure(stripe: Stripe, fake: FakeStripe) -> None:
    await stripe.charge(charge_of(cards.AUTHENTICATION))
    fake.books.authenticate(fake.books.of_kind("payment_intent")[0]["id"], right=False)
    found = await stripe.find(TRANSACTION)
    assert isinstance(found, Declined)
    assert found.code is FailureCode.STEP_UP_FAILED


@pytest.mark.parametrize(
    ("money", "sent"),
    [
        (Money(500, Currency.JPY), ("500", "jpy")),
        (Money(1_050, Currency.USD), ("1050", "usd")),
        (Money(12_340, Currency.TND), ("12340", "tnd")),
    ],
)
async def test_amounts_are_sent_in_the_smallest_unit(
    stripe: Stripe, fake: FakeStripe, money: Money, sent: tuple[str, str]
) -> None:
    result = await stripe.charge(charge_of(cards.OK, money))
    [intent] = fake.books.of_kind("payment_intent")
    assert (str(intent["amount"]), intent["currency"]) == sent
    assert isinstance(result, Succeeded)
    assert result.received_minor == money.minor


async def test_millimes_that_no_card_network_carries_are_refused(stripe: Stripe, fake: FakeStripe) -> None:
    result = await stripe.charge(charge_of(cards.OK, Money(12_345, Currency.TND)))
    assert result == Declined(FailureCode.AMOUNT_UNSUPPORTED, fake.now())
    assert fake.asked == []


# ---- what breaks


async def test_a_repetition_gets_the_one_charge(stripe: Stripe, fake: FakeStripe) -> None:
    first = await stripe.charge(charge_of(cards.OK))
    assert await stripe.charge(charge_of(cards.OK)) == first
    assert len(fake.books.charges) == 1


async def test_a_repetition_after_stripe_forgot_the_keys_gets_the_one_charge(
    stripe: Stripe, fake: FakeStripe
) -> None:
    first = await stripe.charge(charge_of(cards.OK))
    fake.forget_keys()
    assert await stripe.charge(charge_of(cards.OK)) == first
    assert len(fake.books.charges) == 1


async def test_two_at_once_charge_once(stripe: Stripe, fake: FakeStripe) -> None:
    """The second comes while the first is under way: Stripe answers 409, and the charge is found later."""
    held = fake.hold("payment_intents")
    first = asyncio.create_task(stripe.charge(charge_of(cards.OK)))
    await held.arrived.wait()
    with pytest.raises(OutcomeUnknown):
        await stripe.charge(charge_of(cards.OK))
    held.released.set()
    assert isinstance(await first, Succeeded)
    assert len(fake.books.charges) == 1


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.LOST_ANSWER, Fault.TOO_MANY, Fault.BROKEN])
@pytest.mark.parametrize("call", ["payment_intents", "/confirm"])
async def test_what_was_not_answered_is_unknown_and_then_found(
    stripe: Stripe, fake: FakeStripe, call: str, fault: Fault
) -> None:
    fake.fail(call, fault)
    with pytest.raises(GatewayUnreachable):
        await stripe.charge(charge_of(cards.OK))
    was_charged = call == "/confirm" and fault is Fault.LOST_ANSWER
    assert len(fake.books.charges) == was_charged
    found = await stripe.find(TRANSACTION)
    assert isinstance(found, Succeeded if was_charged else NotFound)


async def test_what_was_found_to_be_not_charged_is_never_charged(stripe: Stripe, fake: FakeStripe) -> None:
    """The confirmation may still be on its way when the reconciler looks."""
    fake.fail("/confirm", Fault.LOST_REQUEST)
    with pytest.raises(OutcomeUnknown):
        await stripe.charge(charge_of(cards.OK))
    assert await stripe.find(TRANSACTION) == NotFound()
    late = await stripe.charge(charge_of(cards.OK))
    assert late == Declined(FailureCode.NOT_CHARGED, fake.now())
    assert fake.books.charges == []


async def test_a_confirmation_that_overtakes_the_reconciler_counts(stripe: Stripe, fake: FakeStripe) -> None:
    fake.fail("/confirm", Fault.LOST_REQUEST)
    with pytest.raises(OutcomeUnknown):
        await stripe.charge(charge_of(cards.OK))
    [intent] = fake.books.of_kind("payment_intent")
    held = fake.hold(f"payment_intents/{intent['id']}/cancel")
    looking = asyncio.create_task(stripe.find(TRANSACTION))
    await held.arrived.wait()
    fake.books.settle(intent["id"])
    held.released.set()
    assert isinstance(await looking, Succeeded)


async def test_no_answer_in_time_is_a_timeout(desk: Desk, fake: FakeStripe) -> None:
    api = Api(SECRET_KEY, fake.url, retries=0)
    gateway = Stripe(desk.units, api)
    fake.fail("/confirm", Fault.HANGS)
    held = fake.hold("payment_intents")
    charging = asyncio.create_task(gateway.charge(charge_of(cards.OK)))
    await held.arrived.wait()
    api.transport.client.timeout = httpx.Timeout(0.1)  # from the next request on
    held.released.set()
    with pytest.raises(GatewayTimeout):
        await charging
    await gateway.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_stripe_that_is_not_there_is_unreachable(desk: Desk) -> None:
    gateway = Stripe(desk.units, Api(SECRET_KEY, "http://127.0.0.1:9", retries=0))
    with pytest.raises(GatewayUnreachable):
        await gateway.charge(charge_of(cards.OK))
    await gateway.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_wrong_key_says_nothing_about_the_charge(
    desk: Desk, fake: FakeStripe, stripe: Stripe
) -> None:
    fake.fail("/confirm", Fault.LOST_ANSWER)
    with pytest.raises(OutcomeUnknown):
        await stripe.charge(charge_of(cards.OK))
    gateway = Stripe(desk.units, Api("sk_test_other", fake.url, retries=0))
    with pytest.raises(OutcomeUnknown):
        await gateway.find(TRANSACTION)
    await gateway.close()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_one_broken_connection_is_repeated_with_the_same_key(desk: Desk, fake: FakeStripe) -> None:
    gateway = Stripe(desk.units, Api(SECRET_KEY, fake.url))
    fake.fail("/confirm", Fault.LOST_ANSWER)
    assert isinstance(await gateway.charge(charge_of(cards.OK)), Succeeded)
    await gateway.close()
    assert len(fake.books.charges) == 1
    assert len({key for _, path, key in fake.asked if path.endswith("/confirm")}) == 1


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_every_write_has_a_key_of_ours_and_tells_nothing_of_the_machine(
    stripe: Stripe, fake: FakeStripe
) -> None:
    await stripe.charge(charge_of("tok_visa"))
    await stripe.find(TRANSACTION)
    keys = [key for method, _, key in fake.asked if method == "POST"]
    assert keys == [f"{TRANSACTION}/token", TRANSACTION, f"{TRANSACTION}/confirm"]
    for sent in fake.headers:
        assert sent["stripe-version"] == API_VERSION
        assert "platform" not in sent["x-stripe-client-user-agent"]
        assert "telemetry" not in sent["x-stripe-client-user-agent"]
        assert "x-stripe-client-telemetry" not in sent


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "strange",
    [
        {"status": None},
        {"created": "now"},
        {"amount_received": "1"},
        {"amount_received": 1.5},
        {"currency": "isk"},
    ],
)
async def test_an_answer_that_makes_no_sense_is_no_outcome(
    stripe: Stripe, fake: FakeStripe, strange: dict[str, object]
) -> None:
    await stripe.charge(charge_of(cards.OK))
    fake.books.of_kind("payment_intent")[0].update(strange)
    with pytest.raises(OutcomeUnknown):
        await stripe.find(TRANSACTION)


# ---- through the due work, into the ledger


async def test_a_top_up_through_stripe_is_credited_once(stripe_desk: Desk, fake: FakeStripe) -> None:
    top_up_id = await stripe_desk.order(cards.OK)
    await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(top_up_id)
    [intent] = fake.books.of_kind("payment_intent")
    assert (top_up.status, top_up.provider_reference) == ("SUCCEEDED", intent["id"])
    assert intent["metadata"] == {"transaction_id": top_up.transaction_id}
    assert await stripe_desk.postings() == [("TOP_UP", 10_000)]


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.LOST_REQUEST, "FAILED"), (Fault.LOST_ANSWER, "SUCCEEDED")]
)
async def test_an_unknown_outcome_is_reconciled(
    stripe_desk: Desk, fake: FakeStripe, fault: Fault, status: str
) -> None:
    fake.fail("/confirm", fault)
    top_up_id = await stripe_desk.order(cards.OK)
    await stripe_desk.runner.run_due()
    assert await stripe_desk.status(top_up_id) == "ERRORED"
    stripe_desk.clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
    await stripe_desk.runner.run_due()
    assert await stripe_desk.status(top_up_id) == status
    assert await stripe_desk.postings() == ([("TOP_UP", 10_000)] if status == "SUCCEEDED" else [])


async def test_a_crash_after_the_charge_charges_once(stripe_desk: Desk, fake: FakeStripe) -> None:
    """The process dies between Stripe's answer and the settlement; a restart asks again."""
    top_up_id = await stripe_desk.order(cards.OK)
    begun = await stripe_desk.units.run_unaudited(lambda work: actions.begin_charge(work, top_up_id))
    assert begun is not None
    await stripe_desk.gateway.charge(begun[1])
    settle = jobs.handlers(jobs.Gateways([stripe_desk.gateway]), stripe_desk.sandbox)[actions.SETTLE]
    await settle(stripe_desk.units, top_up_id)
    assert await stripe_desk.status(top_up_id) == "SUCCEEDED"
    assert len(fake.books.charges) == 1
    assert await stripe_desk.postings() == [("TOP_UP", 10_000)]


async def test_a_crash_between_making_and_writing_down_leaves_nothing_charged(
    stripe_desk: Desk, fake: FakeStripe
) -> None:
    fake.fail("payment_intents", Fault.LOST_ANSWER)
    top_up_id = await stripe_desk.order(cards.OK)
    await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(top_up_id)
    assert await stripe_desk.units.read(lambda read: intent_of(read, top_up.transaction_id)) is None
    stripe_desk.clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
    await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "NOT_CHARGED")
    assert fake.books.charges == []


async def test_the_secret_of_an_authentication_is_sealed_and_goes_when_it_has_served(
    stripe_desk: Desk, fake: FakeStripe
) -> None:
    top_up_id = await stripe_desk.order(cards.AUTHENTICATION)
    await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(top_up_id)
    [intent] = fake.books.of_kind("payment_intent")
    assert (top_up.status, top_up.next_action) == ("PROCESSING", "AUTHENTICATE")
    sealed = top_up.client_secret
    assert sealed is not None
    assert intent["client_secret"].encode() not in sealed
    opened = await stripe_desk.units.read(lambda read: read.open("top_ups.client_secret", sealed))
    assert opened == intent["client_secret"]
    fake.books.authenticate(intent["id"])
    stripe_desk.clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
    await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(top_up_id)
    assert (top_up.status, top_up.client_secret, top_up.payment_token) == ("SUCCEEDED", None, None)


async def test_an_authentication_that_nobody_does_expires(stripe_desk: Desk) -> None:
    top_up_id = await stripe_desk.order(cards.AUTHENTICATION)
    await stripe_desk.runner.run_due()
    for seconds in Terms().reconcile_delays_seconds[:4]:
        stripe_desk.clock.advance(timedelta(seconds=seconds))
        await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "STEP_UP_EXPIRED")
