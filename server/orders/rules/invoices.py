"""Who invoices whom, under which number, and what the customer is billed in twelve months (M001, M029, M102)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType


class Series(Enum):
    """The kinds of documents; each is numbered by itself."""

    INVOICE = "INVOICE"
    CREDIT_NOTE = "CREDIT_NOTE"
    RECEIPT = "RECEIPT"


@dataclass(frozen=True, slots=True)
class Seller:
    """A contracting entity (M001) as its documents name it. `prefix` begins the numbers of its documents."""

    prefix: str
    name: str
    address: tuple[str, ...]
    country: str
    vat_number: str


# EXAMPLES, invented: a deployment names its own companies, by the codes of the accounts' contracting entities.
_SWISS_EXAMPLE = Seller(
    prefix="CH",
    name="Postmeter Example SA",
    address=("Rue de l’Exemple 1", "1200 Genève"),
    country="CH",
    vat_number="CHE-123.456.788 TVA",
)
_PANAMANIAN_EXAMPLE = Seller(
    prefix="PA",
    name="Postmeter Example Overseas, S.A.",
    address=("Calle Ejemplo 1, Oficina 1", "Ciudad de Panamá"),
    country="PA",
    vat_number="RUC 155000001-2-2020 DV 00",
)


@dataclass(frozen=True)
class InvoicingTerms:
    """By what invoices are made. `sellers` is by the code of the contracting entity on the account."""

    sellers: Mapping[str, Seller] = field(
        default_factory=lambda: MappingProxyType(
            {"SWISS_COMPANY": _SWISS_EXAMPLE, "PANAMANIAN_COMPANY": _PANAMANIAN_EXAMPLE}
        )
    )
    default_seller: str = "PANAMANIAN_COMPANY"
    """Who invoices accounts whose country, and with it their contracting entity, is not known yet."""
    lines_max: int = 100
    link_age_max: timedelta = timedelta(minutes=5)
    """How long a download link is good."""

    def __post_init__(self) -> None:
        prefixes = [seller.prefix for seller in self.sellers.values()]
        if len(set(prefixes)) < len(prefixes):
            raise ValueError("each seller numbers its documents under a prefix of its own")


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
