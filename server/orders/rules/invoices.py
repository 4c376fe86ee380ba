"""What stands on an invoice: lines, totals and number; and what twelve months of them are (M029, M102)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

from server.orders.rules.invoicing_terms import Seller
from server.orders.rules.tax import Taxed, TaxTreatment


class Series(Enum):
    """The kinds of documents; each is numbered by itself."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"
    RECEIPT = "RECEIPT"


_INFIX = {Series.INVOICE: "", Series.CREDIT_NOTE: "CN-", Series.RECEIPT: "RC-"}

LINE_PARAMETERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "CREDIT_PACK_EMAIL": {"credits": "number"},
        "CREDIT_PACK_SMS": {"credits": "number"},
        "EMAIL_VERIFICATION": {},
        "NUMBER_LOOKUP": {},
        "USAGE_EMAIL_VERIFICATION": {"month": "text"},
        "USAGE_NUMBER_LOOKUP": {"month": "text"},
        "CANCELLATION_FEE": {},
        "PLAN": {"plan": "text"},
        "EXTRA_SEATS": {},
        "DEDICATED_IP": {},
        "TOP_UP": {},
        "TOP_UP_REVERSED": {},
    }
)
"""What can be on a line: the keys of its text in every language, each with the types of the text's values."""


@dataclass(frozen=True, slots=True)
class Line:
    """So much of something at `unit_price_minor` for `priced_units`. `code` is a key of LINE_PARAMETERS.

    Parameters are codes and numbers, never a personal value. An amount below 0 lessens the document's total.
    """

    code: str
    params: Mapping[str, str]
    quantity: int
    unit_price_minor: int
    priced_units: int
    taxed: Taxed

    def document(self) -> dict[str, Any]:
        """The line as plain values, for storage."""
        return {
            "code": self.code,
            "params": dict(self.params),
            "quantity": self.quantity,
            "unit_price_minor": self.unit_price_minor,
            "priced_units": self.priced_units,
            "net_minor": self.taxed.net_minor,
            "rate_basis_points": self.taxed.rate_basis_points,
            "tax_minor": self.taxed.tax_minor,
            "treatment": self.taxed.treatment.value,
        }

    @staticmethod
    def restore(stored: Mapping[str, Any]) -> Line:
        """The line that `document` stored."""
        values = dict(stored)
        net, rate, tax = (values.pop(name) for name in ("net_minor", "rate_basis_points", "tax_minor"))
        taxed = Taxed(net, rate, tax, TaxTreatment(values.pop("treatment")))
        return Line(**values, taxed=taxed)


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What is taxed alike: its net amount and the tax on it (M029)."""

    rate_basis_points: int
    treatment: TaxTreatment
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of the lines: exactly what was posted, for nothing is rounded again."""

    net_minor: int
    tax_minor: int
    by_rate: tuple[RateTotal, ...]

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom a document is addressed to, as was known at its issue: each part is None where it was not."""

    name: str | None = None
    street: str | None = None
    number: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    vat_number: str | None = None
    reference: str | None = None
    """The customer's own name for what was ordered, such as a purchase order."""


def totals(lines: Sequence[Line]) -> Totals:
    """The sums, in all and by rate, the highest rate first."""
    rates: dict[tuple[int, TaxTreatment], tuple[int, int]] = {}
    for line in lines:
        alike = (line.taxed.rate_basis_points, line.taxed.treatment)
        net, tax = rates.get(alike, (0, 0))
        rates[alike] = (net + line.taxed.net_minor, tax + line.taxed.tax_minor)
    by_rate = tuple(
        RateTotal(rate, treatment, net, tax)
        for (rate, treatment), (net, tax) in sorted(
            rates.items(), key=lambda item: (-item[0][0], item[0][1].value)
        )
    )
    return Totals(sum(one.net_minor for one in by_rate), sum(one.tax_minor for one in by_rate), by_rate)


def check_lines(lines: Sequence[Line], lines_max: int) -> None:
    """Raises ValueError, a bug of the caller: too many lines or none, an unknown code, parameters that do not fit
    it, or sums below 0."""
    if not 1 <= len(lines) <= lines_max:
        raise ValueError(f"a document has 1 to {lines_max} lines")
    for line in lines:
        types = LINE_PARAMETERS.get(line.code)
        if types is None or types.keys() != line.params.keys() or line.priced_units < 1:
            raise ValueError(f"no line of a document: {line.code} with {sorted(line.params)}")
    sums = totals(lines)
    if sums.net_minor < 0 or sums.tax_minor < 0:
        raise ValueError("a document of less than nothing; issue a credit note")


def document_number(seller: Seller, series: Series, year: int, serial: int) -> str:
    """`CH-2026-000123`, `CH-CN-2026-000001`, `CH-RC-2026-000001`: unique among all documents."""
    return f"{seller.prefix}-{_INFIX[series]}{year}-{serial:06d}"


def year_of(issued_at: datetime) -> int:
    """The year in whose series a document is numbered: that of its issue in UTC, for all sellers alike."""
    return issued_at.year


def annual_bill_start(now: datetime) -> datetime:
    """The instant 12 months before, which itself is outside: a monthly bill falls into 12 of them, never 13 (M102).

    From 29 February it is the 28th of the year before.
    """
    last_day = calendar.monthrange(now.year - 1, now.month)[1]
    return now.replace(year=now.year - 1, day=min(now.day, last_day))
