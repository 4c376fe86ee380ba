"""Two hundred accounts that live for a year: what each of them does, by the dice."""

from __future__ import annotations

import dataclasses
from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from server import duties
from server.accounts.actions import reactivate_account, register, reinstate_account, suspend_account
from server.accounts.reads.lifecycle import may_be_charged
from server.accounts.rules import NewPassword
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.signing import Signing, currency_of
from server.kit.clock import ManualClock
from server.kit.due import Handler
from server.kit.journal import Journal
from server.kit.money import Currency, Money
from server.kit.problems import Refusal
from server.kit.viewer import SYSTEM, Viewer
from server.kit.work import Call, Units, Work
from server.notices.adapters.relay import NoRelay
from server.orders import actions as orders
from server.orders.actions.auto_top_up import resume_auto_top_up, set_auto_top_up
from server.orders.actions.usage import record_usage
from server.orders.model import Order
from server.orders.rules.auto_top_up import Setting
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.items import ApiCalls, CreditPackItem, EmailSend, Usage
from server.orders.rules.terms import Metered
from server.plans.actions.ordering import cancel_plan, change_plan, resume_plan, start_plan
from server.plans.actions.seats import buy_seats
from server.plans.rules.terms import Cycle
from server.privacy.adapters.erasing import Eraser
from server.reactions import reactions
from server.schema import HELD
from server.topups import actions as topups
from server.topups.actions.methods import remove_method, save_method
from server.topups.actions.settlement import apply_provider_event
from server.topups.adapters.gateway import Gateways
from server.topups.adapters.sandbox import Sandbox
from server.topups.reads.methods import methods_of_account
from server.topups.rules.methods import SavedFor
from server.topups.rules.outcomes import ProviderNotice
from tests.year.processes import KILLED, work_through
from tests.year.provider import TOKEN, Provider

COUNTRIES = ("CH", "CH", "DE", "FR", "IT", "GB", "US", "CA", "JP", "TN")
PLANS = ("STARTER", "STARTER", "BUSINESS", "SCALE")
PACKS = ("EMAIL_1K", "EMAIL_10K", "SMS_100")
STEP = timedelta(hours=12)
"""What is due within one step is done at its end."""
ACTIONS_A_DAY = 14
RECONCILED_WITHIN = timedelta(days=8)
"""By then a top-up whose outcome was unknown has one."""


