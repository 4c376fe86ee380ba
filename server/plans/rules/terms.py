"""The slice's numbers: the catalog of plans and what happens around a cycle, as profile `mailpro` sets them.

Prices are net of tax (M029), in minor units of their currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from types import MappingProxyType

from server.kit.money import Currency

Prices = Mapping[Currency, int]


class Cycle(Enum):
    """How long one cycle is, in calendar months."""

    MONTHLY = 1
    YEARLY = 12


class TermSetOn(Enum):
    """What fixes the days on which the cycles of a subscription begin (M035)."""

    REGISTRATION = "REGISTRATION"
    FIRST_USE = "FIRST_USE"


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """What an account may do; None where there is no limit."""

    messages_a_day: int | None
    messages_a_month: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the catalog. The free one has no prices, and no extra seats."""

    code: str
    limits: PlanLimits
    users_max: int
    prices: Mapping[Cycle, Prices]
    seat_prices: Mapping[Cycle, Prices]


def _prices(usd: int, eur: int, gbp: int, chf: int, jpy: int, tnd: int, cad: int, aud: int) -> Prices:
    codes = ("USD", "EUR", "GBP", "CHF", "JPY", "TND", "CAD", "AUD")
    amounts = (usd, eur, gbp, chf, jpy, tnd, cad, aud)
    return MappingProxyType({Currency[code]: amount for code, amount in zip(codes, amounts, strict=True)})


def _both(monthly: Prices, yearly: Prices) -> Mapping[Cycle, Prices]:
    return MappingProxyType({Cycle.MONTHLY: monthly, Cycle.YEARLY: yearly})


_NONE: Mapping[Cycle, Prices] = MappingProxyType({})
FREE = Plan("FREE", PlanLimits(200, 3_000), 1, _NONE, _NONE)

# Columns: USD, EUR, GBP, CHF in hundredths; JPY whole; TND in thousandths; CAD, AUD in hundredths.
_PLANS = (
    Plan(
        "STARTER",
        PlanLimits(None, 20_000),
        2,
        _both(
            _prices(15_00, 14_00, 12_00, 13_50, 2_200, 46_000, 20_00, 22_00),
            _prices(150_00, 140_00, 120_00, 135_00, 22_000, 460_000, 200_00, 220_00),
        ),
        _both(
            _prices(5_00, 4_70, 4_00, 4_50, 750, 15_500, 6_80, 7_50),
            _prices(50_00, 47_00, 40_00, 45_00, 7_500, 155_000, 68_00, 75_00),
        ),
    ),
    Plan(
        "BUSINESS",
        PlanLimits(None, 100_000),
        5,
        _both(
            _prices(49_00, 46_00, 39_00, 44_00, 7_300, 152_000, 66_00, 73_00),
            _prices(490_00, 460_00, 390_00, 440_00, 73_000, 1_520_000, 660_00, 730_00),
        ),
        _both(
            _prices(8_00, 7_50, 6_50, 7_20, 1_200, 25_000, 11_00, 12_00),
            _prices(80_00, 75_00, 65_00, 72_00, 12_000, 250_000, 110_00, 120_00),
        ),
    ),
    Plan(
        "SCALE",
        PlanLimits(None, 1_000_000),
        20,
        _both(
            _prices(199_00, 187_00, 158_00, 179_00, 29_700, 617_000, 269_00, 296_00),
            _prices(1_990_00, 1_870_00, 1_580_00, 1_790_00, 297_000, 6_170_000, 2_690_00, 2_960_00),
        ),
        _both(
            _prices(8_00, 7_50, 6_50, 7_20, 1_200, 25_000, 11_00, 12_00),
            _prices(80_00, 75_00, 65_00, 72_00, 12_000, 250_000, 110_00, 120_00),
        ),
    ),
)


@dataclass(frozen=True)
class Terms:
    """Everything that this slice decides by."""

    free: Plan = FREE
    """What an account without a subscription has. A change holds from the next read on, without notice (M037)."""
    plans: tuple[Plan, ...] = _PLANS
    """The paid plans, from the smallest to the largest."""
    term_set_on: TermSetOn = TermSetOn.REGISTRATION
    """With FIRST_USE the first cycle begins again, once, when the service is first used in it (M035)."""
    renewal_retries: tuple[timedelta, ...] = (timedelta(days=1), timedelta(days=3), timedelta(days=3))
    """How long to wait after each failed charge of a renewal; after the last one the plan lapses."""
    payment_wait_max: timedelta = timedelta(days=5)
    """How long the outcome of one charge may be open; then it counts as failed. Longer than top-ups are reconciled."""
    renewal_notice: timedelta = timedelta(days=7)
    """How long before a renewal it is announced; only for cycles that are longer."""
    held_renewal_wait: timedelta = timedelta(days=1)
    """How long until a renewal that is held back looks again, should nobody have woken it."""
    seats_max: int = 500
    """Extra seats of one account."""
    seat_subscriptions_max: int = 20
    """Purchases of extra seats that one account may have running at once."""

    def plan(self, code: str) -> Plan | None:
        """The plan with this code, the free one included."""
        return next((plan for plan in (self.free, *self.plans) if plan.code == code), None)

    def rank(self, code: str) -> int:
        """Where a plan is in the catalog: a larger one has a higher rank. One that is not there any more has -1."""
        codes = [plan.code for plan in (self.free, *self.plans)]
        return codes.index(code) if code in codes else -1
