"""Amounts: integers in minor units inside, exact decimal strings outside, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

AMOUNT_MINOR_MAX = 10**15
"""No single amount or balance may pass this: it keeps every sum of a wallet inside 64 bits."""


class Currency(Enum):
    """The currencies that a deployment can sell in; the value is the number of decimals (ISO 4217)."""

    AUD = ("AUD", 2)
    BRL = ("BRL", 2)
    CAD = ("CAD", 2)
    CHF = ("CHF", 2)
    CZK = ("CZK", 2)
    DKK = ("DKK", 2)
    EUR = ("EUR", 2)
    GBP = ("GBP", 2)
    JPY = ("JPY", 0)
    MXN = ("MXN", 2)
    NOK = ("NOK", 2)
    PLN = ("PLN", 2)
    SEK = ("SEK", 2)
    TND = ("TND", 3)
    USD = ("USD", 2)

    def __init__(self, code: str, decimals: int) -> None:
        self.code = code
        self.decimals = decimals


class AmountFault(Enum):
    """What is wrong with an amount that somebody sent."""

    NOT_A_NUMBER = "NOT_A_NUMBER"
    TOO_PRECISE = "TOO_PRECISE"
    TOO_LARGE = "TOO_LARGE"
    NEGATIVE = "NEGATIVE"


class AmountError(ValueError):
    """An amount that cannot be meant; `fault` says why."""

    def __init__(self, fault: AmountFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency. `minor` counts its smallest unit: 1050 with USD is 10.50."""

    minor: int
    currency: Currency

    def __str__(self) -> str:
        return f"{to_decimal(self.minor, self.currency)} {self.currency.code}"


def to_decimal(minor: int, currency: Currency) -> Decimal:
    """The amount in whole units, with exactly the currency's decimals."""
    return Decimal(minor).scaleb(-currency.decimals)


def to_minor(amount: Decimal, currency: Currency) -> int:
    """The amount in minor units. Raises AmountError when it is not finite, too precise, negative or too large."""
    if not amount.is_finite():
        raise AmountError(AmountFault.NOT_A_NUMBER)
    if amount < 0:
        raise AmountError(AmountFault.NEGATIVE)
    if amount.adjusted() > 18:
        raise AmountError(AmountFault.TOO_LARGE)
    scaled = amount.scaleb(currency.decimals)
    if scaled != scaled.to_integral_value():
        raise AmountError(AmountFault.TOO_PRECISE)
    if scaled > AMOUNT_MINOR_MAX:
        raise AmountError(AmountFault.TOO_LARGE)
    return int(scaled)


def parse_decimal(text: str) -> Decimal:
    """A plain decimal such as `-12.50`. Refuses exponents, NaN, infinities, blanks and over-long numbers."""
    plain = text.removeprefix("-")
    digits = plain.replace(".", "", 1)
    if not digits.isascii() or not digits.isdigit() or len(text) > 40 or plain[0] == "." or plain[-1] == ".":
        raise AmountError(AmountFault.NOT_A_NUMBER)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise AmountError(AmountFault.NOT_A_NUMBER) from None


def percent_half_up(minor: int, percent: int) -> int:
    """`percent` of a non-negative amount, rounded half up to the minor unit."""
    return (minor * percent + 50) // 100


def convert_half_up(minor: int, numerator: int, denominator: int) -> int:
    """A non-negative amount times an exact rate, rounded half up."""
    return (2 * minor * numerator + denominator) // (2 * denominator)
