"""What is known of a VAT number. Whether it is the account's own only a tax office can say."""

from __future__ import annotations

from enum import Enum

from server.orders.rules.tax_terms import EU

PREFIXES = {country: (country,) for country in EU - {"GR"}} | {
    "CH": ("CHE",),
    "GB": ("GB", "XI"),  # XI: Northern Ireland
    "GR": ("EL",),
    "IM": ("GB",),
    "MC": ("FR",),
    "NO": ("NO",),
}
"""How the numbers of a country (ISO 3166-1) begin; Monaco and the Isle of Man have those of their neighbours."""


class ValidatedBy(Enum):
    """How far a VAT number was looked at."""

    FORMAT = "FORMAT"
    STAFF = "STAFF"


class VatNumberFault(Enum):
    """What is wrong with a VAT number."""

    OTHER_COUNTRY = "OTHER_COUNTRY"
    MALFORMED = "MALFORMED"
    CHECK_DIGITS = "CHECK_DIGITS"
