"""Which companies issue invoices, and the limits of invoicing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType


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
    lines_max: int = 100
    """Most lines of one document."""
    link_age_max: timedelta = timedelta(minutes=5)
    """How long a download link is good."""

    def __post_init__(self) -> None:
        prefixes = [seller.prefix for seller in self.sellers.values()]
        if len(set(prefixes)) < len(prefixes):
            raise ValueError("each seller numbers its documents under a prefix of its own")


def seller_faults(terms: InvoicingTerms, entities: Iterable[str]) -> list[str]:
    """Which contracting entities (by their codes) could sign with a customer and then not invoice, as sentences."""
    return [
        f"{code} signs with customers, and is no seller" for code in entities if code not in terms.sellers
    ]
