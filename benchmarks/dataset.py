"""The data that both servers answer from, made by Postmeter's own actions, the same every time but for its ids."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from server.accounts import actions as accounts
from server.accounts import reads as account_reads
from server.accounts.rules import SCOPES, NewPassword, Terms
from server.accounts.rules.address import Address
from server.accounts.rules.signing import Signing
from server.app import Postmeter
from server.kit.clock import ManualClock, SystemClock
from server.kit.idempotency import Receipt
from server.kit.money import Currency, Money
from server.kit.viewer import Credentials, Viewer
from server.kit.work import Call, Work
from server.orders import actions as orders
from server.orders.actions.usage import record_usage
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.items import (
    CreditPackItem,
    EmailSend,
    EmailVerificationItem,
    Item,
    NumberLookupItem,
    Usage,
)
from server.settings import Settings
from server.topups import actions as topups
from server.topups.actions.settlement import apply_answer
from server.topups.rules.outcomes import ChargeResult, Declined, FailureCode, Succeeded

T = TypeVar("T")
_ADDRESS = Address("Measured Ltd", "Example Street", "1", "02101", "Boston", "US")

AGE = timedelta(days=20)
"""How long ago the data begins: time for all of it, and less than disables an account for want of sending (M087)."""
DATABASE = "postmeter.sqlite3"
OTHER_ACCOUNTS = 49
OTHER_ORDERS, OTHER_TOP_UPS = 6, 3
TOP_UPS, ORDERS = 100, 200
USAGE_CALLS, ENTRIES_A_CALL = 12, 500
TOP_UP_MINOR = 9_500_00
PASSWORD_HASH = "$argon2id$of-nobody"
"""No password has this hash: the benchmark signs in by an API key only."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where the data is, and the secret of an API key of the measured account."""

    settings: Settings
    database: Path
    stock_database: Path
    api_key: str


def make(folder: Path) -> Dataset:
    """Fill a new database in this folder, and put the stock server's copy beside it."""
    database, settings = folder / DATABASE, settings_in(folder)
    api_key = asyncio.run(_fill(settings))
    stock_database = folder / "stock.sqlite3"
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(stock_database)) as copy:
        source.backup(copy)
    return Dataset(settings, database, stock_database, api_key)


def settings_in(folder: Path) -> Settings:
    """Settings that keep every file in this folder."""
    return Settings(
        database_url=f"sqlite:///{folder / DATABASE}",
        key_store_url=f"sqlite:///{folder}/keys.sqlite3",
        master_key_file=folder / "master.key",
        ledger_roots_dir=folder / "ledger-roots",
        policy="demo",
        _env_file=None,
    )


def beginning() -> datetime:
    """Of the data."""
    return SystemClock().now() - AGE


async def _fill(settings: Settings) -> str:
    clock = ManualClock(beginning())
    postmeter = Postmeter(settings, clock=clock)
    async with postmeter.storage():
        maker = Maker(postmeter, clock)
        for number in range(OTHER_ACCOUNTS):
            other = await maker.register(f"account-{number:02}")
            await maker.trade(other, OTHER_TOP_UPS, OTHER_ORDERS)
        measured = await maker.register("measured")
        await maker.trade(measured, TOP_UPS, ORDERS)
        for _ in range(USAGE_CALLS):
            await maker.use(measured)
        key = await maker.do(
            measured, lambda work: accounts.create_api_key(work, "benchmark", list(SCOPES), expires_at=None)
        )
        return key.secret


def _agree(work: Work) -> None:
    """What the profile `mailpro` wants before an order and before an API key (M007, M020)."""
    accounts.set_postal_address(work, _ADDRESS)
    for policy in work.terms(Terms).key_policies:
        accounts.accept_policy(work, policy.document, policy.version)


class Maker:
    """Runs the actions, with a clock that moves on."""

    def __init__(self, postmeter: Postmeter, clock: ManualClock) -> None:
        self._postmeter = postmeter
        self._clock = clock

    async def do(self, actor: Viewer, action: Callable[[Work], T]) -> T:
        self._clock.advance(timedelta(minutes=7))
        return await self._postmeter.units.run(Call("benchmark", actor), action)

    async def register(self, login: str) -> Viewer:
        """An account, and the viewer of a session of its owner."""

        def register(work: Work) -> str:
            policy = work.terms(Terms).policy
            accepted = (policy.document, policy.version)
            account_id = accounts.register(
                work, login, NewPassword(PASSWORD_HASH), accepted, Signing(professional_use=True)
            )
            (person,) = account_reads.people_of(work, account_id, None, 1)
            proof = accounts.PasswordProof(account_id, person.id, PASSWORD_HASH)
            return accounts.start_session(work, proof, accounts.Device()).secret

        token = await self.do(Viewer(), register)
        viewer = await self._postmeter.authenticator.authenticate(Credentials(bearer=token))
        assert viewer is not None
        await self.do(viewer, _agree)
        return viewer

    async def trade(self, actor: Viewer, top_ups: int, orders_: int) -> None:
        """Top-ups first, one in ten of them declined, then orders of all kinds, one in eight cancelled."""
        for number in range(top_ups):
            await self._top_up(actor, declined=number % 10 == 3)
        for number in range(orders_):
            await self._order(actor, _ITEMS[number % len(_ITEMS)], cancelled=number % 8 == 5)

    async def use(self, actor: Viewer) -> None:
        """Postings: one call with as many entries as one takes."""
        entries = [Usage(EmailSend(1 + number % 3), f"send:{number}") for number in range(ENTRIES_A_CALL)]
        await self.do(actor, lambda work: record_usage(work, _account_id(actor), entries))

    async def _top_up(self, actor: Viewer, *, declined: bool) -> None:
        money = Money(TOP_UP_MINOR, Currency.USD)
        create = partial(
            topups.create_top_up,
            account_id=_account_id(actor),
            money=money,
            payment_token="tok_sandbox_ok",
            gateway="sandbox",
        )
        top_up = await self.do(actor, create)
        await self.do(actor, lambda work: topups.begin_charge(work, top_up.id))

        def settle(work: Work) -> None:
            answer: ChargeResult = Succeeded(money.minor, f"pay:{top_up.transaction_id}", work.now)
            apply_answer(work, top_up.id, Declined(FailureCode.DECLINED, work.now) if declined else answer)

        await self.do(actor, settle)

    async def _order(self, actor: Viewer, item: Item, *, cancelled: bool) -> None:
        account_id = _account_id(actor)
        receipt: Receipt = await self.do(
            actor,
            lambda work: orders.place_order(work, account_id, item, Currency.USD, None, await_payment=False),
        )
        order_id = receipt.facts["order_id"]
        if cancelled:
            reason = CancellationReason.DUPLICATE
            await self.do(actor, lambda work: orders.cancel_order(work, account_id, order_id, reason))


def _account_id(actor: Viewer) -> str:
    assert actor.account_id is not None
    return actor.account_id


_ITEMS: tuple[Item, ...] = (
    CreditPackItem("EMAIL_100K", 5),
    EmailVerificationItem(40_000, check_mailbox=True, list_name="Subscribers"),
    CreditPackItem("SMS_1K", 2),
    NumberLookupItem(5_000, "CH"),
    CreditPackItem("EMAIL_10K", 3),
)
