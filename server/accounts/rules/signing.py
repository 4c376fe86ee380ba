"""What a customer says of themselves when an account is opened, and what follows from their country."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from server.accounts.rules.age import AgeDeclaration
from server.kit.problems import Refusal

_COUNTRY_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_COUNTRY_CODES.split())
"""ISO 3166-1 alpha-2."""

_EUROPEAN_CODES = (
    "AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME "
    "MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA"
)
EUROPE = frozenset(_EUROPEAN_CODES.split())
"""The countries and territories of Europe."""

_EURO_CODES = "AD AT AX BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA"
_CURRENCIES = dict.fromkeys(_EURO_CODES.split(), "EUR") | {
    "AU": "AUD",
    "BR": "BRL",
    "CA": "CAD",
    "CH": "CHF",
    "CZ": "CZK",
    "DK": "DKK",
    "FO": "DKK",
    "GB": "GBP",
    "GG": "GBP",
    "GL": "DKK",
    "IM": "GBP",
    "JE": "GBP",
    "JP": "JPY",
    "LI": "CHF",
    "MX": "MXN",
    "NO": "NOK",
    "PL": "PLN",
    "SE": "SEK",
    "SJ": "NOK",
    "TN": "TND",
}


@dataclass(frozen=True, slots=True)
class ContractingEntity:
    """A company that signs with customers, and the country (ISO 3166-1) it is in."""

    code: str
    country: str


ENTITY_EUROPE = ContractingEntity("SWISS_COMPANY", "CH")
ENTITY_OTHER = ContractingEntity("PANAMANIAN_COMPANY", "PA")


class Industry(Enum):
    """What a customer's business is."""

    EDUCATION = "EDUCATION"
    FINANCE = "FINANCE"
    HEALTH = "HEALTH"
    MANUFACTURING = "MANUFACTURING"
    MEDIA = "MEDIA"
    NON_PROFIT = "NON_PROFIT"
    PUBLIC_SECTOR = "PUBLIC_SECTOR"
    RETAIL = "RETAIL"
    SERVICES = "SERVICES"
    TECHNOLOGY = "TECHNOLOGY"
    TRAVEL = "TRAVEL"
    OTHER = "OTHER"
    STOCK_SPECULATION = "STOCK_SPECULATION"
    BETTING = "BETTING"
    CASINO = "CASINO"
    PORNOGRAPHY = "PORNOGRAPHY"
    ESCORT = "ESCORT"
    PHARMACEUTICAL_SALES = "PHARMACEUTICAL_SALES"
    CLAIRVOYANCE = "CLAIRVOYANCE"
    ESOTERIC = "ESOTERIC"
    WORK_FROM_HOME_EARNINGS = "WORK_FROM_HOME_EARNINGS"


EXCLUDED_INDUSTRIES = frozenset(
    {
        Industry.STOCK_SPECULATION,
        Industry.BETTING,
        Industry.CASINO,
        Industry.PORNOGRAPHY,
        Industry.ESCORT,
        Industry.PHARMACEUTICAL_SALES,
        Industry.CLAIRVOYANCE,
        Industry.ESOTERIC,
        Industry.WORK_FROM_HOME_EARNINGS,
    }
)
"""The nine sectors that are not served (M027)."""


@dataclass(frozen=True, slots=True)
class Signing:
    """What is said at registration, as far as it is said."""

    country: str | None = None
    industry: Industry | None = None
    professional_use: bool = False
    age: AgeDeclaration | None = None


NOTHING_SAID = Signing()


@dataclass(eq=False)
class UnknownCountry(Refusal):
    """A country is one of the two upper-case letter codes of ISO 3166-1."""

    code = "UNKNOWN_COUNTRY"
    blames = "country"


@dataclass(eq=False)
class IndustryExcluded(Refusal):
    """The service is not for this industry."""

    code = "INDUSTRY_EXCLUDED"
    blames = "industry"
    industry: str


@dataclass(eq=False)
class ProfessionalUseOnly(Refusal):
    """The service is for professional use only, which must be declared."""

    code = "PROFESSIONAL_USE_ONLY"
    blames = "professionalUse"


def check_signing(signing: Signing, *, business_only: bool, excluded: Collection[Industry]) -> None:
    """Raises UnknownCountry, IndustryExcluded (M027), ProfessionalUseOnly (M004)."""
    if signing.country is not None:
        check_country(signing.country)
    if signing.industry is not None and signing.industry in excluded:
        raise IndustryExcluded(signing.industry.value)
    if business_only and not signing.professional_use:
        raise ProfessionalUseOnly


def check_country(country: str) -> None:
    """Raises UnknownCountry."""
    if country not in COUNTRIES:
        raise UnknownCountry


def contracting_entity(
    country: str | None, europe: ContractingEntity, other: ContractingEntity
) -> ContractingEntity | None:
    """Who signs with a customer of this country (M001); None while it is not known."""
    if country is None:
        return None
    return europe if country in EUROPE else other


def currency_of(country: str | None, default: str) -> str:
    """The ISO 4217 code of the currency that the country of residence gives (M028)."""
    return _CURRENCIES.get(country or "", default)
