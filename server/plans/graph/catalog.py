"""The catalog of plans."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.kit.graph.access import exposes
from server.kit.graph.context import Info
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.kit.work import Read
from server.plans.graph.access import CATALOG
from server.plans.graph.enums import CycleEnum
from server.plans.reads.prices import unit_price_at
from server.plans.rules.pricing import product_code
from server.plans.rules.status import Product
from server.plans.rules.terms import Cycle, Plan

_CURRENCY = strawberry.argument(description="In which currency.")


@exposes(CATALOG)
@strawberry.type(description="What an account may do by its plan; null where there is no limit.")
class PlanLimits:
    messages_a_day: int | None = strawberry.field(description="Messages in one day.")
    messages_a_month: int | None = strawberry.field(description="Messages in one calendar month.")


@exposes(CATALOG)
@strawberry.type(description="What a plan costs by one cycle, net of tax.")
class PlanPrice:
    cycle: CycleEnum = strawberry.field(description="By which cycle.")
    price: MoneyType = strawberry.field(description="The plan, a cycle, at this instant.")
    seat_price: MoneyType = strawberry.field(description="One extra seat, a cycle, at this instant.")
    product: str = strawberry.field(description="The plan's product code in `priceChanges`.")
    seat_product: str = strawberry.field(description="The seat's product code in `priceChanges`.")


def _price(read: Read, plan: str, cycle: Cycle, currency: Currency) -> PlanPrice:
    def now(product: Product) -> MoneyType:
        return MoneyType.of(Money(unit_price_at(read, product, plan, cycle, currency, read.now), currency))

    return PlanPrice(
        cycle=CycleEnum[cycle.name],
        price=now(Product.PLAN),
        seat_price=now(Product.SEATS),
        product=product_code(Product.PLAN, plan, cycle),
        seat_product=product_code(Product.SEATS, plan, cycle),
    )


@exposes(CATALOG)
@strawberry.type(name="Plan", description="A plan of the catalog.")
class PlanType:
    code: str = strawberry.field(description="Its name for programs; stable.")
    limits: PlanLimits = strawberry.field(description="What it allows.")
    users_max: int = strawberry.field(
        description="How many people an account has with it, without extra seats."
    )
    plan: strawberry.Private[Plan]

    @strawberry.field(
        description="What it costs in one currency, a row for each cycle; empty for the free plan, and where it is "
        "not sold in this currency."
    )
    def prices(self, info: Info, currency: Annotated[Currency, _CURRENCY]) -> list[PlanPrice]:
        cycles = [cycle for cycle, prices in self.plan.prices.items() if currency in prices]
        return [_price(info.context.read, self.plan.code, cycle, currency) for cycle in cycles]

    @classmethod
    def of(cls, plan: Plan) -> PlanType:
        limits = PlanLimits(
            messages_a_day=plan.limits.messages_a_day, messages_a_month=plan.limits.messages_a_month
        )
        return cls(code=plan.code, limits=limits, users_max=plan.users_max, plan=plan)
