"""Tables of orders. Amounts are integers in minor units of the order's currency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


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


class VatNumber(Base):
    """By which an account is a business to the tax office. `country` (ISO 3166-1) issued it; `validated_by` says how
    far it was looked at."""

    __tablename__ = "vat_numbers"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[bytes] = mapped_column(Sealed)
    country: Mapped[str] = mapped_column(String(2))
    validated_by: Mapped[str] = mapped_column(String(12))
    set_at: Mapped[datetime] = mapped_column(Instant)


class PriceChange(Base):
    """A price that was announced: from `effective_at` on it takes the place of the one in the terms (M033).

    Rows are never changed: of those that a product has in one currency, the newest that is in effect holds.
    """

    __tablename__ = "price_changes"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    product: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(20))
    announced_at: Mapped[datetime] = mapped_column(Instant)
    effective_at: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[str] = mapped_column(String(40))
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index(None, "currency", "product", "effective_at"),
    )


class InvoiceSeries(Base):
    """The last number given in a series. Its row is the lock under which documents are numbered without a gap."""

    __tablename__ = "invoice_series"
    seller: Mapped[str] = mapped_column(String(40), primary_key=True)
    series: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last_serial: Mapped[int] = mapped_column(BigInteger)


class Invoice(Base):
    """An invoice, credit note or payment receipt, as it was issued: the database refuses to change one.

    All amounts are above 0 in the direction of the document: a credit note of 10 takes 10 back. `lines` and
    `seller_details` are JSON of that moment, and so is, sealed, `customer`. `subject_id` names what is billed, once
    a series; `corrects_id` is the document that this one takes back, in whole or in part.
    """

    __tablename__ = "invoices"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    series: Mapped[str] = mapped_column(String(12))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    seller: Mapped[str] = mapped_column(String(40))
    year: Mapped[int] = mapped_column(Integer)
    serial: Mapped[int] = mapped_column(BigInteger)
    subject_id: Mapped[str] = mapped_column(String(64))
    corrects_id: Mapped[str | None] = mapped_column(String(40), ForeignKey("invoices.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(35))
    lines: Mapped[str] = mapped_column(Text)
    seller_details: Mapped[str] = mapped_column(Text)
    customer: Mapped[bytes | None] = mapped_column(Sealed)
    period_start: Mapped[datetime | None] = mapped_column(Instant)
    period_end: Mapped[datetime | None] = mapped_column(Instant)
    payment_reference: Mapped[str | None] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("seller", "series", "year", "serial"),
        UniqueConstraint("series", "subject_id"),
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name="amounts_not_negative"),
        CheckConstraint("gross_minor = net_minor + tax_minor", name="gross_is_net_and_tax"),
        Index(None, "account_id", "id"),
        Index(None, "account_id", "issued_at"),
    )


# The migrations make the same, in their own words.
_IMMUTABLE = {
    "sqlite": (
        "CREATE TRIGGER invoices_immutable BEFORE UPDATE ON invoices "
        "BEGIN SELECT RAISE(ABORT, 'invoices are never changed'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION invoices_immutable() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'invoices are never changed'; END $$",
        "CREATE TRIGGER invoices_immutable BEFORE UPDATE ON invoices "
        "FOR EACH STATEMENT EXECUTE FUNCTION invoices_immutable()",
    ),
}
for _dialect, _statements in _IMMUTABLE.items():
    for _statement in _statements:
        event.listen(Invoice.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
