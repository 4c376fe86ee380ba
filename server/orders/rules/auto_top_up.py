"""When to top up automatically: where a rule is, what is decided about it, and why (M050 to M054). No I/O, no clock.

A rule is READY until its balance falls below its limit. Then one top-up is IN_FLIGHT, and never two. A failure
makes it COOLING for longer and longer; after the last it is SUSPENDED, as it is at once when its card is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from server.kit.money import AMOUNT_MINOR_MAX, Currency
from server.orders.rules.auto_top_up_terms import AutoTopUpTerms
from server.orders.rules.problems import AutoTopUpCapTooLow, AutoTopUpQuantityInvalid, NotSoldInCurrency
from server.orders.rules.terms import CreditUnit


class AutoTopUpState(Enum):
    """Where a rule is."""

    OFF = "OFF"
    READY = "READY"
    IN_FLIGHT = "IN_FLIGHT"
    COOLING = "COOLING"
    SUSPENDED = "SUSPENDED"


class RunStatus(Enum):
    """How one automatic top-up ended. UNSPENT: the payment came, but too little of it (M031) or too late for its
    order; it is in the wallet."""

    IN_FLIGHT = "IN_FLIGHT"
    SUCCEEDED = "SUCCEEDED"
    UNSPENT = "UNSPENT"
    FAILED = "FAILED"
    REVERSED = "REVERSED"


class Suspension(Enum):
    """Why a rule rests until the customer, or a new payment method, wakes it."""

    METHOD_GONE = "METHOD_GONE"
    METHOD_EXPIRED = "METHOD_EXPIRED"
    TOO_MANY_FAILURES = "TOO_MANY_FAILURES"
    CHARGED_BACK = "CHARGED_BACK"
    CHANNEL_GONE = "CHANNEL_GONE"
    NOT_SOLD = "NOT_SOLD"


OF_METHODS = frozenset({Suspension.METHOD_GONE, Suspension.METHOD_EXPIRED})
"""What a new payment method heals by itself."""


class Verdict(Enum):
    """What was decided about a rule."""

    OFF = "OFF"
    ENOUGH = "ENOUGH"
    START = "START"
    PAY_FROM_BALANCE = "PAY_FROM_BALANCE"
    IN_FLIGHT = "IN_FLIGHT"
    COOLING = "COOLING"
    DAY_CAP = "DAY_CAP"
    MONTH_CAP = "MONTH_CAP"
    TOO_OFTEN = "TOO_OFTEN"
    STOPPED = "STOPPED"
    ACCOUNT_RESTRICTED = "ACCOUNT_RESTRICTED"
    SUSPEND = "SUSPEND"
    SUSPENDED = "SUSPENDED"


_MAY_FOLLOW: Mapping[AutoTopUpState, frozenset[AutoTopUpState]] = {
    # Switching off and on again does not shorten a cooling time.
    AutoTopUpState.OFF: frozenset({AutoTopUpState.READY, AutoTopUpState.COOLING}),
    AutoTopUpState.READY: frozenset(AutoTopUpState),
    # Two in flight would be two charges: a flight ends before the next one starts.
    AutoTopUpState.IN_FLIGHT: frozenset(AutoTopUpState),
    AutoTopUpState.COOLING: frozenset(AutoTopUpState),
    # Only a person, or a new card, wakes it: never straight into a charge.
    AutoTopUpState.SUSPENDED: frozenset({AutoTopUpState.OFF, AutoTopUpState.READY}),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rule remembers; its state follows from it."""

    enabled: bool = True
    in_flight: bool = False
    suspension: Suspension | None = None
    failures: int = 0
    next_try_at: datetime | None = None

    @property
    def state(self) -> AutoTopUpState:
        if self.in_flight:
            return AutoTopUpState.IN_FLIGHT  # what else was decided holds from its end on
        if not self.enabled:
            return AutoTopUpState.OFF
        if self.suspension is not None:
            return AutoTopUpState.SUSPENDED
        return AutoTopUpState.READY if self.next_try_at is None else AutoTopUpState.COOLING


def check_move(before: Standing, after: Standing) -> None:
    """Raises AssertionError, a bug of the caller, when a rule may not go from one to the other."""
    allowed = before.state is after.state or after.state in _MAY_FOLLOW[before.state]
    assert allowed, f"{before.state} to {after.state}"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a rule spent since the beginning of the day and of the month (UTC), and how often it tried today."""

    today_minor: int = 0
    this_month_minor: int = 0
    tries_today: int = 0


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that a rule may spend in a day and in a month (UTC); None is no limit."""

    day_minor: int | None = None
    month_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule is set to (M052). `below` and `add` are whole credits, or minor units where `unit` is a currency;
    without `method_id` the default payment method is charged."""

    unit: str
    below: int
    add: int
    currency: Currency
    method_id: str | None = None
    caps: Caps = Caps()

    @property
    def buys_credits(self) -> bool:
        """Whether credits are ordered; else money is added to the wallet of `currency`."""
        return self.unit in CreditUnit.__members__


class Method(Enum):
    """What became of the payment method that a rule charges."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    GONE = "GONE"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a decision depends on. `price_minor` is the gross price, None when it is not sold; `money_minor`
    what the wallet of its currency has available, None when the rule adds to that very wallet. An account that is
    `restricted` is suspended, or stands still, and is not charged."""

    now: datetime
    available: int
    below: int
    price_minor: int | None
    money_minor: int | None = None
    method: Method = Method.VALID
    sends_by_channel: bool = True
    stopped: bool = False
    restricted: bool = False
    spent: Spent = Spent()
    caps: Caps = Caps()


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, until when to wait, and why a rule is suspended."""

    verdict: Verdict
    next_at: datetime | None = None
    suspension: Suspension | None = None