@dataclass
class World:
    """The server's domain with all its reactions, a provider, and everybody who uses them."""

    units: Units
    clock: ManualClock
    random: Random
    roots_dir: Path
    accounts: list[str] = field(default_factory=list)
    done: Tally[str] = field(default_factory=Tally)
    refused: Tally[str] = field(default_factory=Tally)
    kills: int = 0
    _numbers: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.units = Units(dataclasses.replace(self.units.house, reactions=reactions()))
        self.provider = Provider(self.random, self.clock)
        self.eraser = Eraser(Journal(self.roots_dir / "erasures.journal"), HELD)
        self.handlers = self._handlers()
        self.currencies: dict[str, Currency] = {}

    # ---- a year

    async def live(self, accounts: int, days: int) -> None:
        """Let so many accounts live for so long, and then for as long as anything is unsettled."""
        for _ in range(accounts):
            await self.open_account()
        end = self.clock.now() + timedelta(days=days)
        while self.clock.now() < end:
            await self.next_step(end)
        await self.settle()

    async def next_step(self, end: datetime) -> None:
        self.clock.set(min(end, self.clock.now() + STEP))
        for _ in range(self._actions()):
            await self.act(self.random.choice(self.accounts))
        await self.world_goes_on()

    async def world_goes_on(self) -> None:
        for notice in self.provider.arrived():
            await self.deliver(notice)
        killed = 0.0 if self.provider.calm else KILLED
        self.kills += await work_through(self.units.house, self.handlers, self.random, killed)

    async def settle(self) -> None:
        """Nobody acts any more, and the provider has good days: whatever is open comes to its end."""
        self.provider.calm = True
        quiet = self.clock.now() + RECONCILED_WITHIN
        while self.provider.next_at() is not None or self.clock.now() < quiet:
            self.clock.advance(timedelta(hours=12))
            await self.world_goes_on()

    def _actions(self) -> int:
        mean = ACTIONS_A_DAY * STEP / timedelta(days=1)
        return self.random.randint(0, round(2 * mean))

    async def deliver(self, notice: ProviderNotice) -> None:
        """What the webhook does with a notice."""
        await self.units.run(Call("webhook", SYSTEM), lambda work: apply_provider_event(work, notice))

    # ---- what an account does

    async def open_account(self) -> None:
        country = self.random.choice(COUNTRIES)

        def open_one(work: Work) -> str:
            policy = work.terms(AccountTerms).policy
            accepted = (policy.document, policy.version)
            login = f"customer.{next(self._numbers)}"
            return register(work, login, NewPassword(hash="none"), accepted, Signing(country=country))

        account_id = await self.units.run(Call("register"), open_one)
        self.accounts.append(account_id)
        currency = currency_of(country, "EUR")
        self.currencies[account_id] = Currency[currency]

    async def act(self, account_id: str) -> None:
        """Do something; being refused is a part of life. Who finds the account restricted asks to come back."""
        deed = self.random.choices([deed for deed, _ in DEEDS], [weight for _, weight in DEEDS])[0]
        action, come_back = deed(self, account_id), self.come_back(account_id)

        def act(work: Work) -> str:
            if deed in WHILE_RESTRICTED or may_be_charged(work, account_id):
                action(work)
                return deed.__name__
            come_back(work)
            return World.come_back.__name__

        try:
            self.done[await self.units.run(Call(deed.__name__, Viewer(None, None)), act)] += 1
        except Refusal as refusal:
            self.refused[f"{deed.__name__}: {refusal.code}"] += 1

    def save_card(self, account_id: str) -> Callable[[Work], Any]:
        purpose = self.random.choice(list(SavedFor))
        return lambda work: save_method(work, account_id, TOKEN, "bank", purpose, make_default=True)

    def remove_card(self, account_id: str) -> Callable[[Work], Any]:
        def remove(work: Work) -> Any:
            kept = methods_of_account(work, account_id, 20)
            return remove_method(work, account_id, kept[0].id) if kept else None

        return remove

    def top_up(self, account_id: str) -> Callable[[Work], Any]:
        currency = self.currencies[account_id]
        money = Money(self.random.choice((50, 120, 400)) * 10**currency.decimals, currency)
        return lambda work: topups.create_top_up(work, account_id, money, TOKEN, "bank")

    def order(self, account_id: str) -> Callable[[Work], Any]:
        item, wait = CreditPackItem(self.random.choice(PACKS), 1), self.random.random() < 0.5
        currency = self.currencies[account_id]
        return lambda work: orders.place_order(work, account_id, item, currency, await_payment=wait)

    def cancel_order(self, account_id: str) -> Callable[[Work], Any]:
        reason = self.random.choice(list(CancellationReason))

        def cancel(work: Work) -> Any:
            found = work.first(_newest_order(account_id))
            return orders.cancel_order(work, account_id, found.id, reason) if found else None

        return cancel

    def call_the_api(self, account_id: str) -> Callable[[Work], Any]:
        product, calls = self.random.choice(list(Metered)), self.random.choice((1, 700, 2_500))
        operation = ApiCalls(product, calls, self.currencies[account_id])
        usage = Usage(operation, f"call:{next(self._numbers)}")
        return lambda work: record_usage(work, account_id, [usage])

    def come_back(self, account_id: str) -> Callable[[Work], Any]:
        def reactivate(work: Work) -> Any:
            work.actor = Viewer(account_id, None)
            return reactivate_account(work)

        return reactivate

    def be_suspended(self, account_id: str) -> Callable[[Work], Any]:
        return lambda work: suspend_account(work, account_id)

    def be_reinstated(self, account_id: str) -> Callable[[Work], Any]:
        return lambda work: reinstate_account(work, account_id)

    def use(self, account_id: str) -> Callable[[Work], Any]:
        messages = self.random.choice((10, 300, 900))
        usage = Usage(EmailSend(messages), f"use:{next(self._numbers)}")
        return lambda work: record_usage(work, account_id, [usage])

    def top_up_automatically(self, account_id: str) -> Callable[[Work], Any]:
        setting = Setting("EMAIL", below=100, add=2_000, currency=self.currencies[account_id])
        return lambda work: set_auto_top_up(work, account_id, setting)

    def resume_automatic(self, account_id: str) -> Callable[[Work], Any]:
        return lambda work: resume_auto_top_up(work, account_id, "EMAIL")

    def start_a_plan(self, account_id: str) -> Callable[[Work], Any]:
        plan, cycle = self.random.choice(PLANS), self._cycle()
        return lambda work: start_plan(work, account_id, plan, cycle)

    def change_the_plan(self, account_id: str) -> Callable[[Work], Any]:
        plan, cycle, at_once = self.random.choice(PLANS), self._cycle(), self.random.random() < 0.5
        return lambda work: change_plan(work, account_id, plan, cycle, at_once=at_once)

    def cancel_the_plan(self, account_id: str) -> Callable[[Work], Any]:
        return lambda work: cancel_plan(work, account_id)

    def resume_the_plan(self, account_id: str) -> Callable[[Work], Any]:
        return lambda work: resume_plan(work, account_id)

    def buy_a_seat(self, account_id: str) -> Callable[[Work], Any]:
        return lambda work: buy_seats(work, account_id, 1, Cycle.MONTHLY)

    def _cycle(self) -> Cycle:
        return self.random.choice((Cycle.MONTHLY, Cycle.MONTHLY, Cycle.MONTHLY, Cycle.YEARLY))

    def _handlers(self) -> Mapping[str, Handler]:
        sandbox = Sandbox(self.units, enabled=False)
        gateways = Gateways([self.provider, sandbox])
        return duties.handlers(NoRelay(), gateways, sandbox, self.roots_dir, self.roots_dir, self.eraser)


def _newest_order(account_id: str) -> Any:
    return select(Order.id).where(Order.account_id == account_id).order_by(Order.id.desc()).limit(1)


DEEDS: tuple[tuple[Callable[[World, str], Callable[[Work], Any]], int], ...] = (
    (World.save_card, 14),
    (World.remove_card, 2),
    (World.top_up, 12),
    (World.order, 14),
    (World.cancel_order, 4),
    (World.use, 30),
    (World.call_the_api, 10),
    (World.come_back, 12),
    (World.be_suspended, 1),
    (World.be_reinstated, 6),
    (World.top_up_automatically, 8),
    (World.resume_automatic, 2),
    (World.start_a_plan, 12),
    (World.change_the_plan, 3),
    (World.cancel_the_plan, 2),
    (World.resume_the_plan, 2),
    (World.buy_a_seat, 2),
)
"""What accounts do, and how often each compared with the others."""
WHILE_RESTRICTED = frozenset(
    {
        World.save_card,
        World.remove_card,
        World.top_up,
        World.come_back,
        World.be_suspended,
        World.be_reinstated,
    }
)
"""What can be done with an account that is suspended, disabled or deactivated."""
