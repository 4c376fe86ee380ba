"""Orders as they are, as they were, and what was ordered with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, func, select

from server.kit.crypto import Shredded
from server.kit.db import Prepared
from server.kit.work import Read
from server.orders.model import Order, RegistryEntry
from server.orders.rules.cancellation import CancellationReason, Settlement, settle
from server.orders.rules.items import Parameters, is_automatic
from server.orders.rules.problems import CreditsUsed, OrderNotCancellable
from server.orders.rules.status import OrderStatus, check_cancellable
from server.orders.rules.tax import Taxed, TaxTreatment
from server.orders.rules.terms import FxRate, Terms

PARAMETERS = "order_registry.parameters"
"""The sealed column, as the key store authenticates it."""

_orders = Order.__table__.c


class OrderRow(NamedTuple):
    """An order: the columns of its table, by the same names."""

    id: str
    account_id: str
    status: str
    product: str
    quantity: int
    fulfilled: int
    currency: str
    unit_price_minor: int
    priced_units: int
    net_minor: int
    tax_rate_basis_points: int
    tax_minor: int
    tax_treatment: str
    credit_unit: str | None
    credits: int
    fx_numerator: int
    fx_denominator: int
    payment_transfer_id: str | None
    cancel_reason: str | None
    fee_minor: int
    refund_minor: int
    refund_transfer_id: str | None
    placed_at: datetime
    activated_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None

    @property
    def taxed(self) -> Taxed:
        """The order's price with the tax of the moment it was placed."""
        treatment = TaxTreatment[self.tax_treatment]
        return Taxed(self.net_minor, self.tax_rate_basis_points, self.tax_minor, treatment)

    def settlement(self, reason: CancellationReason, terms: Terms) -> Settlement:
        """How what was paid is split when it is cancelled; nothing was paid while it is PENDING."""
        if OrderStatus(self.status) is not OrderStatus.ACTIVE:
            return Settlement(0, 0)
        fx = FxRate(self.fx_numerator, self.fx_denominator)
        return settle(self.net_minor, reason, fx, terms.cancellation, self.tax_minor)

    def settlements(self, terms: Terms) -> dict[CancellationReason, Settlement]:
        """The split for each reason; none when it cannot be cancelled, as far as the order itself shows."""
        if is_automatic(self.product) and not terms.auto_top_up.refundable:
            return {}
        try:
            is_credits = self.credit_unit is not None
            check_cancellable(OrderStatus(self.status), is_credits, self.quantity, self.fulfilled)
        except (OrderNotCancellable, CreditsUsed):
            return {}
        return {reason: self.settlement(reason, terms) for reason in CancellationReason}


def order(read: Read, account_id: str, order_id: str) -> OrderRow | None:
    """The order, None when it is not there or another account's (Q014)."""
    return orders(read, account_id, [order_id]).get(order_id)


def orders(read: Read, account_id: str, order_ids: Iterable[str]) -> Mapping[str, OrderRow]:
    """Those of these orders that the account has, by id."""
    query = select(*_columns).where(_orders.account_id == account_id, _orders.id.in_(list(order_ids)))
    return {row.id: OrderRow._make(row) for row in read.rows(query)}


def orders_of_account(
    read: Read, account_id: str, status: OrderStatus | None, before_id: str | None, limit: int
) -> Sequence[OrderRow]:
    """The account's orders, newest first, those older than `before_id` when it is given."""
    before = before_id if before_id is not None else _BEHIND_ALL
    if status is None:
        return _page.rows(read.connection, OrderRow._make, account_id=account_id, before=before, limit=limit)
    query = _page_query.where(_orders.status == status.value)
    rows = read.execute(query, {"account_id": account_id, "before": before, "limit": limit})
    return [OrderRow._make(row) for row in rows]


def pending_count(read: Read, account_id: str) -> int:
    """How many of the account's orders wait for payment."""
    waiting = (_orders.account_id == account_id) & (_orders.status == OrderStatus.PENDING.value)
    return read.scalar(select(func.count()).select_from(Order).where(waiting)) or 0


def parameters_of(read: Read, order_ids: Iterable[str]) -> Mapping[str, Parameters]:
    """The registered parameters (Q009) of these orders, opened together. Those whose key was destroyed are missing."""
    entries = RegistryEntry.__table__.c
    query = select(entries.order_id, entries.parameters).where(entries.order_id.in_(list(order_ids)))
    opened: dict[str, Parameters] = {}
    for row in read.rows(query):
        try:
            opened[row.order_id] = Parameters.restore(orjson.loads(read.open(PARAMETERS, row.parameters)))
        except Shredded:
            continue
    return opened


def as_of(row: OrderRow, status: OrderStatus, fulfilled: int) -> OrderRow:
    """The order as it was in an earlier status: what happened later is taken away again."""
    if status is OrderStatus.CANCELLED:
        return row
    past = row._replace(
        status=status.value,
        fulfilled=fulfilled,
        cancel_reason=None,
        fee_minor=0,
        refund_minor=0,
        refund_transfer_id=None,
        cancelled_at=None,
    )
    if status is not OrderStatus.COMPLETED:
        past = past._replace(completed_at=None)
    if status is OrderStatus.PENDING:
        past = past._replace(payment_transfer_id=None, activated_at=None)
    return past


_BEHIND_ALL = "ord_z"
"""Sorts behind every id of an order, in every collation."""
_columns = [_orders[name] for name in OrderRow._fields]
_page_query = (
    select(*_columns)
    .where(_orders.account_id == bindparam("account_id"), _orders.id < bindparam("before"))
    .order_by(_orders.id.desc())
    .limit(bindparam("limit"))
)
_page = Prepared(_page_query)
