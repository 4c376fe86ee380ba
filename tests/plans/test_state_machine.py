"""A year of anything in any order, on both databases: each cycle is charged once, and none that was cancelled before.

The machine buys, changes, cancels and resumes plans and seats, adds and removes cards, lets the bank decline, be late,
lose answers and take payments back, moves the clock to instants of billing and past them, and lets due work run late,
twice, and by two runners at once. After each step it checks:

- an account has one live plan at most;
- the paid cycles of a subscription are numbered without a gap, and a renewal begins where the last cycle ended;
- for one charge the card pays once at most;
- no cycle is charged that begins when a cancelled subscription has ended, and none is paid after the end;
- the wallet has what came in less what was taken back and what paid cycles cost, each of which has one invoice.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select

from server.kit.clock import ManualClock
from server.kit.problems import Refusal
from server.kit.work import Units
from server.orders.model import Invoice
from server.plans.actions import seats
from server.plans.actions.billing import renew
from server.plans.model import PlanCharge, PlanSubscription
from server.plans.reads import ChargeRow, SubscriptionRow
from server.plans.rules.terms import Cycle
from server.topups.model import TopUp
from server.topups.rules.outcomes import ChargedBack, Processing, Succeeded
from server.wallet.model import Claim, Wallet
from server.wallet.reads.proof import verify_account
from tests.machines import run_machine
from tests.plans.conftest import Subscriber, Till, new_subscriber

T = TypeVar("T")
LIVE = {"PENDING_PAYMENT", "ACTIVE", "CANCELLING"}
plans = st.sampled_from(["STARTER", "BUSINESS", "SCALE"])
cycles = st.sampled_from([Cycle.MONTHLY, Cycle.MONTHLY, Cycle.YEARLY])


class Year(RuleBasedStateMachine):
    """One account a run; all runs share a database, and the clock only goes on."""

    def __init__(self, units: Units, clock: ManualClock, till: Till, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.units = units
        self.clock = clock
        self.till = till
        self.loop = loop
        self.over: dict[str, datetime] = {}
        """When subscriptions that the customer cancelled end."""

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(300)

    def attempt(self, coroutine: Coroutine[Any, Any, Any]) -> bool:
        """Whether it was done; a refusal is an answer too."""
        try:
            self.wait(coroutine)
        except Refusal:
            return False
        return True

    # ---- rules

    @initialize()
    def begin(self) -> None:
        self.till.fate = "ok"
        self.subscriber: Subscriber = self.wait(new_subscriber(self.units, self.clock, self.till))
        self.wait(self.subscriber.add_card())

    @rule(fate=st.sampled_from(["ok", "ok", "ok", "declined", "later", "silent", "lost", "short"]))
    def bank(self, fate: str) -> None:
        self.till.fate = fate

    @rule(days=st.integers(0, 40), hours=st.integers(0, 23))
    def time_goes_by(self, days: int, hours: int) -> None:
        self.clock.advance(timedelta(days=days, hours=hours))

    @rule(seconds=st.sampled_from([-1, 0, 1]), pick=st.integers(0, 9))
    def comes_to_billing(self, seconds: int, pick: int) -> None:
        ends = [row.period_end for row in self.running() if row.period_end is not None]
        if ends:
            at = ends[pick % len(ends)] + timedelta(seconds=seconds)
            self.clock.set(max(at, self.clock.now()))

    @rule(runners=st.integers(1, 2))
    def due_work(self, runners: int) -> None:
        async def run() -> None:
            await asyncio.gather(*(self.subscriber.runner.run_due() for _ in range(runners)))

        self.wait(run())

    @rule()
    def renewals_again(self) -> None:
        for row in self.subscriptions():
            self.attempt(self.subscriber.run(lambda work, row=row: renew(work, row.id)))  # type: ignore[misc]

    @rule(plan=plans, cycle=cycles)
    def start(self, plan: str, cycle: Cycle) -> None:
        self.attempt(self.subscriber.order(plan, cycle))

    @rule(plan=plans, cycle=cycles, at_once=st.booleans())
    def change(self, plan: str, cycle: Cycle, at_once: bool) -> None:
        self.attempt(self.subscriber.change(plan, cycle, at_once=at_once))

    @rule()
    def cancel(self) -> None:
        self.attempt(self.subscriber.cancel())

    @rule()
    def resume(self) -> None:
        if self.attempt(self.subscriber.resume()):
            self.over.clear()

    @rule(count=st.integers(1, 3), cycle=cycles)
    def buy_seats(self, count: int, cycle: Cycle) -> None:
        self.attempt(self.subscriber.run(self._buying(count, cycle)))

    @rule(count=st.integers(1, 3), pick=st.integers(0, 9))
    def remove_seats(self, count: int, pick: int) -> None:
        bought = [row.id for row in self.running() if row.product == "SEATS"]
        if bought:
            self.attempt(self.subscriber.remove_seats(bought[pick % len(bought)], count))

    @rule()
    def add_card(self) -> None:
        self.attempt(self.subscriber.add_card())

    @rule()
    def remove_cards(self) -> None:
        self.wait(self.subscriber.remove_cards_but(None))

    @rule(pick=st.integers(0, 9))
    def late_money(self, pick: int) -> None:
        waiting = [row for row in self.top_ups() if self._accepted(row)]
        if waiting:
            self.wait(self.subscriber.arrive(waiting[pick % len(waiting)]))

    @precondition(lambda self: self.till.fate == "declined")
    @rule(pick=st.integers(0, 9))
    def chargeback(self, pick: int) -> None:
        settled = [row for row in self.top_ups() if row.status == "SUCCEEDED"]
        if settled:
            self.wait(self.subscriber.hear(settled[pick % len(settled)], ChargedBack(self.clock.now())))

    # ---- what always holds

    @invariant()
    def one_plan(self) -> None:
        live = [row for row in self.subscriptions() if row.product == "PLAN" and row.status in LIVE]
        assert len(live) <= 1
        plan = self.wait(self.subscriber.current()).subscription
        assert plan is None or plan.id in {row.id for row in live if row.number}

    @invariant()
    def cycles_follow_each_other(self) -> None:
        for row in self.subscriptions():
            paid = [charge for charge in self.charges(row.id) if charge.status == "PAID"]
            assert [charge.number for charge in paid] == list(range(1, row.number + 1))
            for before, after in itertools.pairwise(paid):
                assert before.period_start is not None
                assert before.period_end is not None
                assert after.period_start is not None
                if after.reason == "RENEWAL":
                    assert after.period_start == before.period_end
                else:
                    assert before.period_start <= after.period_start
            assert not paid or (paid[-1].period_start, paid[-1].period_end) == (
                row.period_start,
                row.period_end,
            )

    @invariant()
    def one_charge_a_cycle(self) -> None:
        paid_by_card: dict[str, int] = {}
        for row in self.top_ups():
            if isinstance(self.till.books.get(row.transaction_id), Succeeded):
                paid_by_card[row.for_id] = paid_by_card.get(row.for_id, 0) + 1
        assert set(paid_by_card.values()) <= {1}
        for row in self.subscriptions():
            standing = [charge for charge in self.charges(row.id) if charge.status != "FAILED"]
            assert len(standing) == len({charge.number for charge in standing})
            if row.status not in LIVE:
                assert all(charge.status == "PAID" for charge in standing)
                assert all(charge.settled_at <= row.ended_at for charge in standing)  # type: ignore[operator]

    @invariant()
    def nothing_is_charged_after_the_end(self) -> None:
        for row in self.subscriptions():
            if row.stop_reason == "CUSTOMER" and row.ends_at is not None:
                self.over[row.id] = row.ends_at
            else:
                self.over.pop(row.id, None)
        for subscription_id, ends_at in self.over.items():
            for charge in self.charges(subscription_id):
                # One whose work comes a whole cycle late is asked for when its days are over.
                assert (charge.period_start or charge.created_at) < ends_at

    @invariant()
    def money_adds_up(self) -> None:
        came = sum(row.received_minor for row in self.top_ups() if row.status in ("SUCCEEDED", "REVERSED"))
        went = sum(row.received_minor for row in self.top_ups() if row.status == "REVERSED")
        spent = sum(charge.taxed.gross_minor for charge in self.charges() if charge.status == "PAID")
        assert self.balance() - self.owed() == came - went - spent

    def teardown(self) -> None:
        """The bank is well again, everything is cancelled, and a year later nothing is left."""
        self.till.fate = "ok"
        self.wait(self.subscriber.settle())
        self.attempt(self.subscriber.cancel())
        for row in self.running():
            if row.product == "SEATS":
                kept = row.seats if row.next_seats is None else row.next_seats
                self.attempt(self.subscriber.remove_seats(row.id, kept))
        for _ in range(3):
            self.clock.advance(timedelta(days=370))
            self.wait(self.subscriber.settle())
        assert {row.status for row in self.subscriptions()} <= {"ENDED", "LAPSED", "FAILED"}
        assert self.wait(self.subscriber.plan()) == "FREE"
        assert all(charge.status != "PENDING" for charge in self.charges())
        paid = sorted(charge.id for charge in self.charges() if charge.status == "PAID")
        assert self.invoiced() == paid
        report = self.wait(self.units.read(lambda read: verify_account(read, self.subscriber.account_id)))
        assert report.intact

    # ---- ways to look

    def _buying(self, count: int, cycle: Cycle) -> Any:
        return lambda work: seats.buy_seats(work, self.subscriber.account_id, count, cycle)

    def _accepted(self, row: Any) -> bool:
        return row.status == "PROCESSING" and isinstance(self.till.books.get(row.transaction_id), Processing)

    def rows(self, query: Any) -> list[Any]:
        return list(self.wait(self.units.read(lambda read: read.rows(query))))

    def subscriptions(self) -> list[SubscriptionRow]:
        mine = PlanSubscription.account_id == self.subscriber.account_id
        query = select(PlanSubscription.__table__).where(mine).order_by(PlanSubscription.id)
        return [SubscriptionRow(**row._mapping) for row in self.rows(query)]

    def running(self) -> list[SubscriptionRow]:
        return [row for row in self.subscriptions() if row.status in ("ACTIVE", "CANCELLING")]

    def charges(self, subscription_id: str | None = None) -> list[ChargeRow]:
        query = select(PlanCharge.__table__).where(PlanCharge.account_id == self.subscriber.account_id)
        if subscription_id is not None:
            query = query.where(PlanCharge.subscription_id == subscription_id)
        return [ChargeRow(**row._mapping) for row in self.rows(query.order_by(PlanCharge.id))]

    def top_ups(self) -> list[Any]:
        mine = TopUp.account_id == self.subscriber.account_id
        return self.rows(select(TopUp.__table__).where(mine).order_by(TopUp.id))

    def balance(self) -> int:
        mine = Wallet.account_id == self.subscriber.account_id
        return sum(row.posted for row in self.rows(select(Wallet.posted).where(mine)))

    def owed(self) -> int:
        query = select(Claim.amount, Claim.collected).join(Wallet, Wallet.id == Claim.wallet_id)
        rows = self.rows(query.where(Wallet.account_id == self.subscriber.account_id))
        return sum(row.amount - row.collected for row in rows)

    def invoiced(self) -> list[str]:
        mine = (Invoice.account_id == self.subscriber.account_id) & (Invoice.series == "INVOICE")
        return sorted(row.subject_id for row in self.rows(select(Invoice.subject_id).where(mine)))


@pytest.mark.rule("M041", "M042", "M045")
async def test_a_year_of_anything_charges_each_cycle_once(
    units: Units, clock: ManualClock, till: Till
) -> None:
    loop = asyncio.get_running_loop()
    limits = settings(
        max_examples=12,
        stateful_step_count=30,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.generate],  # a failure is told with its steps; to shorten them takes minutes
    )
    await run_machine(lambda: Year(units, clock, till, loop), limits)
