"""The ledger against a model of it: any order of actions, on both databases, and every invariant after each.

Of the invariants that a prepaid balance must hold, this machine checks:

- transfers sum to zero per unit: the counter-accounts mirror what the customer has;
- the cached balance is the replayed one at every sequence (`asOf`, and the replay of `verify_account`);
- available = posted - held, and never below zero;
- a hold resolves once and captures at most itself;
- the sequence is contiguous in each wallet;
- one provider event makes at most one posting;
- expiry and concurrent spends end in a result that some order of them gives;
- erasure changes no total: by counter-account and unit the living and the erased together are what all postings made
  them, and the whole ledger stays intact; beside spends it loses none.

Credits have no lots here, so no lot remainders. Refunds within their payment and one automatic top-up in flight are
promises of the slices that decide on them.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Sums
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import func, select

from server.kit.clock import ManualClock
from server.kit.problems import Refusal
from server.kit.work import Call, Read, Units, Work
from server.wallet.actions import (
    Transfer,
    capture,
    collect,
    erase,
    expire_due,
    post,
    pseudonymise,
    release,
    reserve,
    reverse,
)
from server.wallet.jobs import verify_ledger
from server.wallet.model import Posting, Wallet
from server.wallet.reads import balance, balances, counter_totals, owed
from server.wallet.reads.proof import verify_account
from server.wallet.rules import (
    BalanceTooLow,
    Counter,
    HoldNotFound,
    HoldNotOpen,
    HoldTooSmall,
    PostingKind,
    WalletsClosed,
)
from tests.machines import run_machine
from tests.wallet.test_actions import spend, top_up

T = TypeVar("T")
UNITS = ("EUR", "EMAIL")
HOLD_MINUTES = 30
amounts = st.integers(1, 60)
units_of = st.sampled_from(UNITS)
_accounts = count(1)


@dataclass
class Expected:
    """What the model says of one wallet. `history` has posted and held after each sequence."""

    posted: int = 0
    held: int = 0
    owed: int = 0
    history: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])

    @property
    def available(self) -> int:
        return self.posted - self.held

    def change(self, posted: int, held: int = 0) -> None:
        """One posting."""
        self.posted += posted
        self.held += held
        self.history.append((self.posted, self.held))


@dataclass
class Held:
    """What the model says of one hold."""

    id: str
    unit: str
    remaining: int
    expires_at: Any
    is_open: bool = True
    is_gone: bool = False


class Ledger(RuleBasedStateMachine):
    """One account with two wallets, and after its erasure the next one; new ones in each run, in one database."""

    holds = Bundle("holds")

    def __init__(self, units: Units, clock: ManualClock, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self.units = units
        self.clock = clock
        self.loop = loop
        self.account = f"acc_{next(_accounts)}"
        self.wallets = {unit: Expected() for unit in UNITS}
        self.placed: list[Held] = []
        self.numbers = count(1)

    # ---- ways to act

    def wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def act(self, action: Callable[[Work], T]) -> T:
        return self.wait(self.units.run(Call("test"), action))  # type: ignore[no-any-return]

    def refused(self, action: Callable[[Work], Any], kind: type[Refusal]) -> Any:
        with pytest.raises(kind) as caught:
            self.act(action)
        return caught.value

    def credit(self, amount: int, unit: str) -> Transfer:
        return top_up(amount, f"top_{next(self.numbers)}", unit, self.account)

    def debit(self, amount: int, unit: str) -> Transfer:
        return spend(amount, f"use_{next(self.numbers)}", unit, self.account)

    # ---- rules

    @initialize()
    def begin(self) -> None:
        for unit in UNITS:
            self.top_up(100, unit)

    @rule(amount=amounts, unit=units_of)
    def top_up(self, amount: int, unit: str) -> None:
        transfer = self.credit(amount, unit)
        self.act(lambda work: post(work, [transfer]))
        self.wallets[unit].change(amount)
        with pytest.raises(Exception, match=r"(?i)unique"):  # the provider delivers its event again
            self.act(lambda work: post(work, [transfer]))

    @rule(amount=amounts, unit=units_of)
    def spend(self, amount: int, unit: str) -> None:
        wallet = self.wallets[unit]
        if amount > wallet.available:
            refusal = self.refused(lambda work: post(work, [self.debit(amount, unit)]), BalanceTooLow)
            assert (refusal.available, refusal.required) == (wallet.available, amount)
            return
        (posted,) = self.act(lambda work: post(work, [self.debit(amount, unit)]))
        wallet.change(-amount)
        assert posted.sequence == len(wallet.history) - 1

    @rule(price=amounts, credits=amounts)
    def convert(self, price: int, credits: int) -> None:
        def buy(work: Work) -> Any:
            return post(
                work,
                [
                    Transfer(
                        self.account, "EMAIL", credits, Counter.CREDITS_SOLD, PostingKind.ORDER_CREDITS, "o"
                    ),
                    Transfer(self.account, "EUR", -price, Counter.CREDITS_SOLD, PostingKind.ORDER, "o"),
                ],
            )

        if price > self.wallets["EUR"].available:
            self.refused(buy, BalanceTooLow)
            return
        self.act(buy)
        self.wallets["EMAIL"].change(credits)
        self.wallets["EUR"].change(-price)

    @rule(wanted=st.lists(amounts, min_size=2, max_size=6), unit=units_of)
    def spend_at_once(self, wanted: list[int], unit: str) -> None:
        wallet = self.wallets[unit]

        async def race() -> list[Any]:
            runs = (
                self.units.run(
                    Call("test"), lambda work, amount=amount: post(work, [self.debit(amount, unit)])
                )
                for amount in wanted
            )
            return await asyncio.gather(*runs, return_exceptions=True)

        results = self.wait(race())
        done = sorted((result[0] for result in results if isinstance(result, list)), key=lambda p: p.sequence)
        for posted in done:
            wallet.change(posted.amount)
            assert (posted.sequence, posted.posted) == (len(wallet.history) - 1, wallet.posted)
        for amount, result in zip(wanted, results, strict=True):
            if not isinstance(result, list):
                assert isinstance(result, BalanceTooLow)
                assert result.available < amount  # it was too much at its moment, and so it is at the end
                assert wallet.available < amount

    @rule(target=holds, quantity=amounts, unit=units_of)
    def reserve(self, quantity: int, unit: str) -> Any:
        wallet = self.wallets[unit]
        expires_at = self.clock.now() + timedelta(minutes=HOLD_MINUTES)

        def place(work: Work) -> Any:
            return reserve(work, self.account, unit, quantity, None, expires_at)

        if quantity > wallet.available:
            self.refused(place, BalanceTooLow)
            return multiple()
        held = Held(self.act(place).id, unit, quantity, expires_at)
        wallet.change(0, quantity)
        self.placed.append(held)
        return held

    @rule(held=holds, quantity=amounts, final=st.booleans())
    def capture(self, held: Held, quantity: int, final: bool) -> None:
        def take(work: Work) -> Any:
            return capture(work, held.id, quantity, Counter.REVENUE, PostingKind.ORDER, "ord_1", final=final)

        if held.is_gone:
            self.refused(take, HoldNotFound)
        elif not held.is_open or held.expires_at <= self.clock.now():
            self.refused(take, HoldNotOpen)
        elif quantity > held.remaining:
            self.refused(take, HoldTooSmall)
        else:
            self.act(take)
            left = 0 if final else held.remaining - quantity
            self.wallets[held.unit].change(-quantity, left - held.remaining)
            held.remaining = left
            held.is_open = left > 0

    @rule(held=consumes(holds))
    def release(self, held: Held) -> None:
        if held.is_open:
            self.act(lambda work: release(work, held.id))
            self.give_back(held)
        gone = HoldNotFound if held.is_gone else HoldNotOpen
        self.refused(lambda work: release(work, held.id), gone)

    @rule(minutes=st.sampled_from([1, HOLD_MINUTES]))
    def time_goes_by(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def expire(self) -> None:
        due = self.due()
        assert self.act(lambda work: expire_due(work, 100)) == len(due)
        for held in due:
            self.give_back(held)

    @rule(amount=amounts, unit=units_of)
    def expire_while_spending(self, amount: int, unit: str) -> None:
        due = self.due()
        wallet = self.wallets[unit]
        before = wallet.available

        async def race() -> list[Any]:
            return await asyncio.gather(
                self.units.run(Call("test"), lambda work: expire_due(work, 100)),
                self.units.run(Call("test"), lambda work: post(work, [self.debit(amount, unit)])),
                return_exceptions=True,
            )

        expired, spent = self.wait(race())
        assert expired == len(due)
        if isinstance(spent, BalanceTooLow):
            assert amount > before
        # In which order the two came is told by the sequence; the model follows it.
        first = isinstance(spent, list) and spent[0].sequence == len(wallet.history)
        if first:
            wallet.change(-amount)
        for held in due:
            self.give_back(held)
            if isinstance(spent, list) and not first and spent[0].sequence == len(wallet.history):
                wallet.change(-amount)
                first = True
        assert first or not isinstance(spent, list)

    @rule(amount=amounts, unit=units_of)
    def charge_back(self, amount: int, unit: str) -> None:
        wallet = self.wallets[unit]
        now = min(amount, wallet.available)
        outcome = self.act(
            lambda work: reverse(
                work,
                self.account,
                unit,
                amount,
                Counter.CHARGEBACKS,
                PostingKind.TOP_UP_REVERSED,
                f"top_{next(self.numbers)}",
            )
        )
        assert outcome.shortfall == amount - now
        assert (outcome.posted is None) == (now == 0)
        if now:
            wallet.change(-now)
        wallet.owed += amount - now

    @rule(unit=units_of)
    def collect(self, unit: str) -> None:
        wallet = self.wallets[unit]
        before, owed_before = wallet.available, wallet.owed
        sequence = len(wallet.history)
        taken = self.act(lambda work: collect(work, self.account, unit))
        assert taken == min(before, owed_before)
        wallet.owed -= taken
        for row in self.wait(self.units.read(lambda read: self.postings(read, unit, sequence))):
            wallet.change(row.posted_delta)

    @rule(amount=amounts, unit=units_of)
    def erase(self, amount: int, unit: str) -> None:
        """Beside a spend: it came first and counts, or it is refused."""
        before = self.totals()

        async def race() -> Any:
            return await asyncio.gather(
                self.units.run(Call("test"), lambda work: post(work, [self.debit(amount, unit)])),
                self.units.run(Call("test"), lambda work: erase(work, self.account)),
                return_exceptions=True,
            )

        spent, erased = self.wait(race())
        came_first = isinstance(spent, list)
        assert came_first or isinstance(spent, WalletsClosed | BalanceTooLow)
        if came_first:
            before["REVENUE", unit] += amount
            self.wallets[unit].posted -= amount
        for name, wallet in self.wallets.items():
            # What the holds give back pays the claims first; the rest is forfeited.
            collected = min(wallet.posted, wallet.owed)
            before["CHARGEBACKS", name] += collected
            before["FORFEITS", name] += wallet.posted - collected
            assert erased.forfeited.get(name, 0) == wallet.posted - collected
            assert erased.written_off.get(name, 0) == wallet.owed - collected
        assert self.totals() == before
        assert self.wait(verify_ledger(self.units)).faults == []
        self.refused(lambda work: post(work, [self.credit(amount, unit)]), WalletsClosed)
        self.succeed()

    @rule(unit=units_of)
    def pseudonymise(self, unit: str) -> None:
        before = self.totals()
        kept = self.act(lambda work: pseudonymise(work, self.account))
        for name, wallet in self.wallets.items():
            collected = min(wallet.posted, wallet.owed)
            before["CHARGEBACKS", name] += collected
            before["FORFEITS", name] += wallet.posted - collected
        assert self.totals() == before
        self.refused(lambda work: post(work, [self.credit(1, unit)]), WalletsClosed)
        self.act(lambda work: erase(work, kept.owner_id))
        assert self.totals() == before
        assert self.wait(verify_ledger(self.units)).faults == []
        self.succeed()

    def totals(self) -> Sums[tuple[str, str]]:
        return Sums(self.wait(self.units.read(counter_totals)))

    def succeed(self) -> None:
        """Go on with another account, which has nothing yet."""
        for held in self.placed:
            held.is_open, held.is_gone = False, True
        self.account = f"acc_{next(_accounts)}"
        self.wallets = {unit: Expected() for unit in UNITS}

    # ---- what always holds

    @invariant()
    def the_ledger_is_what_the_model_says(self) -> None:
        self.wait(self.units.read(self.check))

    def check(self, read: Read) -> None:
        report = verify_account(read, self.account)
        assert (report.faults, report.complete) == ([], True)
        now = {row.unit: row for row in balances(read, self.account)}
        for unit, wallet in self.wallets.items():
            row = now.get(unit) or balance(read, self.account, unit)
            assert (row.posted, row.held) == (wallet.posted, wallet.held)
            assert row.available == row.posted - row.held
            assert row.available >= 0
            assert row.sequence == len(wallet.history) - 1
            assert owed(read, self.account, unit) == wallet.owed
            past = len(wallet.history) // 2
            then = balance(read, self.account, unit, as_of=past)
            assert (then.posted, then.held) == wallet.history[past]
        for unit, total in self.mirrored(read):
            assert -sum(amount for (_, of), amount in report.totals.items() if of == unit) == total
            assert total == self.wallets[unit].posted

    def mirrored(self, read: Read) -> list[tuple[str, int]]:
        query = (
            select(Wallet.unit, func.sum(Posting.posted_delta))
            .join(Wallet, Wallet.id == Posting.wallet_id)
            .where(Wallet.account_id == self.account)
            .group_by(Wallet.unit)
        )
        return [(unit, int(total)) for unit, total in read.rows(query)]

    def postings(self, read: Read, unit: str, first: int) -> Any:
        return read.rows(
            select(Posting.posted_delta)
            .join(Wallet, Wallet.id == Posting.wallet_id)
            .where(Wallet.account_id == self.account, Wallet.unit == unit, Posting.sequence >= first)
            .order_by(Posting.sequence)
        )

    def due(self) -> list[Held]:
        now = self.clock.now()
        found = [held for held in self.placed if held.is_open and held.expires_at <= now]
        return sorted(found, key=lambda held: held.unit)

    def give_back(self, held: Held) -> None:
        self.wallets[held.unit].change(0, -held.remaining)
        held.remaining = 0
        held.is_open = False

    def teardown(self) -> None:
        """Leave no open hold behind: the database serves the next run too."""
        self.clock.advance(timedelta(hours=1))
        self.act(lambda work: expire_due(work, 1000))


@pytest.mark.rule("Q013", "M046")
async def test_the_ledger_keeps_its_invariants(units: Units, clock: ManualClock) -> None:
    loop = asyncio.get_running_loop()
    limits = settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    await run_machine(lambda: Ledger(units, clock, loop), limits)
