"""Checks of the ledger, of orders, and of prices."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, or_, select

from server.checks.looking import WRONG_MAX, look
from server.kit.work import Read
from server.orders.model import Order
from server.orders.model.auto_top_up import AutoTopUp
from server.orders.model.tax import PriceChange
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.status import OrderStatus
from server.policy.rules.checking import Check, Finding, finding
from server.topups.model import PaymentMethod
from server.topups.rules.methods import MethodStatus
from server.wallet.model import Posting, Wallet


def ledger_sums(read: Read) -> Finding:
    """Each balance is the sum of its postings, and what is held the sum of its holds (Q013)."""
    posted, held = (
        func.coalesce(func.sum(Posting.posted_delta), 0),
        func.coalesce(func.sum(Posting.held_delta), 0),
    )
    query = (
        select(Wallet.id)
        .outerjoin(Posting, Posting.wallet_id == Wallet.id)
        .group_by(Wallet.id, Wallet.posted, Wallet.held)
        .having(or_(posted != Wallet.posted, held != Wallet.held))
        .limit(WRONG_MAX)
    )
    total = int(read.scalar(select(func.count()).select_from(Wallet)) or 0)
    return finding(total, "wallets", sorted(read.connection.execute(query).scalars()))


def orders_paid(read: Read) -> Finding:
    """No order is active or completed without the posting that paid it (M030)."""
    begun = Order.status.in_([OrderStatus.ACTIVE.value, OrderStatus.COMPLETED.value])
    return look(read, "orders", Order, Order.id, begun & Order.payment_transfer_id.is_(None))


def cancellation_fees(read: Read) -> Finding:
    """No cancellation cost a fee that was not the customer's error, or more than the amount (M077 to M080)."""
    blameless = or_(
        Order.cancel_reason.is_(None), Order.cancel_reason != CancellationReason.CUSTOMER_ERROR.value
    )
    too_much = Order.fee_minor > Order.net_minor + Order.tax_minor
    return look(read, "orders", Order, Order.id, (Order.fee_minor > 0) & (blameless | too_much))


def auto_top_ups_have_cards(read: Read) -> Finding:
    """No automatic top-up is active without a valid payment method (M053)."""
    named = PaymentMethod.id == AutoTopUp.method_id
    default = (
        AutoTopUp.method_id.is_(None)
        & (PaymentMethod.account_id == AutoTopUp.account_id)
        & PaymentMethod.is_default.is_(True)
    )
    valid = select(PaymentMethod.id).where(named | default, PaymentMethod.status == MethodStatus.ACTIVE.value)
    active = AutoTopUp.enabled.is_(True) & AutoTopUp.suspension.is_(None)
    return look(read, "automatic top-ups", AutoTopUp, AutoTopUp.id, active & ~valid.exists())


def prices_from_month_start(read: Read) -> Finding:
    """Every price took, or takes, effect with the first instant of a month (M033)."""
    rows = read.rows(
        select(PriceChange.id, PriceChange.effective_at).order_by(PriceChange.id.desc()).limit(10 * WRONG_MAX)
    )
    wrong = [
        row.id
        for row in rows
        if row.effective_at != row.effective_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ]
    return finding(len(rows), "prices", wrong)


CHECKS: Mapping[str, Check] = {
    "ledger_sums": ledger_sums,
    "orders_paid": orders_paid,
    "cancellation_fees": cancellation_fees,
    "auto_top_ups_have_cards": auto_top_ups_have_cards,
    "prices_from_month_start": prices_from_month_start,
}