def check_setting(setting: Setting, terms: AutoTopUpTerms) -> None:
    """Raises AutoTopUpQuantityInvalid, and NotSoldInCurrency for a money wallet that is to be paid in another currency.

    One top-up must lift the balance out of reach of the next one, so it adds at least the limit.
    """
    if not setting.buys_credits and setting.unit != setting.currency.code:
        raise NotSoldInCurrency(setting.currency.code, "currency")
    most = terms.add_max if setting.buys_credits else AMOUNT_MINOR_MAX
    if not 1 <= setting.below <= most:
        raise AutoTopUpQuantityInvalid(setting.unit, 1, most, "below")
    if not setting.below <= setting.add <= most:
        raise AutoTopUpQuantityInvalid(setting.unit, setting.below, most, "add")


def check_caps(setting: Setting, price_minor: int) -> None:
    """Raises AutoTopUpCapTooLow when a cap would never let one top-up through."""
    caps = {"capPerDay": setting.caps.day_minor, "capPerMonth": setting.caps.month_minor}
    for where, cap_minor in caps.items():
        if cap_minor is not None and cap_minor < price_minor:
            raise AutoTopUpCapTooLow(setting.currency.code, price_minor, where)


def decide(standing: Standing, situation: Situation, terms: AutoTopUpTerms) -> Decision:
    """Whether to top up now. At exactly the limit nothing happens (M051)."""
    return _as_it_stands(standing, situation) or _obstacle(situation, terms) or _go(situation)


def _as_it_stands(standing: Standing, situation: Situation) -> Decision | None:
    if standing.in_flight:
        return Decision(Verdict.IN_FLIGHT)
    if not standing.enabled:
        return Decision(Verdict.OFF)
    if standing.suspension is not None:
        return Decision(Verdict.SUSPENDED, suspension=standing.suspension)
    if situation.available >= situation.below:
        return Decision(Verdict.ENOUGH)
    if situation.stopped:
        return Decision(Verdict.STOPPED)
    if situation.restricted:
        return Decision(Verdict.ACCOUNT_RESTRICTED)
    if standing.next_try_at is not None and situation.now < standing.next_try_at:
        return Decision(Verdict.COOLING, next_at=standing.next_try_at)
    return None


def _obstacle(situation: Situation, terms: AutoTopUpTerms) -> Decision | None:
    suspension = _suspension(situation)
    if suspension is not None:
        return Decision(Verdict.SUSPEND, suspension=suspension)
    spent, caps, price = situation.spent, situation.caps, situation.price_minor or 0
    # The month first: where both are used up, the next day changes nothing.
    if caps.month_minor is not None and spent.this_month_minor + price > caps.month_minor:
        return Decision(Verdict.MONTH_CAP, next_at=next_month(situation.now))
    if caps.day_minor is not None and spent.today_minor + price > caps.day_minor:
        return Decision(Verdict.DAY_CAP, next_at=next_day(situation.now))
    if spent.tries_today >= terms.tries_a_day_max:
        return Decision(Verdict.TOO_OFTEN, next_at=next_day(situation.now))
    return None


def _suspension(situation: Situation) -> Suspension | None:
    if not situation.sends_by_channel:
        return Suspension.CHANNEL_GONE
    if situation.method is Method.EXPIRED:
        return Suspension.METHOD_EXPIRED
    if situation.method is Method.GONE:
        return Suspension.METHOD_GONE
    return Suspension.NOT_SOLD if situation.price_minor is None else None


def _go(situation: Situation) -> Decision:
    """Money that is there already is used first: a late payment is not charged a second time."""
    assert situation.price_minor is not None, "what is not sold suspends"
    in_hand = situation.money_minor is not None and situation.money_minor >= situation.price_minor
    return Decision(Verdict.PAY_FROM_BALANCE if in_hand else Verdict.START)


def after_failure(standing: Standing, now: datetime, terms: AutoTopUpTerms) -> Standing:
    """A flight ended without what it was for: cool down, each time for longer, and at last suspend."""
    failures = standing.failures + 1
    if failures > len(terms.retry_delays_seconds):
        return Standing(
            standing.enabled, False, standing.suspension or Suspension.TOO_MANY_FAILURES, failures
        )
    next_try_at = now + timedelta(seconds=terms.retry_delays_seconds[failures - 1])
    return Standing(standing.enabled, False, standing.suspension, failures, next_try_at)


def after_success(standing: Standing, *, in_flight: bool = False) -> Standing:
    """The card works: earlier failures count no more, also when the success came late."""
    failed = standing.suspension is Suspension.TOO_MANY_FAILURES
    return Standing(standing.enabled, in_flight, None if failed else standing.suspension)


def day_start(now: datetime) -> datetime:
    """The first instant of the day in UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_start(now: datetime) -> datetime:
    """The first instant of the month in UTC."""
    return day_start(now).replace(day=1)


def next_day(now: datetime) -> datetime:
    """The first instant of the next day in UTC."""
    return day_start(now) + timedelta(days=1)


def next_month(now: datetime) -> datetime:
    """The first instant of the next month in UTC."""
    return month_start(month_start(now) + timedelta(days=31))
