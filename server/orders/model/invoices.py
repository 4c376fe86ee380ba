"""Tables of invoices, credit notes and receipts. Amounts are minor units of the row's currency."""

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


class InvoiceSeries(Base):
    """The last number given in a series. Its row is the lock under which documents are numbered without a gap."""

    __tablename__ = "invoice_series"
    seller: Mapped[str] = mapped_column(String(40), primary_key=True)
    series: Mapped[str] = mapped_column(String(12), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    last_serial: Mapped[int] = mapped_column(BigInteger)


class Invoice(Base):
    """An invoice, credit note or payment receipt, as it was issued: the database refuses to change one, but for the
    pseudonym that an erasure puts in the customer's place.

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


class OpenUsage(Base):
    """What was used and paid with money in a month, in UTC, and is not invoiced yet: a sum for each kind of it.

    `unit_price_minor` is the price of as many calls as metered prices are for.
    """

    __tablename__ = "open_usage"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    month: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    product: Mapped[str] = mapped_column(String(40), primary_key=True)
    rate_basis_points: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    treatment: Mapped[str] = mapped_column(String(20), primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)


# The migrations make the same, in their own words.
_FIXED = (
    "id, series, number, seller, year, serial, subject_id, corrects_id, currency, net_minor, tax_minor, gross_minor, "
    "language, lines, seller_details, period_start, period_end, payment_reference, issued_at"
)
_ERASES = "OLD.account_id NOT LIKE 'psn%' AND NEW.account_id LIKE 'psn%' AND NEW.customer IS NULL"
"""The only change there is: an erasure puts a pseudonym in the place of the customer, once (C1)."""
_ABORT = "BEGIN SELECT RAISE(ABORT, 'invoices are never changed'); END"
_CALL = "EXECUTE FUNCTION invoices_immutable()"
_IMMUTABLE = {
    "sqlite": (
        f"CREATE TRIGGER invoices_immutable BEFORE UPDATE OF {_FIXED} ON invoices {_ABORT}",
        "CREATE TRIGGER invoices_keep_customer BEFORE UPDATE OF account_id, customer ON invoices "
        f"WHEN NOT ({_ERASES}) {_ABORT}",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION invoices_immutable() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'invoices are never changed'; END $$",
        f"CREATE TRIGGER invoices_immutable BEFORE UPDATE OF {_FIXED} ON invoices FOR EACH STATEMENT {_CALL}",
        "CREATE TRIGGER invoices_keep_customer BEFORE UPDATE OF account_id, customer ON invoices "
        f"FOR EACH ROW WHEN (NOT ({_ERASES})) {_CALL}",
    ),
}
for _dialect, _statements in _IMMUTABLE.items():
    for _statement in _statements:
        event.listen(Invoice.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
