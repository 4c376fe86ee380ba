"""What things cost at an instant: the price list of the terms, and the changes that were announced to it (M033)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from server.kit.clock import to_micros
from server.kit.db import Prepared
from server.kit.money import Currency
from server.kit.work import Read
from server.orders.model import PriceChange
from server.orders.rules import Terms
from server.orders.rules.price_changes import Changed, base_price
from server.orders.rules.terms import Prices

_changes = PriceChange.__table__.c


@dataclass(frozen=True, slots=True)
class PriceLists:
    """The price lists of later slices: each gives the prices of a product code, None for what is not its own.

    app.py names them, so that their prices are announced and looked up like those of orders.
    """

    lists: tuple[Callable[[Read, str], Prices | None], ...] = ()

    def prices(self, read: Read, product: str) -> Prices | None:
        found = (prices_of(read, product) for prices_of in self.lists)
        return next((prices for prices in found if prices is not None), None)


class PriceChangeRow(NamedTuple):
    """An announced price: the columns of its table, by the same names, but for who set it."""

    id: str
    product: str
    currency: str
    amount_minor: int
    reason: str
    announced_at: datetime
    effective_at: datetime


def price_at(read: Read, product: str, currency: Currency, instant: datetime) -> int:
    """The net price in minor units. Raises ProductUnknown, NotSoldInCurrency."""
    elsewhere = read.terms(PriceLists).prices(read, product)
    base = base_price(product, currency, read.terms(Terms), elsewhere)
    return changed_prices(read, [currency], instant).get((product, currency.code), base)


def changed_prices(read: Read, currencies: Iterable[Currency], instant: datetime) -> Changed:
    """The changes that are in effect at an instant: one query a currency."""
    found: dict[tuple[str, str], int] = {}
    for currency in currencies:
        rows = _in_effect.run(read.connection, of_currency=currency.code, instant=to_micros(instant))
        found.update({(product, currency.code): amount_minor for product, amount_minor in rows})
    return found


def next_prices(read: Read, currency: Currency) -> Mapping[str, PriceChangeRow]:
    """The changes of one currency that are announced and not in effect yet, by product."""
    rows = _announced.rows(
        read.connection, PriceChangeRow._make, of_currency=currency.code, instant=to_micros(read.now)
    )
    return {row.product: row for row in rows}


def price_changes(
    read: Read, currency: Currency | None, upcoming: bool, before_id: str | None, limit: int
) -> Sequence[PriceChangeRow]:
    """Announced prices, newest first, those older than `before_id` when it is given; one that a later
    announcement replaced is among them. With `upcoming` only those that are not in effect yet."""
    query = select(*_columns).order_by(_changes.id.desc()).limit(limit)
    if currency is not None:
        query = query.where(_changes.currency == currency.code)
    if upcoming:
        query = query.where(_changes.effective_at > read.now)
    if before_id is not None:
        query = query.where(_changes.id < before_id)
    return [PriceChangeRow._make(row) for row in read.rows(query)]


def price_change(read: Read, change_id: str) -> PriceChangeRow | None:
    row = read.first(select(*_columns).where(_changes.id == change_id))
    return PriceChangeRow._make(row) if row is not None else None


_columns = [_changes[name] for name in PriceChangeRow._fields]
# Ids sort by the time they were made: the greatest one of a product is what was announced last.
_newest = (
    select(func.max(_changes.id))
    .where(_changes.currency == bindparam("of_currency"))
    .group_by(_changes.product)
)
_in_effect = Prepared(
    select(_changes.product, _changes.amount_minor).where(
        _changes.id.in_(_newest.where(_changes.effective_at <= bindparam("instant")))
    )
)
_announced = Prepared(
    select(*_columns).where(_changes.id.in_(_newest.where(_changes.effective_at > bindparam("instant"))))
)
