"""When a new price applies (M033), why there is one (M034), and how far it may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from types import MappingProxyType

from server.kit.money import AmountError, Currency, to_minor
from server.orders.rules.problems import NotSoldInCurrency, PriceOutOfRange, ProductUnknown
from server.orders.rules.terms import Metered, Prices, Terms

Changed = Mapping[tuple[str, str], int]
"""The prices that took the place of those in the terms, in minor units, by product and currency."""
UNCHANGED: Changed = MappingProxyType({})


class PriceChangeReason(Enum):
    """What a price follows (M034)."""

    FX = "FX"
    INTENSIVE_USE = "INTENSIVE_USE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price that somebody wants to set, `amount` in whole units of the currency."""

    product: str
    currency: Currency
    amount: Decimal
    reason: PriceChangeReason


def effective_at(announced_at: datetime) -> datetime:
    """The first instant, in UTC, of the month after the one in which a price is set (M033)."""
    set_on = announced_at.astimezone(UTC)
    years, month = divmod(set_on.month, 12)
    return datetime(set_on.year + years, month + 1, 1, tzinfo=UTC)


def base_price(product: str, currency: Currency, terms: Terms, elsewhere: Prices | None = None) -> int:
    """The price in the terms, in minor units; `elsewhere` are the prices of what this slice does not sell itself.

    Raises ProductUnknown, NotSoldInCurrency.
    """
    prices = _prices_of(product, terms) or elsewhere
    if prices is None:
        raise ProductUnknown(product[:40], "product")
    if currency not in prices:
        raise NotSoldInCurrency(currency.code, "currency")
    return prices[currency]


def new_price_minor(price: NewPrice, current_minor: int, terms: Terms) -> int:
    """The new price in minor units. Raises PriceOutOfRange: a price is more than nothing, as precise as its
    currency, and within `price_change_factor_max` of the one it replaces, up or down."""
    factor = terms.price_change_factor_max
    minimum, maximum = max(1, current_minor // factor), current_minor * factor
    try:
        minor = to_minor(price.amount, price.currency)
    except AmountError:
        minor = 0
    if not minimum <= minor <= maximum:
        raise PriceOutOfRange(price.currency.code, minimum, maximum)
    return minor


def _prices_of(product: str, terms: Terms) -> Prices | None:
    for pack in terms.packs:
        if pack.code == product:
            return pack.prices
    return terms.metered[Metered[product]] if product in Metered.__members__ else None
