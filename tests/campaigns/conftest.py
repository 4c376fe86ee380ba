"""A customer with credits and campaigns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, insert, select, update

from server.accounts.model import Account
from server.campaigns import jobs, reads
from server.campaigns.actions import campaigns, recipients
from server.campaigns.actions.events import CHANGES
from server.campaigns.actions.launching import launch_campaign
from server.campaigns.actions.recipients import Added
from server.campaigns.actions.sending import capture_accepted
from server.campaigns.reads import CampaignRow
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.quotes import quote_of
from server.campaigns.rules import MessageChannel, Terms
from server.campaigns.rules.lifecycle import LawfulBasis, ListSource
from server.campaigns.rules.messages import EmailMessage, Message, SmsMessage
from server.campaigns.rules.quoting import Quote
from server.kit.clock import ManualClock
from server.kit.db import Base
from server.kit.due import DueRunner
from server.kit.events import StoredEvent, after
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Units, Work
from server.wallet import reads as wallet_reads
from server.wallet.actions import Transfer, post
from server.wallet.reads.proof import verify_account
from server.wallet.rules import Counter, PostingKind

T = TypeVar("T")
ACCOUNT = "acc_shop"
OTHER_ACCOUNT = "acc_other"
CUSTOMER = Viewer(ACCOUNT, "ses_1")
EMAIL = EmailMessage("Spring at the nursery", "The first marigolds are here.\nCome and see them.")
SMS = SmsMessage("The marigolds are here.", "Marigold", [])


@dataclass
class Studio:
    """The slice through its own actions; every call is a unit of work."""

    house: House
    units: Units
    clock: ManualClock

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, jobs.handlers())

    def terms(self, **changes: Any) -> Terms:
        """Other numbers from now on."""
        changed = replace(self.house.terms.get(Terms), **changes)
        self.house.terms.add(changed)
        return changed

    async def act(self, action: Callable[[Work], T], viewer: Viewer = CUSTOMER) -> T:
        return await self.units.run(Call("test", viewer), action)

    async def open_account(self, account_id: str, **columns: object) -> None:
        values = {"id": account_id, "status": "ACTIVE", "country": "CH", "created_at": self.clock.now()}
        await self.act(lambda work: work.execute(insert(Account).values({**values, **columns})))

    async def set_account(self, **columns: object) -> None:
        await self.act(
            lambda work: work.execute(update(Account).where(Account.id == ACCOUNT).values(columns))
        )

    async def give(self, unit: str, amount: int, account_id: str = ACCOUNT) -> None:
        transfer = Transfer(
            account_id, unit, amount, Counter.PAYMENTS, PostingKind.TOP_UP, self.house.ids.new("top")
        )
        await self.act(lambda work: post(work, [transfer]))

    async def balance(self, unit: str = "EMAIL", account_id: str = ACCOUNT) -> tuple[int, int]:
        """What is posted, and what of it is held."""
        found = await self.units.read(lambda read: wallet_reads.balance(read, account_id, unit))
        return found.posted, found.held

    async def proved(self, account_id: str = ACCOUNT) -> bool:
        """Whether the account's ledger replays without a fault."""
        report = await self.units.read(lambda read: verify_account(read, account_id))
        return not report.faults

    async def create(self, message: Message = EMAIL, name: str = "Spring", account_id: str = ACCOUNT) -> str:
        row = await self.act(lambda work: campaigns.create_campaign(work, account_id, name, message))
        return row.id

    async def declared(
        self,
        campaign_id: str,
        source: ListSource = ListSource.OWN_SUBSCRIBERS,
        account_id: str = ACCOUNT,
    ) -> CampaignRow:
        basis = LawfulBasis.CONSENT
        return await self.act(
            lambda work: campaigns.declare_audience(work, account_id, campaign_id, basis, source)
        )

    async def add(self, campaign_id: str, addresses: Sequence[str], account_id: str = ACCOUNT) -> Added:
        return await self.act(
            lambda work: recipients.add_recipients(work, account_id, campaign_id, addresses)
        )

    async def count(self, campaign_id: str, count: int | Sequence[tuple[str, int]]) -> CampaignRow:
        return await self.act(lambda work: recipients.count_recipients(work, ACCOUNT, campaign_id, count))

    async def ready(self, recipients: int = 100) -> str:
        """An e-mail campaign that can be launched."""
        campaign_id = await self.create()
        await self.declared(campaign_id)
        await self.count(campaign_id, recipients)
        return campaign_id

    async def launch(self, campaign_id: str, account_id: str = ACCOUNT) -> CampaignRow:
        return await self.act(lambda work: launch_campaign(work, account_id, campaign_id))

    async def launched(self, recipients: int = 100) -> CampaignRow:
        return await self.launch(await self.ready(recipients))

    async def accept(self, campaign_id: str, credits: int) -> int:
        return await self.act(lambda work: capture_accepted(work, campaign_id, credits))

    async def row(self, campaign_id: str, account_id: str = ACCOUNT) -> CampaignRow:
        row = await self.units.read(lambda read: reads.campaign(read, account_id, campaign_id))
        assert row is not None
        return row

    async def quote(self, campaign_id: str) -> Quote:
        row = await self.row(campaign_id)
        return await self.units.read(lambda read: quote_of(read, row))

    async def hash(self, address: str, channel: MessageChannel = MessageChannel.EMAIL) -> bytes:
        return await self.units.read(lambda read: address_hash(read, ACCOUNT, channel, address))

    async def rows(self, table: type[Base]) -> int:
        return int(await self.units.read(lambda read: read.scalar(select(func.count()).select_from(table))))

    async def events(self, account_id: str = ACCOUNT) -> list[StoredEvent]:
        kinds = [change.__name__ for change in CHANGES]
        return list(await self.units.read(lambda read: after(read.connection, account_id, 0, kinds, 1000)))

    async def told(self) -> list[str]:
        """The kinds of the account's events without their common beginning."""
        return [event.kind.removeprefix("Campaign") for event in await self.events()]


@pytest.fixture
async def studio(house: House, units: Units, clock: ManualClock) -> Studio:
    studio = Studio(house, units, clock)
    await studio.open_account(ACCOUNT)
    await studio.open_account(OTHER_ACCOUNT)
    return studio
