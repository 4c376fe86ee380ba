"""Amounts as Stripe writes them, exactly (https://docs.stripe.com/currencies)."""

from __future__ import annotations

from server.kit.money import Currency, Money

_THREE_DECIMALS = 3


class AmountUnsupported(ValueError):
    """Stripe cannot charge this amount, or cannot have charged it."""


def to_stripe(money: Money) -> tuple[int, str]:
    """The amount in the currency's smallest unit, and the currency's code.

    That unit is our minor unit: yen have no decimals and dinars three. Raises AmountUnsupported for a dinar amount
    whose last digit is not 0, which card networks cannot carry.
    """
    if money.minor <= 0 or (money.currency.decimals == _THREE_DECIMALS and money.minor % 10):
        raise AmountUnsupported(str(money))
    return money.minor, money.currency.code.lower()


def from_stripe(amount: int, currency: str) -> Money:
    """Raises AmountUnsupported when it is no whole number of a currency that we sell in."""
    try:
        known = Currency[currency.upper()]
    except (KeyError, AttributeError):
        raise AmountUnsupported("currency") from None
    if type(amount) is not int or amount < 0:
        raise AmountUnsupported("amount")
    return Money(amount, known)
