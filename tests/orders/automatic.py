"""An account with automatic top-ups, the sandbox gateway, and a due runner that tests drive by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import TypeVar

from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import after
from server.kit.money import Currency
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, Read, Units, Work
from server.orders import jobs as order_jobs
from server.orders.actions.auto_top_up import look, set_auto_top_up
from server.orders.actions.auto_top_up_changes import AUTO_TOP_UP_CHANGES
from server.orders.reads.auto_top_up import AutoTopUpRow, RunRow, auto_top_up, runs_of
from server.orders.rules import Terms
from server.orders.rules.auto_top_up import Setting
from server.reactions import reactions
from server.terms import default_terms
from server.topups.actions.methods import remove_method, save_method
from server.topups.adapters import sandbox
from server.topups.adapters.gateway import Gateways
from server.topups.adapters.sandbox import Sandbox
from server.topups.jobs import handlers
from server.topups.rules.methods import SavedFor
from server.wallet.actions import Transfer, post
from server.wallet.reads import balance
from server.wallet.rules import Counter, PostingKind

T = TypeVar("T")
EMAIL = Setting("EMAIL", below=100, add=2_000, currency=Currency.EUR)
PRICE = 38_00
"""What 2,000 e-mail credits cost in euros, by the pack of 1,000."""


def without_channels() -> Registry:
    """The terms of a deployment that asks for no channel: accounts here have no API keys."""
    terms, orders = default_terms(), Terms()
    anyone = dataclasses.replace(orders.auto_top_up, channels=frozenset())
    terms.add(dataclasses.replace(orders, auto_top_up=anyone))
    return terms


class Robot:
    """One account, through the slices' own actions; every call is a unit of work."""

    def __init__(self, units: Units, clock: ManualClock, account_id: str = "acc_robot") -> None:
        self.units = Units(dataclasses.replace(units.house, reactions=reactions()))
        self.clock = clock
        self.account_id = account_id
        self.sandbox = Sandbox(self.units, enabled=True)
        self.numbers = count(1)

    @property
    def runner(self) -> DueRunner:
        steps = {**handlers(Gateways([self.sandbox]), self.sandbox), **order_jobs.handlers()}
        return DueRunner(self.units, steps)

    async def run(self, action: Callable[[Work], T]) -> T:
        return await self.units.run(Call("test", Viewer(self.account_id, "ses_1")), action)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)

    async def due(self, **later: float) -> None:
        """Do what is due, after so much time."""
        self.clock.advance(timedelta(**later))
        await self.runner.run_due()

    async def card(self, token: str = sandbox.OK, saved_for: SavedFor = SavedFor.AUTO_TOP_UP) -> str:
        """Save a payment method; the newest becomes the default one."""
        saved = await self.run(
            lambda work: save_method(work, self.account_id, token, "sandbox", saved_for, make_default=True).id
        )
        await self.due()
        if token in (sandbox.UNKNOWN, sandbox.UNKNOWN_LOST):
            await self.due(minutes=5)  # the first answer was lost
        return saved

    async def remove_card(self, method_id: str) -> None:
        await self.run(lambda work: remove_method(work, self.account_id, method_id))

    async def set(self, setting: Setting = EMAIL) -> AutoTopUpRow:
        return await self.run(lambda work: set_auto_top_up(work, self.account_id, setting))

    async def ready(self, credits: int = 100, token: str = sandbox.OK, setting: Setting = EMAIL) -> str:
        """A card, so much in the wallet, and a rule; returns the card's id."""
        method_id = await self.card(token)
        await self.change(credits, setting.unit)
        await self.set(setting)
        return method_id

    async def look(self) -> AutoTopUpRow:
        await self.run(lambda work: look(work, self._rule(work).id))
        return await self.rule()

    async def rule(self, unit: str = "EMAIL") -> AutoTopUpRow:
        return await self.read(lambda read: self._rule(read, unit))

    async def runs(self, unit: str = "EMAIL") -> list[RunRow]:
        """The newest first."""
        return list(await self.read(lambda read: runs_of(read, self._rule(read, unit).id, 1_000)))

    async def change(self, amount: int, unit: str = "EMAIL") -> None:
        """Credits or money out of nowhere, or spent."""
        counter = Counter.ADJUSTMENTS if amount > 0 else Counter.CREDITS_USED
        kind = PostingKind.ADJUSTMENT if amount > 0 else PostingKind.USAGE
        reference = f"ref:{next(self.numbers)}"
        transfer = Transfer(self.account_id, unit, amount, counter, kind, reference)
        await self.run(lambda work: post(work, [transfer]))

    async def available(self, unit: str = "EMAIL") -> int:
        return (await self.read(lambda read: balance(read, self.account_id, unit))).available

    async def told(self) -> list[str]:
        """The kinds of the rule's events without their common beginning."""
        kinds = [change.__name__ for change in AUTO_TOP_UP_CHANGES]
        stored = await self.read(lambda read: after(read.connection, self.account_id, 0, kinds, 1_000))
        return [event.kind.removeprefix("AutoTopUp") for event in stored]

    def _rule(self, read: Read, unit: str = "EMAIL") -> AutoTopUpRow:
        found = auto_top_up(read, self.account_id, unit)
        assert found is not None
        return found
