"""A customer with money, and the orders slice's terms."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from server.accounts import rules as account_rules
from server.accounts.rules.restricting import RestrictionTerms
from server.kit.idempotency import Once, Receipt
from server.kit.money import Currency
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, Read, Units, Work
from server.orders import actions, reads
from server.orders.reads import OrderRow
from server.orders.reads.prices import PriceLists
from server.orders.rules import Terms
from server.orders.rules.items import Item
from server.wallet import rules as wallet_rules
from server.wallet.actions import Transfer, post
from server.wallet.model import Posting, Wallet
from server.wallet.rules import Counter, PostingKind

T = TypeVar("T")
ACCOUNT = "acc_1"
STRANGER = "acc_2"


@pytest.fixture
def terms() -> Registry:
    return Registry(account_rules.Terms(), RestrictionTerms(), Terms(), wallet_rules.Terms(), PriceLists())


@dataclass(frozen=True)
class Figures:
    """A wallet's posted balance, and the sum of its postings (Q013)."""

    posted: int
    summed: int


class Customer:
    """One account, through the slice's own actions; every call is a unit of work."""

    def __init__(self, units: Units, account_id: str) -> None:
        self.units = units
        self.account_id = account_id
        self._numbers = itertools.count(1)

    async def run(self, action: Callable[[Work], T]) -> T:
        return await self.units.run(Call("test", Viewer(self.account_id, "ses_1")), action)

    async def once(
        self, action: str, key: str, body: dict[str, Any], run: Callable[[Work], Receipt]
    ) -> Receipt:
        call = Call(action, Viewer(self.account_id, "ses_1"))
        return await self.units.run_once(call, Once.of(key, body), run, lambda _, receipt: receipt)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)

    async def receive(self, quantity: int, unit: str = "USD") -> None:
        """Money (or credits) out of nowhere."""
        reference = f"tup_{next(self._numbers)}"
        transfer = Transfer(self.account_id, unit, quantity, Counter.PAYMENTS, PostingKind.TOP_UP, reference)
        await self.run(lambda work: post(work, [transfer]))

    async def order(
        self, item: Item, currency: Currency = Currency.USD, reference: str | None = None, **how: Any
    ) -> OrderRow:
        receipt = await self.run(
            lambda work: actions.place_order(work, self.account_id, item, currency, reference, **how)
        )
        return await self.found(receipt.facts["order_id"])

    async def found(self, order_id: str) -> OrderRow:
        row = await self.read(lambda read: reads.order(read, self.account_id, order_id))
        assert row is not None
        return row

    async def figures(self, unit: str) -> Figures:
        def look(read: Read) -> Figures:
            mine = (Wallet.account_id == self.account_id) & (Wallet.unit == unit)
            posted = read.scalar(select(Wallet.posted).where(mine)) or 0
            deltas = select(Posting.posted_delta).join(Wallet, Wallet.id == Posting.wallet_id).where(mine)
            return Figures(posted, sum(row.posted_delta for row in read.rows(deltas)))

        return await self.read(look)

    async def balance(self, unit: str) -> int:
        """The posted balance, after checking it against its postings."""
        figures = await self.figures(unit)
        assert figures.posted == figures.summed
        return figures.posted


@pytest.fixture
def customer(units: Units) -> Customer:
    return Customer(units, ACCOUNT)


@pytest.fixture
def stranger(units: Units) -> Customer:
    return Customer(units, STRANGER)
