"""Automatic top-ups in any order of spending, paying, cards that come and go, time, and hands on the rule.

On both databases, against the real ledger, orders, payments and the sandbox gateway with its faults. Always:

- one automatic top-up of a rule is in flight at most, and the rule knows it;
- each run charged at most one payment, and each payment of an automatic top-up has its run;
- what was bought was paid for, and no money is lost: it is in the wallet or in a paid order;
- no rule is tried more often in a day than is allowed, and none gives up later than it should;
- when nothing is due any more, nothing that should start is left, and the alarm is set wherever one is needed.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from server.kit.clock import ManualClock
from server.kit.money import Currency
from server.kit.problems import Refusal
from server.kit.registry import Registry
from server.kit.work import Read, Units, Work
from server.orders.actions.auto_top_up import (
    disable_auto_top_up,
    resume_auto_top_up,
    set_auto_top_up,
    set_kill_switch,
)
from server.orders.model import AutoTopUpRun, Order
from server.orders.reads.auto_top_up import AutoTopUpRow, auto_top_ups, situation_of
from server.orders.rules import Terms
from server.orders.rules.auto_top_up import AutoTopUpState, Caps, Setting, Verdict, day_start, decide
from server.topups.adapters import sandbox
from server.topups.model import TopUp
from server.wallet.model import Wallet
from server.wallet.reads.proof import verify_account
from tests.machines import run_machine
from tests.orders.automatic import EMAIL, PRICE, Robot, without_channels

T = TypeVar("T")
EUROS = Setting("EUR", below=10_00, add=30_00, currency=Currency.EUR)
SETTINGS = [
    EMAIL,
    EUROS,
    dataclasses.replace(EMAIL, below=500, add=1_500, caps=Caps(day_minor=2 * PRICE)),
    dataclasses.replace(EUROS, caps=Caps(day_minor=45_00, month_minor=100_00)),
]
CARDS = [
    sandbox.OK,
    sandbox.LATER,
    sandbox.UNKNOWN,
    sandbox.UNKNOWN_LOST,
    sandbox.SHORT,
    sandbox.CHARGEBACK,
    sandbox.EXPIRES_SOON,
    sandbox.SAVED_DECLINED,
    sandbox.SAVED_STEP_UP,
]
_accounts = count(1)


class Automatic(RuleBasedStateMachine):
    """One account; a new one in each run, in the same database."""

    def __init__(self, units: Units, clock: ManualClock, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.robot = Robot(units, clock, f"acc_automatic{next(_accounts)}")
        self.account = self.robot.account_id
        self.loop = loop
        self.cards: list[str] = []
        self.settled = False

    # ---- ways to act

    def wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def attempt(self, action: Callable[[Work], T]) -> T | None:
        """What the action answers, None when it is refused: whether it may be is for other tests."""
        self.settled = False
        try:
            return self.wait(self.robot.run(action))  # type: ignore[no-any-return]
        except Refusal:
            return None

    def read(self, function: Callable[[Read], T]) -> T:
        return self.wait(self.robot.read(function))  # type: ignore[no-any-return]

    # ---- rules

    @initialize(token=st.sampled_from(CARDS), setting=st.sampled_from(SETTINGS))
    def begin(self, token: str, setting: Setting) -> None:
        self.attempt(lambda work: set_kill_switch(work, stopped=False))
        self.save_card(token)
        self.set(setting)

    @rule(setting=st.sampled_from(SETTINGS))
    def set(self, setting: Setting) -> None:
        self.attempt(lambda work: set_auto_top_up(work, self.account, setting) and None)

    @rule(unit=st.sampled_from(["EMAIL", "EUR"]), amount=st.sampled_from([-3_000, -1_950, -101, -1, 1, 900]))
    def change(self, unit: str, amount: int) -> None:
        self.settled = False
        try:
            self.wait(self.robot.change(amount, unit))
        except Refusal:
            return

    @rule(amount=st.integers(1, 60))
    def spend_twice_at_once(self, amount: int) -> None:
        self.settled = False

        async def race() -> None:
            spends = [self.robot.change(-amount, unit) for unit in ("EMAIL", "EUR") for _ in range(2)]
            await asyncio.gather(*spends, self.robot.due(), return_exceptions=True)

        self.wait(race())

    @rule(hours=st.sampled_from([0, 0, 1, 30, 24 * 9]))
    def time_goes_by(self, hours: int) -> None:
        self.wait(self.robot.due(hours=hours))
        self.settled = True

    @rule(token=st.sampled_from(CARDS))
    def save_card(self, token: str) -> None:
        self.settled = False
        try:
            self.cards.append(self.wait(self.robot.card(token)))
        except Refusal:  # there are as many as an account may have
            return

    @rule()
    def remove_the_newest_card(self) -> None:
        if self.cards:
            self.settled = False
            try:
                self.wait(self.robot.remove_card(self.cards.pop()))
            except Refusal:
                return

    @rule(unit=st.sampled_from(["EMAIL", "EUR"]))
    def switch_off(self, unit: str) -> None:
        self.attempt(lambda work: disable_auto_top_up(work, self.account, unit) and None)

    @rule(unit=st.sampled_from(["EMAIL", "EUR"]))
    def resume(self, unit: str) -> None:
        self.attempt(lambda work: resume_auto_top_up(work, self.account, unit) and None)

    @rule(stopped=st.booleans())
    def throw_the_switch(self, stopped: bool) -> None:
        self.attempt(lambda work: set_kill_switch(work, stopped=stopped))

    # ---- what always holds

    @invariant()
    def everything_holds(self) -> None:
        self.read(self.check)

    def check(self, read: Read) -> None:
        report = verify_account(read, self.account)
        assert (report.faults, report.complete) == ([], True)
        top_ups = {
            row.id: row for row in read.rows(select(TopUp.__table__).where(TopUp.account_id == self.account))
        }
        runs = read.rows(select(AutoTopUpRun.__table__).where(AutoTopUpRun.account_id == self.account))
        self.check_flights(read, runs)
        self.check_money(read, runs, top_ups)
        for each in auto_top_ups(read, self.account):
            self.check_tries(each, [run for run in runs if run.auto_top_up_id == each.id])
            if self.settled:
                self.check_settled(read, each)

    def check_flights(self, read: Read, runs: Any) -> None:
        for each in auto_top_ups(read, self.account):
            flying = [run.id for run in runs if (run.auto_top_up_id, run.status) == (each.id, "IN_FLIGHT")]
            assert flying == ([] if each.run_id is None else [each.run_id])
            assert (each.state is AutoTopUpState.IN_FLIGHT) == bool(flying)

    def check_money(self, read: Read, runs: Any, top_ups: Any) -> None:
        charged = [run.top_up_id for run in runs if run.top_up_id is not None]
        assert sorted(charged) == sorted(top_ups), "one payment a run, and one run a payment"
        orders = {
            row.id: row for row in read.rows(select(Order.__table__).where(Order.account_id == self.account))
        }
        assert sorted(orders) == sorted(run.order_id for run in runs if run.order_id is not None)
        for run in runs:
            order, top_up = orders.get(run.order_id), top_ups.get(run.top_up_id)
            if top_up is not None:
                assert (top_up.for_id, top_up.amount_minor) == (run.id, run.amount_minor)
                came = top_up.status == "SUCCEEDED"
                assert came == (run.status in ("SUCCEEDED", "UNSPENT"))
            if run.status == "SUCCEEDED" and order is not None:
                assert order.status == "ACTIVE"
            if run.status in ("FAILED", "UNSPENT") and order is not None:
                assert order.status in ("CANCELLED", "ACTIVE"), "nothing waits for money that never comes"

    def check_tries(self, each: AutoTopUpRow, runs: Any) -> None:
        days = {day_start(run.started_at) for run in runs}
        for day in days:
            tries = [run for run in runs if day_start(run.started_at) == day]
            assert len(tries) <= Terms().auto_top_up.tries_a_day_max
        assert each.failures <= len(Terms().auto_top_up.retry_delays_seconds) + 1

    def check_settled(self, read: Read, each: AutoTopUpRow) -> None:
        situation = situation_of(read, self.account, each.setting, each.id)
        decision = decide(each.standing, situation, read.terms(Terms).auto_top_up)
        assert decision.verdict not in (Verdict.START, Verdict.PAY_FROM_BALANCE, Verdict.SUSPEND)
        if decision.verdict is Verdict.ENOUGH:
            mine = (Wallet.account_id == self.account) & (Wallet.unit == each.unit)
            assert read.scalar(select(Wallet.alarm_below).where(mine)) == each.below


@pytest.fixture
def terms() -> Registry:
    return without_channels()


async def test_automatic_top_ups_keep_their_promises(units: Units, clock: ManualClock) -> None:
    loop = asyncio.get_running_loop()
    limits = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.generate],  # a failure is told with its steps; to shorten them takes minutes
    )
    await run_machine(lambda: Automatic(units, clock, loop), limits)
