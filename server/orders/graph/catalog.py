"""The catalog and quotes: what there is, and what it would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import strawberry

from server.kit.graph.access import exposes
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.orders.graph.access import CATALOG, OWN
from server.orders.graph.enums import CreditUnitEnum, MeteredCode, TaxTreatmentEnum
from server.orders.graph.prices import NextPrice
from server.orders.graph.problems import (
    CountryInvalidProblem,
    CountryMissingProblem,
    NotSoldInCurrencyProblem,
    ProductUnknownProblem,
    QuantityOutOfRangeProblem,
    ReferenceInvalidProblem,
)
from server.orders.reads.prices import PriceChangeRow
from server.orders.rules.price_changes import Changed
from server.orders.rules.pricing import Quote
from server.orders.rules.tax import Taxed, percent_of
from server.orders.rules.terms import PRICED_UNITS, Metered, Pack, Terms


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one currency: those of the terms, what is in effect in their place, and what comes next."""

    currency: Currency
    terms: Terms
    changed: Changed
    announced: Mapping[str, PriceChangeRow]

    def price(self, product: str, base_minor: int) -> MoneyType:
        minor = self.changed.get((product, self.currency.code), base_minor)
        return MoneyType.of(Money(minor, self.currency))

    def next_price(self, product: str) -> NextPrice | None:
        row = self.announced.get(product)
        return NextPrice.of(row) if row is not None else None


@exposes(CATALOG)
@strawberry.interface(description="Something that can be ordered.")
class Product:
    code: str = strawberry.field(description="Its name for programs; stable.")
    price: MoneyType = strawberry.field(
        description="The price of `pricedUnits` today, net of tax; `quoteOrder` adds the tax."
    )
    next_price: NextPrice | None = strawberry.field(
        description="The price from the start of next month on; null while none is announced."
    )
    priced_units: int = strawberry.field(description="How many units the price is for.")
    quantity_min: int = strawberry.field(description="The smallest quantity of an order.")
    quantity_max: int = strawberry.field(description="The largest quantity of an order.")


@exposes(CATALOG)
@strawberry.type(description="A fixed number of credits.")
class CreditPack(Product):
    unit: CreditUnitEnum = strawberry.field(description="What it contains.")
    credits: int = strawberry.field(description="How many of them.")

    @classmethod
    def of(cls, pack: Pack, prices: PriceList) -> CreditPack:
        terms = prices.terms
        return cls(
            code=pack.code,
            price=prices.price(pack.code, pack.prices[prices.currency]),
            next_price=prices.next_price(pack.code),
            priced_units=1,
            quantity_min=terms.packs_an_order.minimum,
            quantity_max=terms.packs_an_order.maximum,
            unit=CreditUnitEnum[pack.unit.name],
            credits=pack.credits,
        )


@exposes(CATALOG)
@strawberry.type(
    description="Something that is paid by the unit: ordered ahead as a job, or charged call by call."
)
class MeteredProduct(Product):
    metered: MeteredCode = strawberry.field(description="Its name in `recordUsage`.")

    @classmethod
    def of(cls, product: Metered, prices: PriceList) -> MeteredProduct:
        terms = prices.terms
        return cls(
            code=product.value,
            price=prices.price(product.value, terms.metered[product][prices.currency]),
            next_price=prices.next_price(product.value),
            priced_units=PRICED_UNITS,
            quantity_min=terms.metered_units_an_order.minimum,
            quantity_max=terms.metered_units_an_order.maximum,
            metered=MeteredCode[product.name],
        )


@exposes(CATALOG)
@strawberry.type(description="What an SMS segment costs in some countries.")
class SmsRate:
    zone: str = strawberry.field(description="The zone's name; ELSEWHERE is every country not listed.")
    countries: list[str] = strawberry.field(description="Its countries, as two letters of ISO 3166-1.")
    credits_per_segment: int = strawberry.field(description="SMS credits for one segment.")


