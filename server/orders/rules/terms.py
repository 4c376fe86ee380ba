"""The slice's numbers: price list, usage rates, limits and cancellation terms, as profile `mailpro` sets them.

Prices are net of tax (M029), in minor units of their currency. Whatever costs a fraction of a minor unit is priced
per 1,000, so that every number here is a whole one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from server.kit.money import Currency
from server.orders.rules.auto_top_up_terms import AutoTopUpTerms
from server.orders.rules.invoicing_terms import InvoicingTerms
from server.orders.rules.tax_terms import TaxTerms

PRICED_UNITS = 1000
"""Metered prices are for so many units."""

Prices = Mapping[Currency, int]


class CreditUnit(Enum):
    """What a credit pack contains; the two are separate balances (M046)."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class Metered(Enum):
    """What is paid with money by the unit: ordered ahead as a job, or charged call by call."""

    EMAIL_VERIFICATION = "EMAIL_VERIFICATION"
    NUMBER_LOOKUP = "NUMBER_LOOKUP"


@dataclass(frozen=True, slots=True)
class Pack:
    """A fixed number of credits at a price, in each currency that it is sold in."""

    code: str
    unit: CreditUnit
    credits: int
    prices: Prices


@dataclass(frozen=True, slots=True)
class SmsZone:
    """Countries (ISO 3166-1 alpha-2) in which a message segment costs the same."""

    name: str
    credits_per_segment: int
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """A quantity and both its limits are allowed."""

    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class FxRate:
    """What one minor unit of a currency is in minor units of the fee currency, as an exact fraction."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """M077 to M080, C6 and C28: numbers in `fee_currency`, converted at the order's own rate, capped at its amount."""

    fee_currency: Currency = Currency.USD
    fee_min_minor: int = 35_00
    percent_above_minor: int = 500_00
    percent: int = 7


def _prices(usd: int, eur: int, gbp: int, chf: int, jpy: int, tnd: int, cad: int, aud: int) -> Prices:
    codes = ("USD", "EUR", "GBP", "CHF", "JPY", "TND", "CAD", "AUD")
    amounts = (usd, eur, gbp, chf, jpy, tnd, cad, aud)
    return MappingProxyType({Currency[code]: amount for code, amount in zip(codes, amounts, strict=True)})


# Columns: USD, EUR, GBP, CHF in hundredths; JPY whole; TND in thousandths; CAD, AUD in hundredths.
_PACKS = (
    Pack(
        "EMAIL_1K", CreditUnit.EMAIL, 1_000, _prices(20_00, 19_00, 16_00, 18_00, 3_000, 62_000, 27_00, 30_00)
    ),
    Pack(
        "EMAIL_10K",
        CreditUnit.EMAIL,
        10_000,
        _prices(100_00, 95_00, 80_00, 90_00, 15_000, 310_000, 135_00, 150_00),
    ),
    Pack(
        "EMAIL_100K",
        CreditUnit.EMAIL,
        100_000,
        _prices(500_00, 475_00, 400_00, 450_00, 75_000, 1_550_000, 675_00, 750_00),
    ),
    Pack("SMS_100", CreditUnit.SMS, 100, _prices(8_00, 7_50, 6_50, 7_20, 1_200, 25_000, 11_00, 12_00)),
    Pack(
        "SMS_1K", CreditUnit.SMS, 1_000, _prices(70_00, 66_00, 56_00, 63_00, 10_500, 217_000, 95_00, 105_00)
    ),
)
_METERED = {
    Metered.EMAIL_VERIFICATION: _prices(4_00, 3_80, 3_20, 3_60, 600, 12_400, 5_40, 6_00),
    Metered.NUMBER_LOOKUP: _prices(6_50, 6_10, 5_20, 5_80, 970, 20_000, 8_80, 9_70),
}
_EUROPE = frozenset(
    {
        "AT",
        "BE",
        "CH",
        "CZ",
        "DE",
        "DK",
        "ES",
        "FI",
        "FR",
        "GB",
        "IE",
        "IT",
        "LU",
        "NL",
        "NO",
        "PL",
        "PT",
        "SE",
    }
)
_ZONES = (
    SmsZone("NORTH_AMERICA", 1, frozenset({"CA", "US"})),
    SmsZone("EUROPE", 2, _EUROPE),
    SmsZone("MEDITERRANEAN", 3, frozenset(["DZ", "EG", "GR", "LY", "MA", "MT", "TN", "TR"])),
)
_FX_TO_USD = {
    Currency.USD: FxRate(1, 1),
    Currency.EUR: FxRate(108, 100),
    Currency.GBP: FxRate(126, 100),
    Currency.CHF: FxRate(113, 100),
    Currency.JPY: FxRate(67, 100),
    Currency.TND: FxRate(32, 1000),
    Currency.CAD: FxRate(73, 100),
    Currency.AUD: FxRate(66, 100),
}


@dataclass(frozen=True)
class Terms:
    """Everything that this slice decides by."""

    packs: tuple[Pack, ...] = _PACKS
    metered: Mapping[Metered, Prices] = field(default_factory=lambda: MappingProxyType(_METERED))
    credits_per_email: int = 1
    sms_zones: tuple[SmsZone, ...] = _ZONES
    sms_credits_elsewhere: int = 5
    fx_to_fee_currency: Mapping[Currency, FxRate] = field(
        default_factory=lambda: MappingProxyType(_FX_TO_USD)
    )
    cancellation: CancellationTerms = CancellationTerms()
    tax: TaxTerms = field(default_factory=TaxTerms)
    auto_top_up: AutoTopUpTerms = field(default_factory=AutoTopUpTerms)
    packs_an_order: Range = Range(1, 100)
    metered_units_an_order: Range = Range(100, 10_000_000)
    usage_an_entry: Range = Range(1, 10_000_000)
    usage_entries: Range = Range(1, 500)
    pending_orders_max: int = 20
    price_change_factor_max: int = 10
    """A new price is at most so many times the one it replaces, and at least that part of it."""
    order_reference_length_max: int = 140
    invoicing: InvoicingTerms = field(default_factory=InvoicingTerms)
    sms_credits_need_step_up: bool = True
    """Whether SMS credits are bought with a fresh proof of the password only (M032)."""
