"""The slices together, in any order of actions: payments, orders, cancellations, usage and holds of one account.

The wallet's own machine (tests/wallet/test_state_machine.py) checks each posting against a model. This one checks
what only the slices together can break, on both databases:

- refunds stay within their payment, and an order is refunded once;
- one payment is credited once, with what was received, and taken back at most once;
- an order pays net and tax, and both go back;
- an order's status and a top-up's status are those that their postings say;
- the ledger verifies, and what waits for money is paid as soon as there is enough;
- at most one automatic top-up of a balance is in flight, and each charges at most one payment.

A wallet's credits are one lot, so no lot can have a remainder of its own. What automatic top-ups promise beside this
is in tests/orders/test_auto_top_up_machine.py.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter as Tally
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import insert, select

from server.accounts.model import Account
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.money import Currency, Money
from server.kit.problems import Refusal
from server.kit.registry import Registry
from server.kit.work import Call, Read, Units, Work
from server.orders import actions as orders
from server.orders import jobs as order_jobs
from server.orders.actions.auto_top_up import set_auto_top_up
from server.orders.actions.usage import record_usage
from server.orders.model import AutoTopUpRun, Order
from server.orders.rules.auto_top_up import Setting
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.items import CreditPackItem, EmailSend, EmailVerificationItem, Item, Usage
from server.reactions import reactions
from server.topups import actions as topups
from server.topups.actions.methods import save_method
from server.topups.adapters.gateway import Gateways
from server.topups.adapters.sandbox import LATER, OK, SAVED_DECLINED, TOKENS, UNKNOWN, Sandbox
from server.topups.jobs import handlers
from server.topups.model import TopUp
from server.topups.rules.methods import SavedFor
from server.wallet.actions import capture, release, reserve
from server.wallet.model import Posting, Wallet
from server.wallet.reads import balance
from server.wallet.reads.proof import verify_account
from server.wallet.rules import Counter, PostingKind
from tests.machines import run_machine
from tests.orders.automatic import without_channels

T = TypeVar("T")
ITEMS: list[Item] = [
    CreditPackItem("EMAIL_1K", 1),
    CreditPackItem("EMAIL_10K", 2),
    EmailVerificationItem(5_000, check_mailbox=False, list_name=None),
]
_accounts = count(1)


class Product(RuleBasedStateMachine):
    """One account; a new one in each run, in the same database."""

    def __init__(self, units: Units, clock: ManualClock, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.units = units
        self.clock = clock
        self.loop = loop
        self.account = f"acc_product{next(_accounts)}"
        self.numbers = count(1)
        self.orders: list[str] = []
        self.holds: list[str] = []
        values = {"id": self.account, "status": "ACTIVE", "created_at": clock.now(), "country": "DE"}
        self.wait(units.run(Call("test"), lambda work: work.execute(insert(Account).values(values))))
        sandbox = Sandbox(units, enabled=True)
        steps = {**handlers(Gateways([sandbox]), sandbox), **order_jobs.handlers()}
        self.due = DueRunner(units, steps)

    # ---- ways to act

    def wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def attempt(self, action: Callable[[Work], T]) -> T | None:
        """What the action answers, None when it is refused: whether it may be is for the slices' own tests."""
        try:
            return self.wait(self.units.run(Call("test"), action))  # type: ignore[no-any-return]
        except Refusal:
            return None

    # ---- rules

    @rule(token=st.sampled_from(sorted(TOKENS)), minor=st.sampled_from([500, 13_000, 40_000]))
    def top_up(self, token: str, minor: int) -> None:
        money = Money(minor, Currency.EUR)
        self.attempt(lambda work: topups.create_top_up(work, self.account, money, token, "sandbox").id)

    @rule(token=st.sampled_from([OK, LATER, SAVED_DECLINED, UNKNOWN]), below=st.sampled_from([100, 900]))
    def top_up_automatically(self, token: str, below: int) -> None:
        made_for = SavedFor.AUTO_TOP_UP
        self.attempt(lambda work: save_method(work, self.account, token, "sandbox", made_for).id)
        self.time_goes_by(0)
        setting = Setting("EMAIL", below, 2_000, Currency.EUR)
        self.attempt(lambda work: set_auto_top_up(work, self.account, setting).id)

    @rule(hours=st.sampled_from([0, 1, 36]))
    def time_goes_by(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        self.wait(self.due.run_due())

    @rule(item=st.sampled_from(ITEMS), wait=st.booleans())
    def order(self, item: Item, wait: bool) -> None:
        placed = self.attempt(
            lambda work: orders.place_order(work, self.account, item, Currency.EUR, await_payment=wait)
        )
        if placed is not None:
            self.orders.append(placed.facts["order_id"])

    @rule(number=st.integers(0, 30), reason=st.sampled_from(CancellationReason))
    def cancel_twice_at_once(self, number: int, reason: CancellationReason) -> None:
        if not self.orders:
            return
        order_id = self.orders[number % len(self.orders)]
        call = Call("test")

        async def race() -> list[Any]:
            twice = (
                self.units.run(call, lambda work: orders.cancel_order(work, self.account, order_id, reason))
                for _ in range(2)
            )
            return await asyncio.gather(*twice, return_exceptions=True)

        outcomes = self.wait(race())
        assert sum(not isinstance(outcome, Exception) for outcome in outcomes) <= 1
        assert all(isinstance(outcome, Refusal) for outcome in outcomes if isinstance(outcome, Exception))

    @rule(messages=st.sampled_from([1, 700, 5_000]))
    def use(self, messages: int) -> None:
        usage = Usage(EmailSend(messages), f"use:{next(self.numbers)}")
        self.attempt(lambda work: record_usage(work, self.account, [usage]))

    @rule(number=st.integers(0, 30), units=st.integers(1, 5_000))
    def fulfil(self, number: int, units: int) -> None:
        if self.orders:
            order_id = self.orders[number % len(self.orders)]
            self.attempt(lambda work: orders.record_fulfilment(work, self.account, order_id, units))

    @rule(quantity=st.integers(1, 2_000))
    def hold(self, quantity: int) -> None:
        until = self.clock.now() + timedelta(hours=1)
        held = self.attempt(lambda work: reserve(work, self.account, "EMAIL", quantity, None, until))
        if held is not None:
            self.holds.append(held.id)

    @rule(quantity=st.integers(1, 2_000), final=st.booleans())
    def settle_a_hold(self, quantity: int, final: bool) -> None:
        if not self.holds:
            return
        hold_id, used = self.holds.pop(), Counter.CREDITS_USED
        kind = PostingKind.HOLD_CAPTURED
        self.attempt(lambda work: capture(work, hold_id, quantity, used, kind, hold_id, final=final))
        self.attempt(lambda work: release(work, hold_id))

    # ---- what always holds

    @invariant()
    def everything_adds_up(self) -> None:
        self.wait(self.units.read(self.check))

    def check(self, read: Read) -> None:
        report = verify_account(read, self.account)
        assert (report.faults, report.complete) == ([], True)
        moved = self.moved(read)
        self.check_orders(read, moved)
        self.check_top_ups(read, moved)
        self.check_automatic(read)

    def moved(self, read: Read) -> Tally[tuple[str, str]]:
        """Money by reference and kind of posting, in cents."""
        query = (
            select(Posting.reference, Posting.kind, Posting.posted_delta)
            .join(Wallet, Wallet.id == Posting.wallet_id)
            .where(Wallet.account_id == self.account, Wallet.unit == "EUR")
        )
        moved: Tally[tuple[str, str]] = Tally()
        for row in read.rows(query):
            moved[row.reference, row.kind] += row.posted_delta
        return moved

    def check_orders(self, read: Read, moved: Tally[tuple[str, str]]) -> None:
        rows = read.rows(select(Order.__table__).where(Order.account_id == self.account))
        for row in rows:
            paid = -(moved[row.id, "ORDER"] + moved[row.id, "TAX"])
            undone = moved[row.id, "ORDER_CANCELLED"] + moved[row.id, "TAX_REFUNDED"]
            back = undone + moved[row.id, "CANCELLATION_FEE"]
            gross = row.net_minor + row.tax_minor
            assert (row.tax_rate_basis_points, row.tax_treatment) == (1900, "STANDARD")
            assert paid == (0 if row.activated_at is None else gross)
            assert -moved[row.id, "TAX"] == (0 if row.activated_at is None else row.tax_minor)
            assert 0 <= back <= paid, "a refund stays within its payment"
            cancelled_after_payment = row.status == "CANCELLED" and paid > 0
            assert undone == (paid if cancelled_after_payment else 0)
            assert back == (row.refund_minor or 0)
        waiting = [row.net_minor + row.tax_minor for row in rows if row.status == "PENDING"]
        euros = balance(read, self.account, "EUR")
        available = euros.available if euros is not None else 0
        assert not waiting or min(waiting) > available, "what is affordable does not wait"

    def check_top_ups(self, read: Read, moved: Tally[tuple[str, str]]) -> None:
        for row in read.rows(select(TopUp.__table__).where(TopUp.account_id == self.account)):
            credited, taken = moved[row.id, "TOP_UP"], -moved[row.id, "TOP_UP_REVERSED"]
            assert credited in (0, row.received_minor), "a payment is credited once, as received"
            assert (credited > 0) == (row.status in ("SUCCEEDED", "REVERSED"))
            assert 0 <= taken <= credited
            assert taken == 0 or row.status == "REVERSED"

    def check_automatic(self, read: Read) -> None:
        runs = read.rows(select(AutoTopUpRun.__table__).where(AutoTopUpRun.account_id == self.account))
        assert sum(run.status == "IN_FLIGHT" for run in runs) <= 1, "at most one is in flight"
        paid_for = select(TopUp.for_id).where(TopUp.account_id == self.account, TopUp.for_id.is_not(None))
        charged = sorted(row.for_id for row in read.rows(paid_for))
        assert charged == sorted(run.id for run in runs if run.top_up_id is not None)


@pytest.fixture
def terms() -> Registry:
    return without_channels()


async def test_the_slices_keep_their_promises_to_each_other(units: Units, clock: ManualClock) -> None:
    together = Units(dataclasses.replace(units.house, reactions=reactions()))
    loop = asyncio.get_running_loop()
    limits = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    await run_machine(lambda: Product(together, clock, loop), limits)
