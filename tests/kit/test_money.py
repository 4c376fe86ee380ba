"""Amounts are exact, and what cannot be meant is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.money import (
    AMOUNT_MINOR_MAX,
    AmountError,
    AmountFault,
    Currency,
    convert_half_up,
    parse_decimal,
    percent_half_up,
    to_decimal,
    to_minor,
)

currencies = st.sampled_from(list(Currency))


@given(minor=st.integers(0, AMOUNT_MINOR_MAX), currency=currencies)
def test_minor_units_and_decimals_are_the_same_amount(minor: int, currency: Currency) -> None:
    shown = to_decimal(minor, currency)
    assert to_minor(shown, currency) == minor
    assert to_minor(parse_decimal(format(shown, "f")), currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "fault"),
    [
        ("10.001", Currency.EUR, AmountFault.TOO_PRECISE),
        ("0.5", Currency.JPY, AmountFault.TOO_PRECISE),
        ("-0.01", Currency.EUR, AmountFault.NEGATIVE),
        ("10000000000000.01", Currency.EUR, AmountFault.TOO_LARGE),
        ("9" * 30, Currency.EUR, AmountFault.TOO_LARGE),
        ("NaN", Currency.EUR, AmountFault.NOT_A_NUMBER),
        ("Infinity", Currency.EUR, AmountFault.NOT_A_NUMBER),
    ],
)
def test_impossible_amounts_are_refused(amount: str, currency: Currency, fault: AmountFault) -> None:
    with pytest.raises(AmountError) as caught:
        to_minor(Decimal(amount), currency)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    "text",
    ["", "1e5", "NaN", "-Infinity", "1.2.3", "1,5", ".5", "5.", " 5", "+5", "0x1", "٣", "1_000", "9" * 41],
)
def test_only_plain_decimals_parse(text: str) -> None:
    with pytest.raises(AmountError):
        parse_decimal(text)


@given(minor=st.integers(0, AMOUNT_MINOR_MAX), percent=st.integers(0, 100))
def test_percentages_round_half_up(minor: int, percent: int) -> None:
    exact = Decimal(minor) * percent / 100
    assert abs(Decimal(percent_half_up(minor, percent)) - exact) <= Decimal("0.5")
    assert percent_half_up(50, 1) == 1
    assert percent_half_up(49, 1) == 0


@given(minor=st.integers(0, AMOUNT_MINOR_MAX), rate=st.integers(1, 10**6), scale=st.integers(1, 10**6))
def test_conversions_round_half_up(minor: int, rate: int, scale: int) -> None:
    assert abs(convert_half_up(minor, rate, scale) * scale - minor * rate) * 2 <= scale
