"""What plans, seats and fixed addresses cost at an instant: the price list of the terms, and what changed it (M033)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from server.kit.money import Currency
from server.kit.work import Read
from server.orders.reads.prices import PriceChangeRow, changed_prices
from server.plans.model import PlanSubscription
from server.plans.rules.fixed_ips import FixedIpTerms
from server.plans.rules.pricing import Priced, product_code, products
from server.plans.rules.status import Product, Status
from server.plans.rules.terms import Cycle, Terms


def list_prices(read: Read, code: str) -> Mapping[Currency, int] | None:
    """The prices in the terms of what has this product code; None when it is nothing of plans."""
    found = _products(read).get(code)
    return found.prices if found is not None else None


def priced(read: Read, code: str) -> Priced | None:
    """What has this product code; None when it is nothing of plans."""
    return _products(read).get(code)


def unit_price_at(
    read: Read, product: Product, plan: str, cycle: Cycle, currency: Currency, instant: datetime
) -> int:
    """The net price of one cycle, in minor units. Raises LookupError for what the catalog has not, or no longer."""
    code = product_code(product, plan, cycle)
    found = _products(read).get(code)
    if found is None or currency not in found.prices:
        raise LookupError(f"the catalog has no {code} in {currency.code} any more")
    changed = changed_prices(read, [currency], instant)
    return changed.get((code, currency.code), found.prices[currency])


def concerned(read: Read, change: PriceChangeRow, after_id: str, limit: int) -> Sequence[tuple[str, str]]:
    """The subscriptions that will renew at a price that was announced, as (id, account), from behind `after_id`."""
    of = _products(read).get(change.product)
    if of is None:
        return []
    query = select(PlanSubscription.id, PlanSubscription.account_id).where(
        _renews_as(of),
        PlanSubscription.currency == change.currency,
        PlanSubscription.status == Status.ACTIVE.value,
        PlanSubscription.id > after_id,
    )
    rows = read.rows(query.order_by(PlanSubscription.id).limit(limit))
    return [(row.id, row.account_id) for row in rows]


def _renews_as(of: Priced) -> ColumnElement[bool]:
    this = PlanSubscription.product == of.product.value
    if of.product is Product.FIXED_IP:
        return this
    plan = func.coalesce(PlanSubscription.next_plan, PlanSubscription.plan)
    cycle = func.coalesce(PlanSubscription.next_cycle, PlanSubscription.cycle)
    return this & (plan == of.plan) & (cycle == of.cycle.name)


def _products(read: Read) -> Mapping[str, Priced]:
    return products(read.terms(Terms), read.terms(FixedIpTerms))
