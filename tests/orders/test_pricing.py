"""Prices and charges: exact, within limits, refused with their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.money import Currency
from server.orders.rules import Terms
from server.orders.rules.items import (
    ApiCalls,
    CreditPackItem,
    EmailSend,
    EmailVerificationItem,
    Item,
    NumberLookupItem,
    Operation,
    Parameters,
    SmsSend,
    Usage,
)
from server.orders.rules.pricing import charges, metered_cost_minor, quote
from server.orders.rules.problems import (
    CountryInvalid,
    NotSoldInCurrency,
    ProductUnknown,
    QuantityOutOfRange,
    ReferenceInvalid,
)
from server.orders.rules.terms import CreditUnit, Metered

TERMS = Terms()


@pytest.mark.parametrize(
    ("currency", "net_minor"), [(Currency.USD, 60_00), (Currency.JPY, 9_000), (Currency.TND, 186_000)]
)
def test_a_pack_costs_its_price_in_the_currency(currency: Currency, net_minor: int) -> None:
    priced = quote(CreditPackItem("EMAIL_1K", 3), currency, TERMS)
    assert (priced.net_minor, priced.credits, priced.credit_unit) == (net_minor, 3_000, CreditUnit.EMAIL)


def test_the_price_list_is_whole() -> None:
    offered = set(TERMS.fx_to_fee_currency)
    for prices in [*(pack.prices for pack in TERMS.packs), *TERMS.metered.values()]:
        assert set(prices) == offered
        assert all(price > 0 for price in prices.values())
    assert {pack.unit for pack in TERMS.packs} == set(CreditUnit)


@pytest.mark.parametrize(
    ("item", "net_minor"),
    [
        (EmailVerificationItem(1_000, False, None), 4_00),
        (EmailVerificationItem(1_001, False, None), 4_00),
        (EmailVerificationItem(1_002, True, "spring"), 4_01),
        (NumberLookupItem(100, "CH"), 65),
    ],
)
def test_metered_jobs_are_rounded_half_up(item: Item, net_minor: int) -> None:
    assert quote(item, Currency.USD, TERMS).net_minor == net_minor


@given(units=st.integers(1, 10**7), price=st.integers(1, 10**6))
def test_a_metered_cost_is_within_half_a_minor_unit_of_the_exact_one(units: int, price: int) -> None:
    cost = metered_cost_minor(units, price)
    assert cost >= 1
    assert cost == 1 or abs(2 * (1000 * cost - units * price)) <= 1000


@pytest.mark.parametrize(
    ("item", "where"),
    [
        (CreditPackItem("EMAIL_1K", 0), "item.creditPack.packs"),
        (CreditPackItem("EMAIL_1K", 101), "item.creditPack.packs"),
        (CreditPackItem("EMAIL_1K", -1), "item.creditPack.packs"),
        (EmailVerificationItem(99, False, None), "item.emailVerification.addresses"),
        (NumberLookupItem(10_000_001, "CH"), "item.numberLookup.numbers"),
    ],
)
def test_quantities_have_limits(item: Item, where: str) -> None:
    with pytest.raises(QuantityOutOfRange) as caught:
        quote(item, Currency.USD, TERMS)
    assert caught.value.input_field == where
    assert caught.value.minimum < caught.value.maximum


@pytest.mark.parametrize(
    ("item", "currency", "refusal"),
    [
        (CreditPackItem("EMAIL_1M", 1), Currency.USD, ProductUnknown),
        (CreditPackItem("EMAIL_1K", 1), Currency.BRL, NotSoldInCurrency),
        (NumberLookupItem(100, "ch"), Currency.USD, CountryInvalid),
        (NumberLookupItem(100, "CHE"), Currency.USD, CountryInvalid),
        (EmailVerificationItem(100, False, "x" * 141), Currency.USD, ReferenceInvalid),
        (EmailVerificationItem(100, False, "two\nlines"), Currency.USD, ReferenceInvalid),
        (EmailVerificationItem(100, False, ""), Currency.USD, ReferenceInvalid),
    ],
)
def test_what_cannot_be_ordered(item: Item, currency: Currency, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        quote(item, currency, TERMS)


@pytest.mark.rule("M046")
@pytest.mark.parametrize(
    ("operation", "unit", "quantity"),
    [
        (EmailSend(250), "EMAIL", 250),
        (SmsSend(10, "US"), "SMS", 10),
        (SmsSend(10, "CH"), "SMS", 20),
        (SmsSend(10, "TN"), "SMS", 30),
        (SmsSend(10, "NZ"), "SMS", 50),
        (ApiCalls(Metered.NUMBER_LOOKUP, 1_000, Currency.EUR), "EUR", 610),
        (ApiCalls(Metered.EMAIL_VERIFICATION, 1, Currency.USD), "USD", 1),
    ],
)
def test_each_operation_is_charged_in_its_unit(operation: Operation, unit: str, quantity: int) -> None:
    (charge,) = charges([Usage(operation, "run-1")], TERMS)
    assert (charge.unit, charge.quantity) == (unit, quantity)


@pytest.mark.parametrize(
    ("entry", "refusal", "where"),
    [
        (Usage(EmailSend(0), "r"), QuantityOutOfRange, "entries.1.operation.emailSend.messages"),
        (Usage(SmsSend(-1, "CH"), "r"), QuantityOutOfRange, "entries.1.operation.smsSend.segments"),
        (Usage(SmsSend(1, "Schweiz"), "r"), CountryInvalid, "entries.1.operation.smsSend.country"),
        (
            Usage(ApiCalls(Metered.NUMBER_LOOKUP, 10**9, Currency.USD), "r"),
            QuantityOutOfRange,
            "entries.1.operation.apiCalls.calls",
        ),
        (
            Usage(ApiCalls(Metered.NUMBER_LOOKUP, 1, Currency.SEK), "r"),
            NotSoldInCurrency,
            "entries.1.operation.apiCalls.currency",
        ),
        (Usage(EmailSend(1), "someone@example.org"), ReferenceInvalid, "entries.1.reference"),
        (Usage(EmailSend(1), ""), ReferenceInvalid, "entries.1.reference"),
        (Usage(EmailSend(1), "x" * 65), ReferenceInvalid, "entries.1.reference"),
    ],
)
def test_a_bad_entry_is_named(entry: Usage, refusal: type[Exception], where: str) -> None:
    with pytest.raises(refusal) as caught:
        charges([Usage(EmailSend(1), "good"), entry], TERMS)
    assert caught.value.input_field == where  # type: ignore[attr-defined]


@pytest.mark.parametrize("count", [0, 501])
def test_a_batch_has_limits(count: int) -> None:
    with pytest.raises(QuantityOutOfRange):
        charges([Usage(EmailSend(1), "run")] * count, TERMS)


@pytest.mark.rule("Q009")
@pytest.mark.parametrize(
    "item",
    [
        CreditPackItem("SMS_100", 2),
        EmailVerificationItem(500, True, "spring list"),
        NumberLookupItem(100, "CH"),
    ],
)
def test_parameters_survive_the_registry(item: Item) -> None:
    parameters = Parameters(item, "PO 17")
    assert Parameters.restore(parameters.document()) == parameters
