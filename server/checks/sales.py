"""Checks of what was sold: registered, taxed, invoiced; and of what was given back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from server.checks.looking import NEWEST_MAX, WRONG_MAX, look, since_in_force
from server.kit.work import Read
from server.orders.model import AutoTopUpRun, Invoice, Order, PriceChange, RegistryEntry
from server.orders.rules.cancellation import CancellationReason, cancellation_fee
from server.orders.rules.status import OrderStatus
from server.orders.rules.tax import BASIS_POINTS
from server.orders.rules.terms import FxRate, Terms
from server.plans.model import PlanCharge
from server.plans.rules.status import ChargeStatus
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.publishing import Published
from server.wallet.model import Posting, Wallet
from server.wallet.rules import CREDIT_UNITS, PostingKind

_cancelled = Order.status == OrderStatus.CANCELLED.value
_CREDITING = (PostingKind.ORDER_CREDITS.value, PostingKind.ORDER_CANCELLED.value)
_PAYING = (PostingKind.ORDER.value, PostingKind.ORDER_CREDITS.value)


def orders_registered(read: Read) -> Finding:
    """Every order is in the register, and nothing was paid for an order that is not there (Q009)."""
    entry = select(RegistryEntry.order_id).where(
        RegistryEntry.order_id == Order.id, RegistryEntry.registered_at == Order.placed_at
    )
    ordered = select(Order.id).where(Order.id == Posting.reference)
    unknown = select(Posting.reference).where(Posting.kind.in_(_PAYING), ~ordered.exists()).limit(WRONG_MAX)
    return combined(
        {
            "orders": look(read, "orders", Order, Order.id, ~entry.exists()),
            "payments": finding(0, "payments of orders", sorted(read.execute(unknown).scalars())),
        }
    )


def sales_taxed(read: Read) -> Finding:
    """What is paid is the price and, beside it, the tax at its rate, of orders and of subscriptions (M029)."""

    def wrong(table: type[Order] | type[PlanCharge], rate: Any) -> ColumnElement[bool]:
        off: ColumnElement[bool] = (
            func.abs(BASIS_POINTS * table.tax_minor - table.net_minor * rate) > BASIS_POINTS
        )
        return off

    of_orders = wrong(Order, Order.tax_rate_basis_points)
    of_plans = wrong(PlanCharge, PlanCharge.rate_basis_points)
    return combined(
        {
            "orders": look(read, "orders", Order, Order.id, of_orders),
            "cycles": look(read, "cycles", PlanCharge, PlanCharge.id, of_plans),
        }
    )


def sales_invoiced(read: Read) -> Finding:
    """Whatever was paid was billed, so that what was billed in a year is known (M102)."""
    of_order = select(Invoice.id).where(Invoice.subject_id == Order.id)
    paid = Order.payment_transfer_id.is_not(None)
    unbilled = (PlanCharge.status == ChargeStatus.PAID.value) & PlanCharge.invoice_id.is_(None)
    return combined(
        {
            "orders": look(read, "orders", Order, Order.id, paid & ~of_order.exists()),
            "cycles": look(read, "cycles", PlanCharge, PlanCharge.id, unbilled),
        }
    )


def price_reasons_listed(read: Read) -> Finding:
    """No price was changed for another reason than those that the policy lists (M034)."""
    listed = [reason.upper() for reason in read.terms(Published).profile.value("price.change.reasons")]
    return look(read, "prices", PriceChange, PriceChange.id, PriceChange.reason.not_in(listed))


def cancellations_at_order_rate(read: Read) -> Finding:
    """The fee of a cancellation is what the policy says at the order's own rate of exchange (C28); of the newest."""
    charged = _cancelled & (Order.fee_minor > 0) & (Order.cancelled_at >= since_in_force(read))
    rows = read.rows(select(Order.__table__).where(charged).order_by(Order.id.desc()).limit(NEWEST_MAX))
    terms = read.terms(Terms).cancellation

    def fee(row: Row[Any]) -> int:
        rate = FxRate(row.fx_numerator, row.fx_denominator)
        return cancellation_fee(row.net_minor, CancellationReason.CUSTOMER_ERROR, rate, terms)

    return finding(len(rows), "fees", [row.id for row in rows if row.fee_minor != fee(row)])


def refunds_before_use(read: Read) -> Finding:
    """Nothing was given back for an order of which anything was used: a job that had begun, or credits of which not all
    went back (M084, C6); of the newest."""
    refunded = select(Order.id, Order.credit_unit, Order.fulfilled).where(
        _cancelled, Order.refund_transfer_id.is_not(None)
    )
    rows = read.rows(refunded.order_by(Order.id.desc()).limit(WRONG_MAX))
    bought = [row.id for row in rows if row.credit_unit is not None]
    # One look at the postings for all of these orders: a wallet may have a million.
    moved = (
        select(Posting.reference, func.sum(Posting.posted_delta).label("left"))
        .join(Wallet.__table__, Wallet.id == Posting.wallet_id)
        .where(Wallet.unit.in_(CREDIT_UNITS), Posting.kind.in_(_CREDITING), Posting.reference.in_(bought))
        .group_by(Posting.reference)
    )
    left = {row.reference: row.left for row in read.rows(moved)}
    wrong = [row.id for row in rows if (left.get(row.id) if row.id in bought else row.fulfilled)]
    return finding(len(rows), "refunded orders", wrong)


def prepaid_not_refunded(read: Read) -> Finding:
    """No credits were taken back for money but by the cancellation of their order (M049)."""
    of_order = select(Order.id).where(Order.id == Posting.reference, _cancelled)
    back = (Posting.kind == PostingKind.ORDER_CANCELLED.value) & ~of_order.exists()
    wrong = read.execute(select(Posting.reference).where(back).limit(WRONG_MAX)).scalars()
    total = int(read.scalar(select(func.count()).select_from(Order).where(_cancelled)) or 0)
    return finding(total, "cancelled orders", sorted(wrong))


def automatic_not_refunded(read: Read) -> Finding:
    """Where the policy says so, nothing was given back for what an automatic top-up ordered (M054)."""
    if read.terms(Terms).auto_top_up.refundable:
        return finding(0, "automatic top-ups", [])
    refunded = select(Order.id).where(Order.id == AutoTopUpRun.order_id, Order.refund_minor > 0)
    return look(read, "automatic top-ups", AutoTopUpRun, AutoTopUpRun.id, refunded.exists())


CHECKS: Mapping[str, Check] = {
    "orders_registered": orders_registered,
    "sales_taxed": sales_taxed,
    "sales_invoiced": sales_invoiced,
    "price_reasons_listed": price_reasons_listed,
    "cancellations_at_order_rate": cancellations_at_order_rate,
    "refunds_before_use": refunds_before_use,
    "prepaid_not_refunded": prepaid_not_refunded,
    "automatic_not_refunded": automatic_not_refunded,
}
