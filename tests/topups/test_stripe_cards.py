"""Cards kept at Stripe: one customer per account, one saved card per method id, charged while nobody is there."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select

from server.kit.money import Currency, Money
from server.topups.adapters.gateway import OutcomeUnknown
from server.topups.adapters.stripe.gateway import Stripe
from server.topups.model import StripeCustomer
from server.topups.rules.methods import SavedMethod, SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargeRequest,
    Declined,
    FailureCode,
    NeedsStepUp,
    Processing,
    RefundRequest,
    Succeeded,
)
from tests.topups import fake_stripe_books as cards
from tests.topups.conftest import ACCOUNT, Desk
from tests.topups.fake_stripe import FakeStripe, Fault

EUR_100 = Money(10_000, Currency.EUR)


async def save(stripe: Stripe, token: str, method_id: str = "pm_1") -> SaveResult:
    return await stripe.save_method(SaveRequest(ACCOUNT, method_id, token))


async def saved(stripe: Stripe, token: str = cards.OK) -> SavedMethod:
    result = await save(stripe, token)
    assert isinstance(result, SavedMethod)
    return result


# ---- saving


@pytest.mark.parametrize("token", [cards.OK, "tok_visa"])
async def test_a_card_is_saved_for_later(stripe: Stripe, fake: FakeStripe, token: str) -> None:
    card = await saved(stripe, token)
    [customer] = fake.books.of_kind("customer")
    [setup] = fake.books.of_kind("setup_intent")
    method = fake.books.objects[setup["payment_method"]]
    assert card == SavedMethod(f"{customer['id']}/{method['id']}", "visa", "4242", 12, 2030)
    assert method["customer"] == customer["id"]
    assert method["metadata"] == {"method_id": "pm_1"}
    assert setup["usage"] == "off_session"
    assert "4242" not in repr(card)


async def test_stripe_is_told_an_opaque_id_of_the_person_and_nothing_else(
    stripe: Stripe, fake: FakeStripe
) -> None:
    await saved(stripe)
    [customer] = fake.books.of_kind("customer")
    assert customer.keys() == {"id", "object", "created", "metadata"}
    assert customer["metadata"] == {"account_id": ACCOUNT}


async def test_an_account_has_one_customer(stripe: Stripe, fake: FakeStripe, desk: Desk) -> None:
    await asyncio.gather(
        *(save(stripe, cards.OK, f"pm_{number}") for number in range(4)), return_exceptions=True
    )
    fake.forget_keys()
    for number in range(4):
        assert isinstance(await save(stripe, cards.OK, f"pm_{number}"), SavedMethod)
    assert len(fake.books.of_kind("customer")) == 1
    kept = select(func.count()).select_from(StripeCustomer)
    assert await desk.units.read(lambda read: read.scalar(kept)) == 1


async def test_a_repetition_saves_once(stripe: Stripe, fake: FakeStripe) -> None:
    fake.fail("/confirm", Fault.LOST_ANSWER)
    with pytest.raises(OutcomeUnknown):
        await save(stripe, cards.OK)
    first = await saved(stripe)
    assert await saved(stripe) == first
    assert len(fake.books.of_kind("setup_intent")) == 1


async def test_a_declined_card_is_not_saved(stripe: Stripe, fake: FakeStripe) -> None:
    for _ in range(2):
        assert await save(stripe, cards.DECLINED) == Declined(FailureCode.DECLINED, fake.now())
    assert await save(stripe, cards.NO_CARD, "pm_2") == Declined(FailureCode.DECLINED, fake.now())


async def test_a_bank_may_want_to_know_the_payer_once(stripe: Stripe, fake: FakeStripe) -> None:
    asked = await save(stripe, cards.ALWAYS_AUTHENTICATION)
    [setup] = fake.books.of_kind("setup_intent")
    assert isinstance(asked, NeedsStepUp)
    assert asked.client_secret == setup["client_secret"]
    assert await save(stripe, cards.ALWAYS_AUTHENTICATION) == asked
    fake.books.authenticate_setup(setup["id"])
    await saved(stripe, cards.ALWAYS_AUTHENTICATION)


async def test_a_forgotten_card_is_charged_no_more(stripe: Stripe, fake: FakeStripe) -> None:
    card = await saved(stripe)
    await stripe.forget_method(card.provider_reference)
    await stripe.forget_method(card.provider_reference)
    await stripe.forget_method("cus_0/pm_0")
    result = await stripe.charge(ChargeRequest("txn_1", EUR_100, method=card.provider_reference))
    assert isinstance(result, Declined)
    assert fake.books.charges == []


# ---- charging while nobody is there


async def test_a_saved_card_is_charged_off_session(stripe: Stripe, fake: FakeStripe) -> None:
    card = await saved(stripe)
    result = await stripe.charge(ChargeRequest("txn_1", EUR_100, method=card.provider_reference))
    assert isinstance(result, Succeeded)
    [intent] = fake.books.of_kind("payment_intent")
    assert f"{intent['customer']}/{intent['payment_method']}" == card.provider_reference


async def test_a_saved_card_may_be_declined_later(stripe: Stripe) -> None:
    card = await saved(stripe, cards.FAILS_LATER)
    result = await stripe.charge(ChargeRequest("txn_1", EUR_100, method=card.provider_reference))
    assert isinstance(result, Declined)
    assert result.code is FailureCode.DECLINED


async def test_a_bank_that_wants_the_payer_back_is_a_challenge_and_no_decline(
    stripe: Stripe, fake: FakeStripe
) -> None:
    card = await saved(stripe, cards.AUTHENTICATION)
    request = ChargeRequest("txn_1", EUR_100, method=card.provider_reference)
    asked = await stripe.charge(request)
    [intent] = fake.books.of_kind("payment_intent")
    assert isinstance(asked, NeedsStepUp)
    assert asked.client_secret == intent["client_secret"]
    assert await stripe.charge(request) == asked
    assert fake.books.charges == []
    fake.books.authenticate(intent["id"])
    assert isinstance(await stripe.find("txn_1"), Succeeded)


# ---- money back


async def paid(stripe: Stripe) -> None:
    assert isinstance(await stripe.charge(ChargeRequest("txn_1", EUR_100, cards.OK)), Succeeded)


async def test_a_refund_gives_back_once(stripe: Stripe, fake: FakeStripe) -> None:
    await paid(stripe)
    request = RefundRequest("txn_1", "ref_1", Money(2_500, Currency.EUR))
    fake.fail("refunds", Fault.LOST_REQUEST)
    with pytest.raises(OutcomeUnknown):
        await stripe.refund(request)
    first = await stripe.refund(request)
    assert isinstance(first, Succeeded)
    assert first.received_minor == 2_500
    fake.forget_keys()
    assert await stripe.refund(request) == first
    assert [refund["amount"] for refund in fake.books.of_kind("refund")] == [2_500]


async def test_more_than_was_paid_is_not_given_back(stripe: Stripe) -> None:
    await paid(stripe)
    assert isinstance(await stripe.refund(RefundRequest("txn_1", "ref_1", EUR_100)), Succeeded)
    refused = await stripe.refund(RefundRequest("txn_1", "ref_2", Money(1, Currency.EUR)))
    assert isinstance(refused, Declined)


async def test_a_refund_may_take_time_and_may_fail(stripe: Stripe, fake: FakeStripe) -> None:
    await paid(stripe)
    request = RefundRequest("txn_1", "ref_1", EUR_100)
    await stripe.refund(request)
    [refund] = fake.books.of_kind("refund")
    refund["status"] = "pending"
    assert isinstance(await stripe.refund(request), Processing)
    refund["status"] = "failed"
    assert isinstance(await stripe.refund(request), Declined)


async def test_what_was_never_charged_is_not_given_back(stripe: Stripe, fake: FakeStripe) -> None:
    refused = await stripe.refund(RefundRequest("txn_1", "ref_1", EUR_100))
    assert refused == Declined(FailureCode.NOT_CHARGED, fake.now())
    assert fake.asked == []
