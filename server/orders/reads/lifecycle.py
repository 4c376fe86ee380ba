"""What an account would lose of its orders by closing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from server.accounts.rules.closing import Loss, LossKind
from server.kit.work import Read
from server.orders.model import Order
from server.orders.rules.status import OrderStatus

LISTED_MAX = 500


def losses(read: Read, account_id: str) -> Sequence[Loss]:
    """Paid jobs that are not done: how many of their units are left. Credits that were bought are in the wallet."""
    query = (
        select(Order.id, Order.quantity, Order.fulfilled)
        .where(
            Order.account_id == account_id,
            Order.status == OrderStatus.ACTIVE.value,
            Order.credit_unit.is_(None),
        )
        .order_by(Order.id)
        .limit(LISTED_MAX)
    )
    return [
        Loss(LossKind.ORDER.value, None, row.quantity - row.fulfilled, row.id) for row in read.rows(query)
    ]
