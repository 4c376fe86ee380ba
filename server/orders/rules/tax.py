"""Which tax falls on a sale (M029): net, rate and gross apart. VAT falls on what is bought, not on a top-up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from server.orders.rules.problems import CountryMissing
from server.orders.rules.terms import Terms

BASIS_POINTS = 10_000
"""The whole, in basis points."""


class TaxTreatment(Enum):
    """Why a sale has the tax that it has."""

    STANDARD = "STANDARD"
    REVERSE_CHARGE = "REVERSE_CHARGE"
    OUTSIDE_SCOPE = "OUTSIDE_SCOPE"


@dataclass(frozen=True, slots=True)
class TaxStatus:
    """What the tax of a customer depends on. `country` and `seller_country` are ISO 3166-1 alpha-2: the second is
    that of the company that signed with the customer (M001); None while they are not known."""

    country: str | None
    vat_number_valid: bool
    seller_country: str | None = None


@dataclass(frozen=True, slots=True)
class Taxed:
    """A net amount with its tax, in minor units of one currency."""

    net_minor: int
    rate_basis_points: int
    tax_minor: int
    treatment: TaxTreatment

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


def tax(net_minor: int, customer: TaxStatus, terms: Terms) -> Taxed:
    """The tax on one line, rounded half up once. Raises CountryMissing where the terms ask for a country."""
    if customer.country is None and terms.tax.require_country:
        raise CountryMissing
    treatment = treatment_of(customer, terms)
    rate = terms.tax.vat_rates[customer.country or ""] if treatment is TaxTreatment.STANDARD else 0
    tax_minor = (2 * net_minor * rate + BASIS_POINTS) // (2 * BASIS_POINTS)
    return Taxed(net_minor, rate, tax_minor, treatment)


def treatment_of(customer: TaxStatus, terms: Terms) -> TaxTreatment:
    """A sale within one country is always taxed there; across a border a business with a VAT number accounts for
    the tax itself."""
    country = customer.country
    if country is None or country not in terms.tax.vat_rates:
        return TaxTreatment.OUTSIDE_SCOPE
    across = country in terms.tax.reverse_charge and country != customer.seller_country
    return TaxTreatment.REVERSE_CHARGE if across and customer.vat_number_valid else TaxTreatment.STANDARD


def percent_of(rate_basis_points: int) -> Decimal:
    """A rate in percent without zeros behind it: 810 is 8.1."""
    percent = (Decimal(rate_basis_points) / 100).normalize()
    return percent.quantize(Decimal(1)) if percent == percent.to_integral_value() else percent
