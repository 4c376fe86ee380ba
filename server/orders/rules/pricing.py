"""What an order or a recorded usage costs, and whether it can be meant. All amounts are net (M029)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.kit.card_numbers import holds_card_number
from server.kit.money import Currency, convert_half_up
from server.orders.rules.items import (
    ApiCalls,
    AutomaticCreditsItem,
    CreditPackItem,
    EmailSend,
    EmailVerificationItem,
    Item,
    NumberLookupItem,
    Operation,
    SmsSend,
    Usage,
)
from server.orders.rules.price_changes import UNCHANGED, Changed
from server.orders.rules.problems import (
    CountryInvalid,
    NotSoldInCurrency,
    ProductUnknown,
    QuantityOutOfRange,
    ReferenceInvalid,
)
from server.orders.rules.terms import (
    PRICED_UNITS,
    CreditUnit,
    FxRate,
    Metered,
    Prices,
    Range,
    Terms,
)

USAGE_REFERENCE_LENGTH_MAX = 64

_COUNTRY = re.compile(r"[A-Z]{2}")
# Usage references go into postings, which carry no personal value: no blanks, no "@".
_OPAQUE = re.compile(r"[A-Za-z0-9._:/-]{1,64}")


@dataclass(frozen=True, slots=True)
class Quote:
    """An item at the price of this moment. `unit_price_minor` buys `priced_units` of `quantity`."""

    product: str
    quantity: int
    currency: Currency
    unit_price_minor: int
    priced_units: int
    net_minor: int
    credit_unit: CreditUnit | None
    credits: int
    fx: FxRate


@dataclass(frozen=True, slots=True)
class Charge:
    """What a usage takes from a wallet: whole credits, or minor units of a currency."""

    unit: str
    quantity: int
    in_credits: bool
    unit_price_minor: int = 0
    """The price of PRICED_UNITS; 0 for credits."""


def quote(item: Item, currency: Currency, terms: Terms, changed: Changed = UNCHANGED) -> Quote:
    """The price of an item; `changed` are the prices that are no longer those of the terms.

    Raises ProductUnknown, NotSoldInCurrency, QuantityOutOfRange, CountryInvalid, ReferenceInvalid.
    """
    match item:
        case CreditPackItem():
            return _quote_packs(item, currency, terms, changed)
        case EmailVerificationItem():
            _check_text(item.list_name, terms, "item.emailVerification.listName")
            where = "item.emailVerification.addresses"
            return _quote_metered(Metered.EMAIL_VERIFICATION, item.addresses, where, currency, terms, changed)
        case NumberLookupItem():
            _check_country(item.country, "item.numberLookup.country")
            where = "item.numberLookup.numbers"
            return _quote_metered(Metered.NUMBER_LOOKUP, item.numbers, where, currency, terms, changed)
        case AutomaticCreditsItem():
            return _quote_automatic(item, currency, terms, changed)


def check_order_reference(reference: str | None, terms: Terms) -> None:
    """Raises ReferenceInvalid when the customer's name for an order is over-long, not printable, or holds a card
    number (M115)."""
    _check_text(reference, terms, "reference")


def charges(entries: Sequence[Usage], terms: Terms, changed: Changed = UNCHANGED) -> list[Charge]:
    """What each entry costs, net; `changed` as in `quote`.

    Raises QuantityOutOfRange, CountryInvalid, NotSoldInCurrency, ReferenceInvalid.
    """
    limits = terms.usage_entries
    if not limits.minimum <= len(entries) <= limits.maximum:
        raise QuantityOutOfRange(limits.minimum, limits.maximum, "entries")
    for index, entry in enumerate(entries):
        if not _OPAQUE.fullmatch(entry.reference) or holds_card_number(entry.reference):
            raise ReferenceInvalid(USAGE_REFERENCE_LENGTH_MAX, f"entries.{index}.reference")
    return [_charge(entry.operation, index, terms, changed) for index, entry in enumerate(entries)]


def metered_cost_minor(units: int, price_minor: int) -> int:
    """Units at a price per 1,000, rounded half up, and at least one minor unit.

    Each call of this function rounds once: whoever records single calls pays a minor unit for each, whoever
    records them in batches pays the exact price to half a minor unit.
    """
    return max(1, (2 * units * price_minor + PRICED_UNITS) // (2 * PRICED_UNITS))


def sms_credits_a_segment(country: str, terms: Terms) -> int:
    """How many SMS credits one segment to a country (ISO 3166-1 alpha-2) takes."""
    for zone in terms.sms_zones:
        if country in zone.countries:
            return zone.credits_per_segment
    return terms.sms_credits_elsewhere


def _quote_packs(item: CreditPackItem, currency: Currency, terms: Terms, changed: Changed) -> Quote:
    pack = next((pack for pack in terms.packs if pack.code == item.code), None)
    if pack is None:
        raise ProductUnknown(item.code[:40], "item.creditPack.code")
    _check_quantity(item.packs, terms.packs_an_order, "item.creditPack.packs")
    price = _price(pack.code, pack.prices, currency, changed, "currency")
    return Quote(
        product=pack.code,
        quantity=item.packs,
        currency=currency,
        unit_price_minor=price,
        priced_units=1,
        net_minor=price * item.packs,
        credit_unit=pack.unit,
        credits=pack.credits * item.packs,
        fx=terms.fx_to_fee_currency[currency],
    )


def _quote_automatic(item: AutomaticCreditsItem, currency: Currency, terms: Terms, changed: Changed) -> Quote:
    """The cheapest way to at least so many credits: each pack's price by the credit, for no fewer than the pack has.

    2,000 at 20.00 for 1,000 are 40.00. Where more credits cost less in all, as 9,000 do beside a pack of 10,000,
    that pack is what is ordered: nobody pays more for setting less.
    """
    packs = [pack for pack in terms.packs if pack.unit.value == item.unit]
    limits = Range(min(pack.credits for pack in packs), terms.auto_top_up.add_max)
    _check_quantity(item.credits, limits, "add")
    offers = []
    for pack in packs:
        price = _price(pack.code, pack.prices, currency, changed, "currency")
        credits = max(item.credits, pack.credits)
        offers.append((convert_half_up(credits, price, pack.credits), -credits, price, pack))
    net_minor, fewer, price, pack = min(offers, key=lambda offer: offer[:2])
    return Quote(
        product=item.product,
        quantity=-fewer,
        currency=currency,
        unit_price_minor=price,
        priced_units=pack.credits,
        net_minor=net_minor,
        credit_unit=pack.unit,
        credits=-fewer,
        fx=terms.fx_to_fee_currency[currency],
    )


def _quote_metered(
    product: Metered, units: int, where: str, currency: Currency, terms: Terms, changed: Changed
) -> Quote:
    _check_quantity(units, terms.metered_units_an_order, where)
    price = _price(product.value, terms.metered[product], currency, changed, "currency")
    return Quote(
        product=product.value,
        quantity=units,
        currency=currency,
        unit_price_minor=price,
        priced_units=PRICED_UNITS,
        net_minor=metered_cost_minor(units, price),
        credit_unit=None,
        credits=0,
        fx=terms.fx_to_fee_currency[currency],
    )


def _charge(operation: Operation, index: int, terms: Terms, changed: Changed) -> Charge:
    limits = terms.usage_an_entry
    match operation:
        case EmailSend(messages):
            if not limits.minimum <= messages <= limits.maximum:
                raise _usage_out_of_range(limits, index, "emailSend.messages")
            return Charge("EMAIL", messages * terms.credits_per_email, in_credits=True)
        case SmsSend(segments, country):
            if not limits.minimum <= segments <= limits.maximum:
                raise _usage_out_of_range(limits, index, "smsSend.segments")
            if not _COUNTRY.fullmatch(country):
                raise CountryInvalid(f"entries.{index}.operation.smsSend.country")
            return Charge("SMS", segments * sms_credits_a_segment(country, terms), in_credits=True)
        case ApiCalls(product, calls, currency):
            if not limits.minimum <= calls <= limits.maximum:
                raise _usage_out_of_range(limits, index, "apiCalls.calls")
            where = f"entries.{index}.operation.apiCalls.currency"
            price = _price(product.value, terms.metered[product], currency, changed, where)
            return Charge(currency.code, metered_cost_minor(calls, price), False, price)


def _usage_out_of_range(limits: Range, index: int, field: str) -> QuantityOutOfRange:
    return QuantityOutOfRange(limits.minimum, limits.maximum, f"entries.{index}.operation.{field}")


def _price(product: str, prices: Prices, currency: Currency, changed: Changed, where: str) -> int:
    """What is not in the price list is not sold, whatever was announced for it once."""
    price = prices.get(currency)
    if price is None:
        raise NotSoldInCurrency(currency.code, where)
    return changed.get((product, currency.code), price)


def _check_quantity(quantity: int, limits: Range, where: str) -> None:
    if not limits.minimum <= quantity <= limits.maximum:
        raise QuantityOutOfRange(limits.minimum, limits.maximum, where)


def _check_country(country: str, where: str) -> None:
    if not _COUNTRY.fullmatch(country):
        raise CountryInvalid(where)


def _check_text(text: str | None, terms: Terms, where: str) -> None:
    length_max = terms.order_reference_length_max
    if text is None:
        return
    if not (1 <= len(text) <= length_max and text.isprintable()) or holds_card_number(text):
        raise ReferenceInvalid(length_max, where)
