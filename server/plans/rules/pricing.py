"""What a cycle costs, and which changes of a plan may begin at once. Net amounts, in minor units."""

from __future__ import annotations

from server.kit.money import Currency
from server.plans.rules.problems import NotAnUpgrade, PlanUnknown, SeatsOutOfRange
from server.plans.rules.status import Product
from server.plans.rules.terms import Cycle, Plan, Terms


def paid_plan(code: str, terms: Terms) -> Plan:
    """The paid plan with this code. Raises PlanUnknown."""
    plan = next((plan for plan in terms.plans if plan.code == code), None)
    if plan is None:
        raise PlanUnknown(code[:20])
    return plan


def unit_price_minor(product: Product, plan: Plan, cycle: Cycle, currency: Currency) -> int:
    """The price of one cycle of the plan, or of one extra seat under it."""
    prices = plan.prices if product is Product.PLAN else plan.seat_prices
    return prices[cycle][currency]


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
