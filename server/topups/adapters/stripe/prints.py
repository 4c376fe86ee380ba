"""What is printed on a card, as far as Stripe tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

_BRAND_LENGTH_MAX = 20
_YEARS = range(2000, 2200)


class Printed(NamedTuple):
    """Scheme, last digits and end of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


def card_printed(method: Mapping[str, Any]) -> Printed:
    """Of a PaymentMethod. Raises KeyError, TypeError or ValueError when it is no card's."""
    card = method["card"]
    last4, month, year = card["last4"], card["exp_month"], card["exp_year"]
    if not isinstance(last4, str) or len(last4) > 4 or month not in range(1, 13) or year not in _YEARS:
        raise ValueError("no card")
    return Printed(str(card["brand"])[:_BRAND_LENGTH_MAX], last4, month, year)
