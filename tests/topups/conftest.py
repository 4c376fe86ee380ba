"""A customer, the sandbox and a due runner that tests drive by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from server.kit.clock import ManualClock
from server.kit.db import Base
from server.kit.due import DueRunner
from server.kit.events import StoredEvent, after
from server.kit.money import Currency, Money
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work
from server.topups import actions, reads
from server.topups.actions import methods
from server.topups.actions.changes import CHANGES
from server.topups.actions.method_changes import METHOD_CHANGES
from server.topups.adapters.gateway import Gateways, PaymentGateway
from server.topups.adapters.sandbox import OK, Sandbox
from server.topups.adapters.stripe.client import Api
from server.topups.adapters.stripe.gateway import Stripe
from server.topups.jobs import handlers
from server.topups.reads import TopUpRow
from server.topups.reads import methods as method_reads
from server.topups.reads.methods import MethodRow
from server.topups.rules.methods import SavedFor
from server.topups.rules.outcomes import TopUpPurpose
from server.wallet.actions import Transfer, post
from server.wallet.model import Claim, Posting, Wallet
from server.wallet.rules import Counter, PostingKind
from tests.topups.fake_stripe import SECRET_KEY, FakeStripe, fake_stripe

ACCOUNT = "acc_payer"
VIEWER = Viewer(ACCOUNT, "ses_1")


@dataclass
class Desk:
    """Orders top-ups for one account and looks at what became of them."""

    units: Units
    clock: ManualClock
    sandbox: Sandbox
    gateway: PaymentGateway
    made: list[str] = field(default_factory=list)

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, handlers(Gateways([self.gateway]), self.sandbox))

    async def order(self, token: str, minor: int = 10_000, account_id: str = ACCOUNT) -> str:
        def create(work: Work) -> str:
            return actions.create_top_up(
                work, account_id, Money(minor, Currency.EUR), token, self.gateway.name
            ).id

        return await self.units.run(Call("createTopUp", VIEWER), create)

    async def save(
        self, token: str = OK, saved_for: SavedFor = SavedFor.ONE_CLICK, *, make_default: bool = False
    ) -> str:
        """Save a method; the gateway is not asked yet."""

        def save(work: Work) -> str:
            saved = methods.save_method(work, ACCOUNT, token, "sandbox", saved_for, make_default=make_default)
            return saved.id

        return await self.units.run(Call("savePaymentMethod", VIEWER), save)

    async def saved(self, token: str = OK, *, make_default: bool = False) -> str:
        """Save a method and let everything happen that is due."""
        method_id = await self.save(token, make_default=make_default)
        await self.runner.run_due()
        return method_id

    async def charge(
        self,
        method_id: str | None = None,
        minor: int = 10_000,
        purpose: TopUpPurpose = TopUpPurpose.AUTO_TOP_UP,
        for_id: str | None = None,
    ) -> str:
        def charge(work: Work) -> str:
            money = Money(minor, Currency.EUR)
            return methods.charge_method(work, ACCOUNT, money, purpose, method_id=method_id, for_id=for_id).id

        return await self.units.run(Call("charge", VIEWER), charge)

    async def remove(self, method_id: str) -> None:
        await self.units.run(
            Call("removePaymentMethod", VIEWER), lambda work: methods.remove_method(work, ACCOUNT, method_id)
        )

    async def method(self, method_id: str) -> MethodRow:
        found = await self.units.read(lambda read: method_reads.method(read, ACCOUNT, method_id))
        assert found is not None
        return found

    async def default(self) -> str | None:
        """The id of the method that is charged by default."""
        found = await self.units.read(lambda read: method_reads.valid_method(read, ACCOUNT))
        return found.id if found is not None else None

    async def method_events(self, method_id: str | None = None) -> list[StoredEvent]:
        kinds = [change.__name__ for change in METHOD_CHANGES]
        return list(
            await self.units.read(
                lambda read: after(read.connection, ACCOUNT, 0, kinds, 1000, subject_id=method_id)
            )
        )

    async def told_of(self, method_id: str) -> list[str]:
        """The kinds of the method's events without their common beginning."""
        return [event.kind.removeprefix("PaymentMethod") for event in await self.method_events(method_id)]

    async def count(self, model: type[Base]) -> int:
        """How many rows a table has."""
        query = select(func.count()).select_from(model)
        return int(await self.units.read(lambda read: read.scalar(query)))

    async def top_up(self, top_up_id: str) -> TopUpRow:
        found = await self.units.read(lambda read: reads.top_up(read, ACCOUNT, top_up_id))
        assert found is not None
        return found

    async def status(self, top_up_id: str) -> str:
        return (await self.top_up(top_up_id)).status

    async def postings(self, account_id: str = ACCOUNT) -> list[tuple[str, int]]:
        query = (
            select(Posting.kind, Posting.posted_delta)
            .join(Wallet, Wallet.id == Posting.wallet_id)
            .where(Wallet.account_id == account_id)
            .order_by(Posting.sequence)
        )
        return [(row.kind, row.posted_delta) for row in await self.units.read(lambda read: read.rows(query))]

    async def balance(self) -> int:
        return sum(delta for _, delta in await self.postings())

    async def spend(self, minor: int) -> None:
        used = Transfer(ACCOUNT, "EUR", -minor, Counter.REVENUE, PostingKind.USAGE, "run-1")
        await self.units.run(Call("recordUsage", VIEWER), lambda work: post(work, [used]))

    async def owed(self) -> int:
        rows = await self.units.read(lambda read: read.rows(select(Claim.amount, Claim.collected)))
        return sum(row.amount - row.collected for row in rows)

    async def events(self, top_up_id: str | None = None) -> list[StoredEvent]:
        kinds = [change.__name__ for change in CHANGES]
        return list(
            await self.units.read(
                lambda read: after(read.connection, ACCOUNT, 0, kinds, 1000, subject_id=top_up_id)
            )
        )

    async def told(self, top_up_id: str) -> list[str]:
        """The kinds of the top-up's events without their common beginning."""
        return [event.kind.removeprefix("TopUp") for event in await self.events(top_up_id)]


@pytest.fixture
def desk(units: Units, clock: ManualClock) -> Desk:
    sandbox = Sandbox(units, enabled=True)
    return Desk(units, clock, sandbox, sandbox)


@pytest.fixture
async def fake(clock: ManualClock) -> AsyncIterator[FakeStripe]:
    """A Stripe that keeps time by the test's clock."""
    async with fake_stripe(clock.now) as fake:
        yield fake


@pytest.fixture
async def stripe(units: Units, fake: FakeStripe) -> AsyncIterator[Stripe]:
    gateway = Stripe(units, Api(SECRET_KEY, fake.url, retries=0))
    yield gateway
    await gateway.close()


@pytest.fixture
def stripe_desk(units: Units, clock: ManualClock, stripe: Stripe) -> Desk:
    """A desk whose only gateway is Stripe."""
    return Desk(units, clock, Sandbox(units, enabled=False), stripe)
