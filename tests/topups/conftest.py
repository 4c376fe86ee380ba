"""A customer, the sandbox and a due runner that tests drive by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import StoredEvent, after
from server.kit.money import Currency, Money
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work
from server.topups import actions, reads
from server.topups.actions.changes import CHANGES
from server.topups.adapters.gateway import Gateways, PaymentGateway
from server.topups.adapters.sandbox import Sandbox
from server.topups.adapters.stripe.client import Api
from server.topups.adapters.stripe.gateway import Stripe
from server.topups.jobs import handlers
from server.topups.reads import TopUpRow
from server.wallet.model import Claim, Posting, Wallet
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
