"""Invoices, credit notes and receipts as they were issued, and what an account was billed in twelve months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson
from sqlalchemy import bindparam, case, func, select

from server.kit.crypto import Shredded
from server.kit.db import Prepared
from server.kit.work import Read
from server.orders.model import Invoice
from server.orders.rules.invoices import Customer, Line, Series, annual_bill_start
from server.orders.rules.invoicing_terms import Seller

CUSTOMER = "invoices.customer"
"""The sealed column, as the key store authenticates it."""

_invoices = Invoice.__table__.c


class InvoiceRow(NamedTuple):
    """A document: the columns of its table, by the same names."""

    id: str
    account_id: str
    series: str
    number: str
    seller: str
    year: int
    serial: int
    subject_id: str
    corrects_id: str | None
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    language: str
    lines: str
    seller_details: str
    customer: bytes | None
    period_start: datetime | None
    period_end: datetime | None
    payment_reference: str | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Billed:
    """What was invoiced in one currency, less what was credited."""

    currency: str
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class AnnualBill:
    """What an account was billed after `start` and until `end`, both 12 months apart (M102)."""

    start: datetime
    end: datetime
    billed: Sequence[Billed]


def invoice(read: Read, invoice_id: str) -> InvoiceRow | None:
    return invoices(read, [invoice_id]).get(invoice_id)


def invoices(read: Read, invoice_ids: Iterable[str]) -> Mapping[str, InvoiceRow]:
    """Those of these documents that there are, by id."""
    query = select(*columns).where(_invoices.id.in_(sorted(set(invoice_ids))))
    return {row.id: InvoiceRow._make(row) for row in read.rows(query)}


def invoice_by_number(read: Read, number: str) -> InvoiceRow | None:
    row = read.first(select(*columns).where(_invoices.number == number))
    return InvoiceRow._make(row) if row is not None else None


def invoice_of_subject(read: Read, series: Series, subject_id: str) -> InvoiceRow | None:
    """The document of that kind about an order, a plan's period, a top-up."""
    found = _of_subject.rows(read.connection, InvoiceRow._make, series=series.value, subject_id=subject_id)
    return found[0] if found else None


def receipts_of_payment(read: Read, account_id: str, transaction_id: str) -> Sequence[InvoiceRow]:
    """The receipts of a payment, the newest first: more than one where it went and came back."""
    query = select(*columns).where(
        _invoices.account_id == account_id,
        _invoices.series == Series.RECEIPT.value,
        _invoices.payment_reference == transaction_id,
        _invoices.corrects_id.is_(None),
    )
    return [InvoiceRow._make(row) for row in read.rows(query.order_by(_invoices.id.desc()))]


def invoices_of_account(
    read: Read, account_id: str, series: Series | None, before_id: str | None, limit: int
) -> Sequence[InvoiceRow]:
    """The account's documents, newest first, those older than `before_id` when it is given."""
    query = select(*columns).where(_invoices.account_id == account_id)
    if series is not None:
        query = query.where(_invoices.series == series.value)
    if before_id is not None:
        query = query.where(_invoices.id < before_id)
    return [InvoiceRow._make(row) for row in read.rows(query.order_by(_invoices.id.desc()).limit(limit))]


def corrected_minor(read: Read, invoice_id: str) -> int:
    """How much of a document, gross, was taken back by others."""
    query = select(func.sum(_invoices.gross_minor)).where(_invoices.corrects_id == invoice_id)
    return int(read.scalar(query) or 0)


def annual_bill(read: Read, account_id: str) -> AnnualBill:
    """What the account was billed in the last 12 months, which caps the liability towards it (M102)."""
    start, end = annual_bill_start(read.now), read.now
    sign = case((_invoices.series == Series.CREDIT_NOTE.value, -1), else_=1)
    query = (
        select(
            _invoices.currency,
            func.sum(_invoices.net_minor * sign).label("net"),
            func.sum(_invoices.tax_minor * sign).label("tax"),
        )
        .where(
            _invoices.account_id == account_id,
            _invoices.issued_at > start,
            _invoices.issued_at <= end,
            _invoices.series.in_([Series.INVOICE.value, Series.CREDIT_NOTE.value]),
        )
        .group_by(_invoices.currency)
        .order_by(_invoices.currency)
    )
    return AnnualBill(
        start, end, [Billed(row.currency, int(row.net), int(row.tax)) for row in read.rows(query)]
    )


def lines_of(row: InvoiceRow) -> Sequence[Line]:
    return [Line.restore(line) for line in orjson.loads(row.lines)]


def seller_of(row: InvoiceRow) -> Seller:
    details = orjson.loads(row.seller_details)
    return Seller(**(details | {"address": tuple(details["address"])}))


def customer_of(read: Read, row: InvoiceRow) -> Customer | None:
    """Whom the document is addressed to; None when nothing was known, or its retention has ended (M120)."""
    if row.customer is None:
        return None
    try:
        return Customer(**orjson.loads(read.open(CUSTOMER, row.customer)))
    except Shredded:
        return None


columns = [_invoices[name] for name in InvoiceRow._fields]
"""The columns of an InvoiceRow, for who selects one under a lock."""
_of_subject = Prepared(
    select(*columns).where(
        _invoices.series == bindparam("series"), _invoices.subject_id == bindparam("subject_id")
    )
)
