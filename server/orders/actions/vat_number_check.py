"""The form and the check digits of VAT numbers, by country."""

from __future__ import annotations

from stdnum.ch import uid as swiss_uid
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, InvalidFormat, ValidationError
from stdnum.gb import vat as british_vat
from stdnum.no import mva as norwegian_vat
from stdnum.util import clean

from server.orders.rules.problems import CountryMissing, VatNumberInvalid
from server.orders.rules.tax_terms import TaxTerms
from server.orders.rules.vat_numbers import PREFIXES, VatNumberFault


def checked_vat_number(text: str, country: str | None, terms: TaxTerms) -> str:
    """The number as invoices have it, with its prefix and without blanks, of an account in `country`.

    Raises CountryMissing, VatNumberInvalid.
    """
    if country is None:
        raise CountryMissing
    try:
        return _checked(text, country, terms)
    except ValidationError as error:
        fault = (
            VatNumberFault.CHECK_DIGITS if isinstance(error, InvalidChecksum) else VatNumberFault.MALFORMED
        )
        raise VatNumberInvalid(fault.value, country) from None


def _checked(text: str, country: str, terms: TaxTerms) -> str:
    """Raises ValidationError, and VatNumberInvalid when the number is not of this country."""
    number = clean(text, " -.").upper() if len(text) <= terms.vat_number_length_max else ""
    if not number.isascii() or not number.isalnum():
        raise InvalidFormat
    prefix = next((prefix for prefix in PREFIXES.get(country, ()) if number.startswith(prefix)), None)
    match prefix:
        case None:
            raise VatNumberInvalid(VatNumberFault.OTHER_COUNTRY.value, country)
        case "CHE":
            # A business that is in the register of companies and not in that of the tax has no suffix.
            return swiss_uid.validate(number) if len(number) == 12 else swiss_vat.validate(number)
        case "GB":
            return "GB" + british_vat.validate(number)
        case "NO":
            return "NO" + norwegian_vat.validate(number)
        case _:
            return eu_vat.validate(number)
