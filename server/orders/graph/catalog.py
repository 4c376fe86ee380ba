"""The catalog and quotes: what there is, and what it would cost."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.kit.graph.access import exposes
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.orders.graph.access import CATALOG, OWN
from server.orders.graph.enums import CreditUnitEnum, MeteredCode
from server.orders.graph.problems import (
    CountryInvalidProblem,
    NotSoldInCurrencyProblem,
    ProductUnknownProblem,
    QuantityOutOfRangeProblem,
    ReferenceInvalidProblem,
)
from server.orders.rules.pricing import Quote
from server.orders.rules.terms import PRICED_UNITS, Metered, Pack, Terms


@exposes(CATALOG)
@strawberry.interface(description="Something that can be ordered.")
class Product:
    code: str = strawberry.field(description="Its name for programs; stable.")
    price: MoneyType = strawberry.field(description="The price of `pricedUnits`, net of tax.")
    priced_units: int = strawberry.field(description="How many units the price is for.")
    quantity_min: int = strawberry.field(description="The smallest quantity of an order.")
    quantity_max: int = strawberry.field(description="The largest quantity of an order.")


@exposes(CATALOG)
@strawberry.type(description="A fixed number of credits.")
class CreditPack(Product):
    unit: CreditUnitEnum = strawberry.field(description="What it contains.")
    credits: int = strawberry.field(description="How many of them.")

    @classmethod
    def of(cls, pack: Pack, currency: Currency, terms: Terms) -> CreditPack:
        return cls(
            code=pack.code,
            price=MoneyType.of(Money(pack.prices[currency], currency)),
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
    def of(cls, product: Metered, currency: Currency, terms: Terms) -> MeteredProduct:
        return cls(
            code=product.value,
            price=MoneyType.of(Money(terms.metered[product][currency], currency)),
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
    def of(cls, currency: Currency, terms: Terms) -> Catalog:
        packs = [CreditPack.of(pack, currency, terms) for pack in terms.packs if currency in pack.prices]
        metered = [
            MeteredProduct.of(product, currency, terms)
            for product, prices in terms.metered.items()
            if currency in prices
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
    credit_unit: CreditUnitEnum | None = strawberry.field(
        description="The credits it brings; null for a metered product."
    )
    credits: int = strawberry.field(description="How many credits it brings; 0 for a metered product.")
    available: MoneyType = strawberry.field(description="What the balance in this currency has available.")
    missing: MoneyType = strawberry.field(description="What has to be topped up first; 0 when it is enough.")

    @classmethod
    def of(cls, quote: Quote, available_minor: int) -> OrderQuote:
        def money(minor: int) -> MoneyType:
            return MoneyType.of(Money(minor, quote.currency))

        return cls(
            product=quote.product,
            quantity=quote.quantity,
            unit_price=money(quote.unit_price_minor),
            priced_units=quote.priced_units,
            net=money(quote.net_minor),
            credit_unit=CreditUnitEnum[quote.credit_unit.name] if quote.credit_unit else None,
            credits=quote.credits,
            available=money(available_minor),
            missing=money(max(0, quote.net_minor - available_minor)),
        )


QuoteOrderResult = Annotated[
    OrderQuote
    | ProductUnknownProblem
    | QuantityOutOfRangeProblem
    | NotSoldInCurrencyProblem
    | CountryInvalidProblem
    | ReferenceInvalidProblem,
    strawberry.union("QuoteOrderResult", description="A quote, or why there is none."),
]
