"""The decisions about automatic top-ups, at their boundaries."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.orders.rules.auto_top_up import (
    AutoTopUpState,
    Caps,
    Decision,
    Method,
    Situation,
    Spent,
    Standing,
    Suspension,
    Verdict,
    after_failure,
    after_success,
    check_move,
    day_start,
    decide,
    month_start,
    next_day,
    next_month,
)
from server.orders.rules.auto_top_up_terms import AutoTopUpTerms

TERMS = AutoTopUpTerms()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SHORT = Situation(NOW, available=99, below=100, price_minor=40_00, money_minor=0)
READY = Standing()


def verdict(standing: Standing = READY, **changes: Any) -> Verdict:
    return decide(standing, dataclasses.replace(SHORT, **changes), TERMS).verdict


@pytest.mark.rule("M051")
def test_below_the_limit_it_starts_and_at_the_limit_it_does_not() -> None:
    assert (TERMS.below_default, TERMS.add_default) == (100, 2_000)
    assert verdict(available=99) is Verdict.START
    assert verdict(available=100) is Verdict.ENOUGH
    assert verdict(available=101) is Verdict.ENOUGH


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(enabled=False), Verdict.OFF),
        (Standing(in_flight=True), Verdict.IN_FLIGHT),
        (Standing(enabled=False, in_flight=True), Verdict.IN_FLIGHT),
        (Standing(suspension=Suspension.CHARGED_BACK), Verdict.SUSPENDED),
        (Standing(failures=1, next_try_at=NOW + SECOND), Verdict.COOLING),
        (Standing(failures=1, next_try_at=NOW), Verdict.START),
        (Standing(failures=1, next_try_at=NOW - SECOND), Verdict.START),
    ],
)
def test_what_a_rule_remembers_holds_it_back(standing: Standing, expected: Verdict) -> None:
    assert verdict(standing) is expected


@pytest.mark.parametrize(
    ("changes", "suspension"),
    [
        ({"method": Method.GONE}, Suspension.METHOD_GONE),
        ({"method": Method.EXPIRED}, Suspension.METHOD_EXPIRED),
        ({"sends_by_channel": False}, Suspension.CHANNEL_GONE),
        ({"price_minor": None}, Suspension.NOT_SOLD),
    ],
)
def test_what_cannot_heal_by_itself_suspends(changes: dict[str, Any], suspension: Suspension) -> None:
    situation = dataclasses.replace(SHORT, **changes)
    assert decide(READY, situation, TERMS) == Decision(Verdict.SUSPEND, suspension=suspension)


def test_caps_allow_exactly_themselves() -> None:
    spent = Spent(today_minor=60_00, this_month_minor=160_00)
    assert verdict(spent=spent, caps=Caps(day_minor=100_00)) is Verdict.START
    assert verdict(spent=spent, caps=Caps(day_minor=99_99)) is Verdict.DAY_CAP
    assert verdict(spent=spent, caps=Caps(month_minor=200_00)) is Verdict.START
    assert verdict(spent=spent, caps=Caps(month_minor=199_99)) is Verdict.MONTH_CAP
    assert verdict(spent=spent, caps=Caps(day_minor=1, month_minor=1)) is Verdict.MONTH_CAP
    assert verdict(spent=Spent(tries_today=9)) is Verdict.START
    assert verdict(spent=Spent(tries_today=10)) is Verdict.TOO_OFTEN


def test_a_cap_says_when_it_ends() -> None:
    last = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    full = dataclasses.replace(SHORT, now=last, spent=Spent(1, 1), caps=Caps(day_minor=40_00))
    assert decide(READY, full, TERMS).next_at == datetime(2027, 1, 1, tzinfo=UTC)
    full = dataclasses.replace(full, caps=Caps(month_minor=40_00))
    assert decide(READY, full, TERMS).next_at == datetime(2027, 1, 1, tzinfo=UTC)


def test_money_that_is_there_is_used_before_the_card() -> None:
    assert verdict(money_minor=39_99) is Verdict.START
    assert verdict(money_minor=40_00) is Verdict.PAY_FROM_BALANCE
    assert verdict(money_minor=None) is Verdict.START, "a money wallet cannot pay for itself"


def test_the_kill_switch_holds_everything_back() -> None:
    assert verdict(stopped=True) is Verdict.STOPPED
    assert verdict(restricted=True) is Verdict.ACCOUNT_RESTRICTED
    assert verdict(restricted=True, available=100) is Verdict.ENOUGH
    assert verdict(stopped=True, available=100) is Verdict.ENOUGH


def test_failures_cool_for_longer_and_longer_and_then_suspend() -> None:
    standing, waits = Standing(in_flight=True), []
    for _ in TERMS.retry_delays_seconds:
        standing = after_failure(standing, NOW, TERMS)
        assert standing.state is AutoTopUpState.COOLING
        assert standing.next_try_at is not None
        waits.append((standing.next_try_at - NOW).total_seconds())
        standing = dataclasses.replace(standing, in_flight=True)
    assert waits == sorted(waits) == [900, 3600, 21600, 86400]
    standing = after_failure(standing, NOW, TERMS)
    assert (standing.state, standing.suspension) == (
        AutoTopUpState.SUSPENDED,
        Suspension.TOO_MANY_FAILURES,
    )
    assert after_success(standing).state is AutoTopUpState.READY, "a late success disproves the failures"


def test_a_success_does_not_hide_why_else_a_rule_is_suspended() -> None:
    standing = Standing(in_flight=True, suspension=Suspension.METHOD_GONE, failures=2)
    assert after_success(standing) == Standing(suspension=Suspension.METHOD_GONE)
    assert after_failure(standing, NOW, TERMS).suspension is Suspension.METHOD_GONE


def test_a_suspended_rule_never_goes_straight_into_a_charge() -> None:
    with pytest.raises(AssertionError):
        check_move(Standing(suspension=Suspension.CHARGED_BACK), Standing(in_flight=True))
    with pytest.raises(AssertionError):
        check_move(Standing(enabled=False), Standing(in_flight=True))


@given(st.integers(0, 100 * 365 * 24 * 3600))
def test_days_and_months_meet_without_a_gap(seconds: int) -> None:
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert day_start(now) <= now < next_day(now)
    assert month_start(now) <= now < next_month(now)
    assert next_month(now).day == 1
    assert day_start(next_month(now)) == next_month(now)
    assert month_start(next_month(now) - timedelta(microseconds=1)) == month_start(now)
