"""Value added tax by country, as numbers: what a deployment's accountant would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# Standard rates in basis points (8.1 % is 810) as they are in force on 1 January 2026. An account's country is
# ISO 3166-1: Monaco is taxed as France, the Isle of Man as the United Kingdom, Liechtenstein as Switzerland.
_VAT_RATES = {
    "AT": 2000,
    "BE": 2100,
    "BG": 2000,
    "CY": 1900,
    "CZ": 2100,
    "DE": 1900,
    "DK": 2500,
    "EE": 2400,
    "ES": 2100,
    "FI": 2550,
    "FR": 2000,
    "GR": 2400,
    "HR": 2500,
    "HU": 2700,
    "IE": 2300,
    "IT": 2200,
    "LT": 2100,
    "LU": 1700,
    "LV": 2100,
    "MT": 1800,
    "NL": 2100,
    "PL": 2300,
    "PT": 2300,
    "RO": 2100,
    "SE": 2500,
    "SI": 2200,
    "SK": 2300,
    "CH": 810,
    "GB": 2000,
    "IM": 2000,
    "IS": 2400,
    "LI": 810,
    "MC": 2000,
    "NO": 2500,
    "PA": 700,
}
_EU_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU_CODES.split())
"""The member states of the European Union."""


@dataclass(frozen=True)
class TaxTerms:
    """M029: VAT is added by the customer's country. Rates are in basis points, countries ISO 3166-1 alpha-2."""

    vat_rates: Mapping[str, int] = field(default_factory=lambda: MappingProxyType(_VAT_RATES))
    """A country that is not here is outside the scope of the tax."""
    reverse_charge: frozenset[str] = EU | {"GB", "MC", "NO"}
    """Where a business with a VAT number accounts for the tax itself on what it buys from another country."""
    require_country: bool = False
    """Whether nothing is sold to an account whose country, and so whose tax, is not known."""
    verified_numbers_only: bool = False
    """Whether a VAT number counts only once staff found it in its country's register."""
    vat_number_length_max: int = 32
