"""Amounts go to Stripe and come back exactly, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.money import Currency, Money
from server.topups.adapters.stripe.amounts import AmountUnsupported, from_stripe, to_stripe


@given(st.integers(1, 10**12), st.sampled_from(Currency))
def test_what_is_sent_is_what_comes_back(minor: int, currency: Currency) -> None:
    whole = minor * 10 if currency is Currency.TND else minor
    assert from_stripe(*to_stripe(Money(whole, currency))) == Money(whole, currency)


@pytest.mark.parametrize(
    "money",
    [Money(0, Currency.EUR), Money(-1, Currency.EUR), Money(12_345, Currency.TND), Money(1, Currency.TND)],
)
def test_what_no_card_can_carry_is_not_sent(money: Money) -> None:
    with pytest.raises(AmountUnsupported):
        to_stripe(money)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(1.5, "eur"), ("100", "eur"), (True, "eur"), (None, "eur"), (-1, "eur"), (1, "isk"), (1, None), (1, "")],
)
def test_what_makes_no_sense_is_not_taken(amount: Any, currency: Any) -> None:
    with pytest.raises(AmountUnsupported):
        from_stripe(amount, currency)
