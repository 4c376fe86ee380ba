"""Tables of orders. Amounts are integers in minor units of the order's currency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed
from server.orders.model.auto_top_up import AutoTopUp, AutoTopUpRun, AutoTopUpSwitch
from server.orders.model.invoices import Invoice, InvoiceSeries, OpenUsage
from server.orders.model.tax import PriceChange, VatNumber

__all__ = [
    "AutoTopUp",
    "AutoTopUpRun",
    "AutoTopUpSwitch",
    "Invoice",
    "InvoiceSeries",
    "OpenUsage",
    "Order",
    "PriceChange",
    "RegistryEntry",
    "VatNumber",
]


class RegistryEntry(Base):
    """The register of executed orders: a unique id and the operational parameters (Q009).

    `orders` refers to it, so the database itself lets no order exist without its entry.
    """

    __tablename__ = "order_registry"
    order_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    parameters: Mapped[bytes] = mapped_column(Sealed)
    registered_at: Mapped[datetime] = mapped_column(Instant)


class Order(Base):
    """What an account bought, at the price and rate of exchange of that moment.

    `unit_price_minor` buys `priced_units` of `quantity`; `fx_numerator / fx_denominator` is what one minor unit of
    `currency` was in the fee currency. `fulfilled` counts up to `quantity` (Q013). What is paid, and split at a
    cancellation, is the gross amount: net and tax (M029).
    """

    __tablename__ = "orders"
    id: Mapped[str] = mapped_column(String(40), ForeignKey("order_registry.order_id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(12))
    product: Mapped[str] = mapped_column(String(40))
    quantity: Mapped[int] = mapped_column(BigInteger)
    fulfilled: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    priced_units: Mapped[int] = mapped_column(BigInteger)
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_rate_basis_points: Mapped[int] = mapped_column(Integer, server_default="0")
    tax_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    tax_treatment: Mapped[str] = mapped_column(String(20), server_default="OUTSIDE_SCOPE")
    credit_unit: Mapped[str | None] = mapped_column(String(8))
    credits: Mapped[int] = mapped_column(BigInteger)
    fx_numerator: Mapped[int] = mapped_column(BigInteger)
    fx_denominator: Mapped[int] = mapped_column(BigInteger)
    payment_transfer_id: Mapped[str | None] = mapped_column(String(40))
    cancel_reason: Mapped[str | None] = mapped_column(String(20))
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refund_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refund_transfer_id: Mapped[str | None] = mapped_column(String(40))
    placed_at: Mapped[datetime] = mapped_column(Instant)
    activated_at: Mapped[datetime | None] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("net_minor > 0", name="net_positive"),
        CheckConstraint("fulfilled >= 0 AND fulfilled <= quantity", name="fulfilled_within_quantity"),
        CheckConstraint("fee_minor >= 0 AND refund_minor >= 0", name="settlement_not_negative"),
        CheckConstraint("tax_minor >= 0", name="tax_not_negative"),
        CheckConstraint("fee_minor + refund_minor <= net_minor + tax_minor", name="settlement_within_gross"),
        Index(None, "account_id", "id"),
        Index(None, "account_id", "status", "id"),
    )
