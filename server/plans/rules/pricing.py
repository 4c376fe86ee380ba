"""What a cycle costs, and which changes of a plan may begin at once. Net amounts, in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.kit.money import Currency
from server.plans.rules.fixed_ips import CYCLE as ADDRESS_CYCLE
from server.plans.rules.fixed_ips import FixedIpTerms
from server.plans.rules.problems import NotAnUpgrade, PlanUnknown, SeatsOutOfRange
from server.plans.rules.status import Product
from server.plans.rules.terms import Cycle, Plan, Prices, Terms


def paid_plan(code: str, terms: Terms) -> Plan:
    """The paid plan with this code. Raises PlanUnknown."""
    plan = next((plan for plan in terms.plans if plan.code == code), None)
    if plan is None:
        raise PlanUnknown(code[:20])
    return plan


@dataclass(frozen=True, slots=True)
class Priced:
    """Something that is paid for by the cycle, and its prices in the terms. Of a fixed address `plan` is empty."""

    product: Product
    plan: str
    cycle: Cycle
    prices: Prices


def product_code(product: Product, plan: str, cycle: Cycle) -> str:
    """The code under which a price is announced: PLAN_STARTER_MONTHLY, SEATS_STARTER_MONTHLY, FIXED_IP (M033)."""
    return product.value if product is Product.FIXED_IP else f"{product.value}_{plan}_{cycle.name}"


def products(terms: Terms, addresses: FixedIpTerms) -> Mapping[str, Priced]:
    """All that is paid for by the cycle, by its code."""
    found = [Priced(Product.FIXED_IP, "", ADDRESS_CYCLE, addresses.prices)]
    for plan in terms.plans:
        found += [Priced(Product.PLAN, plan.code, cycle, prices) for cycle, prices in plan.prices.items()]
        found += [
            Priced(Product.SEATS, plan.code, cycle, prices) for cycle, prices in plan.seat_prices.items()
        ]
    return {product_code(one.product, one.plan, one.cycle): one for one in found}


def billed_currency(of_country: str, default: str, terms: Terms) -> Currency:
    """The currency of the customer's country where plans are priced in it (M028), else the default one."""
    priced = {currency.code for plan in terms.plans for currency in plan.prices[Cycle.MONTHLY]}
    return Currency[of_country if of_country in priced else default]


def is_upgrade(plan: str, cycle: Cycle, to_plan: str, to_cycle: Cycle, terms: Terms) -> bool:
    """Whether the change buys more: a larger plan, or the same one for longer."""
    before, after = terms.rank(plan), terms.rank(to_plan)
    return after > before or (after == before and to_cycle.value > cycle.value)


def check_upgrade(plan: str, cycle: Cycle, to_plan: str, to_cycle: Cycle, terms: Terms) -> None:
    """Raises NotAnUpgrade."""
    if not is_upgrade(plan, cycle, to_plan, to_cycle, terms):
        raise NotAnUpgrade(to_plan)


def check_seats(count: int, minimum: int, maximum: int) -> None:
    """Raises SeatsOutOfRange."""
    if not minimum <= count <= maximum:
        raise SeatsOutOfRange(minimum, maximum)