@exposes(CATALOG)
@strawberry.type(description="What there is to buy, at today's prices in one currency.")
class Catalog:
    currency: Currency = strawberry.field(description="The currency of all its prices.")
    credit_packs: list[CreditPack] = strawberry.field(description="Credits, by the pack.")
    metered_products: list[MeteredProduct] = strawberry.field(description="What is paid by the unit.")
    credits_per_email: int = strawberry.field(description="E-mail credits for one message.")
    sms_rates: list[SmsRate] = strawberry.field(description="SMS credits by zone.")

    @classmethod
    def of(cls, prices: PriceList) -> Catalog:
        currency, terms = prices.currency, prices.terms
        packs = [CreditPack.of(pack, prices) for pack in terms.packs if currency in pack.prices]
        metered = [
            MeteredProduct.of(product, prices)
            for product, sold_in in terms.metered.items()
            if currency in sold_in
        ]
        rates = [
            SmsRate(
                zone=zone.name, countries=sorted(zone.countries), credits_per_segment=zone.credits_per_segment
            )
            for zone in terms.sms_zones
        ]
        elsewhere = SmsRate(zone="ELSEWHERE", countries=[], credits_per_segment=terms.sms_credits_elsewhere)
        return cls(
            currency=currency,
            credit_packs=packs,
            metered_products=metered,
            credits_per_email=terms.credits_per_email,
            sms_rates=[*rates, elsewhere],
        )


@exposes(OWN)
@strawberry.type(description="What an order would cost and bring now. Nothing is reserved.")
class OrderQuote:
    product: str = strawberry.field(description="The product's code in the catalog.")
    quantity: int = strawberry.field(description="How many packs, or units of a metered product.")
    unit_price: MoneyType = strawberry.field(description="The price of `pricedUnits` of the quantity, net.")
    priced_units: int = strawberry.field(description="How many units the unit price is for: 1 or 1,000.")
    net: MoneyType = strawberry.field(description="What the order costs, without tax.")
    tax: MoneyType = strawberry.field(description="The tax on it, rounded half up once.")
    tax_rate: Decimal = strawberry.field(description="The rate of the tax in percent, such as 8.1.")
    tax_treatment: TaxTreatmentEnum = strawberry.field(description="Why it has this tax.")
    gross: MoneyType = strawberry.field(description="What the balance pays: net and tax.")
    credit_unit: CreditUnitEnum | None = strawberry.field(
        description="The credits it brings; null for a metered product."
    )
    credits: int = strawberry.field(description="How many credits it brings; 0 for a metered product.")
    available: MoneyType = strawberry.field(description="What the balance in this currency has available.")
    missing: MoneyType = strawberry.field(description="What has to be topped up first; 0 when it is enough.")

    @classmethod
    def of(cls, quote: Quote, taxed: Taxed, available_minor: int) -> OrderQuote:
        def money(minor: int) -> MoneyType:
            return MoneyType.of(Money(minor, quote.currency))

        return cls(
            product=quote.product,
            quantity=quote.quantity,
            unit_price=money(quote.unit_price_minor),
            priced_units=quote.priced_units,
            net=money(taxed.net_minor),
            tax=money(taxed.tax_minor),
            tax_rate=percent_of(taxed.rate_basis_points),
            tax_treatment=TaxTreatmentEnum[taxed.treatment.name],
            gross=money(taxed.gross_minor),
            credit_unit=CreditUnitEnum[quote.credit_unit.name] if quote.credit_unit else None,
            credits=quote.credits,
            available=money(available_minor),
            missing=money(max(0, taxed.gross_minor - available_minor)),
        )


QuoteOrderResult = Annotated[
    OrderQuote
    | ProductUnknownProblem
    | QuantityOutOfRangeProblem
    | NotSoldInCurrencyProblem
    | CountryInvalidProblem
    | ReferenceInvalidProblem
    | CountryMissingProblem,
    strawberry.union("QuoteOrderResult", description="A quote, or why there is none."),
]
