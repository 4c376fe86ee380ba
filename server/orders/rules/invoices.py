"""Who invoices whom, under which number, and what the customer is billed in twelve months (M001, M029, M102)."""

from __future__ import annotations

import calendar
from datetime import datetime
from enum import Enum

from server.orders.rules.invoicing_terms import Seller


class Series(Enum):
    """The kinds of documents; each is numbered by itself."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"
    RECEIPT = "RECEIPT"


_INFIX = {Series.INVOICE: "", Series.CREDIT_NOTE: "CN-", Series.RECEIPT: "RC-"}


def document_number(seller: Seller, series: Series, year: int, serial: int) -> str:
    """`CH-2026-000123`, `CH-CN-2026-000001`, `CH-RC-2026-000001`: unique among all documents."""
    return f"{seller.prefix}-{_INFIX[series]}{year}-{serial:06d}"


def year_of(issued_at: datetime) -> int:
    """The year in whose series a document is numbered: that of its issue in UTC, for all entities alike."""
    return issued_at.year


def annual_bill_start(now: datetime) -> datetime:
    """The instant 12 months before, which itself is outside: a monthly bill falls into 12 of them, never 13 (M102).

    From 29 February it is the 28th of the year before.
    """
    last_day = calendar.monthrange(now.year - 1, now.month)[1]
    return now.replace(year=now.year - 1, day=min(now.day, last_day))
