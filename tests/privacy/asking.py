"""A recipient who asks about their data, the customer who wrote to them and two of the staff, through the actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from server import duties
from server.accounts.model import Person
from server.campaigns.model import Campaign, CampaignRecipient, Suppression
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.suppression import Unsubscribing, unsubscribe_token
from server.campaigns.rules import MessageChannel
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import after
from server.kit.work import House, Units, Work
from server.notices.model import Notice, OutboxMessage
from server.notices.rules import Mailing
from server.privacy.actions.recipient_answers import Answer, answer_request
from server.privacy.actions.recipient_events import CHANGES, RecipientCodeAsked
from server.privacy.actions.recipient_requests import Asked, file_request, verify_request
from server.privacy.jobs import requests as jobs
from server.privacy.reads import recipient_requests as reads
from server.privacy.reads.recipient_requests import RequestRow
from server.privacy.rules.recipient_requests import RequestKind, RequestOutcome
from server.privacy.rules.refusals import RecipientCodeInvalid
from server.reactions import reactions
from tests.campaigns.complaining import Desk, desk_of

READER = "reader@example.com"
DONE = Answer(RequestOutcome.DONE, text="It is corrected.")


@dataclass
class Post(Desk):
    """The desk of complaints with a recipient who asks; `codes` are those that were mailed, by receipt."""

    codes: dict[str, str] = field(default_factory=dict)

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, jobs.handlers(), duties.TIMERS)

    def asked(
        self, kind: RequestKind = RequestKind.RECTIFICATION, address: str = READER, **changes: Any
    ) -> Asked:
        return replace(Asked(kind, address, "My name is Marigold.", self.campaign_id, None), **changes)

    async def file(self, asked: Asked | None = None, caller: str = "192.0.2.1") -> RequestRow:
        wish = self.asked() if asked is None else asked
        return await self.act(lambda work: file_request(work, wish, caller))

    async def verify(self, receipt: str, code: str | None = None) -> RequestRow:
        """Raises RecipientCodeInvalid for a wrong code, whose cost is kept."""
        given = self.codes[receipt] if code is None else code
        found = await self.act(lambda work: verify_request(work, receipt, given))
        assert not isinstance(found, RecipientCodeInvalid), "it is raised after the commit"
        return found

    async def relayed(self, kind: RequestKind = RequestKind.RECTIFICATION) -> RequestRow:
        return await self.verify((await self.file(self.asked(kind))).id)

    async def answer(self, receipt: str, answer: Answer = DONE) -> RequestRow:
        return await self.act(lambda work: answer_request(work, self.account_id, receipt, answer))

    async def due(self, instant: datetime) -> None:
        """Let everything happen that is due by then."""
        self.clock.set(instant)
        await self.runner.run_due()

    async def row(self, receipt: str) -> RequestRow:
        row = await self.units.read(lambda read: reads.any_request(read, receipt))
        assert row is not None
        return row

    async def shown(self) -> list[str]:
        """What the customer is shown, newest first."""
        rows = await self.units.read(lambda read: reads.requests_of_account(read, self.account_id, 100))
        return [row.id for row in rows]

    async def told(self) -> list[str]:
        """What the customer follows live, without the common beginning."""
        kinds = [change.__name__ for change in CHANGES]
        stored = await self.units.read(lambda read: after(read.connection, self.account_id, 0, kinds, 100))
        return [event.kind.removeprefix("RecipientRequest") for event in stored]

    async def letters(self) -> list[tuple[str, str]]:
        """The kind and the address of each e-mail, in order."""
        query = select(Notice.kind, OutboxMessage.address).join(
            OutboxMessage, OutboxMessage.notice_id == Notice.id
        )

        def look(read: Any) -> list[tuple[str, str]]:
            rows = read.rows(query.order_by(OutboxMessage.id))
            return [(row.kind, read.open("outbox_messages.address", row.address)) for row in rows]

        return await self.units.read(look)

    async def notices_of_staff(self) -> list[str]:
        query = select(Notice.kind).where(Notice.account_id == self.staff[0].account_id)
        return list(await self.units.read(lambda read: read.execute(query).scalars().all()))

    async def suppressed(self) -> list[tuple[str, str]]:
        query = select(Suppression.reason, Suppression.source)
        return [(row.reason, row.source) for row in await self.units.read(lambda read: read.rows(query))]

    async def link(self, address: str = READER, channel: MessageChannel = MessageChannel.EMAIL) -> str:
        """The token of the unsubscribe link in the message to the address."""

        def make(read: Any) -> str:
            hashed = address_hash(read, self.account_id, channel, address)
            return unsubscribe_token(read, Unsubscribing(self.account_id, self.campaign_id, channel, hashed))

        return await self.units.read(make)

    async def upload(self, campaign_id: str, addresses: Sequence[str]) -> None:
        def upload(work: Work) -> None:
            for address in addresses:
                sealed = work.seal(self.account_id, "content", "campaign_recipients.address", address)
                values = {
                    "campaign_id": campaign_id,
                    "address_hash": address_hash(work, self.account_id, MessageChannel.EMAIL, address),
                    "account_id": self.account_id,
                    "address": sealed,
                }
                work.execute(insert(CampaignRecipient).values(values))
            changes = {"recipients": len(addresses), "uploaded": True}
            work.execute(update(Campaign).where(Campaign.id == campaign_id).values(changes))

        await self.units.run_unaudited(upload)


async def post_of(house: House, clock: ManualClock) -> Post:
    """The post in a house with all of its reactions, a mail relay, and an owner who has an address."""
    desk = await desk_of(house, clock)
    post = Post(desk.units, clock, desk.account_id, desk.campaign_id, desk.staff)
    registered = reactions()
    registered.on(RecipientCodeAsked, lambda _work, event: post.codes.update({event.subject_id: event.code}))
    house.terms.add(Mailing(relay=True))
    post.units = Units(replace(house, reactions=registered))
    await post.units.run_unaudited(lambda work: _owner(work, post.account_id))
    return post


def _owner(work: Work, account_id: str) -> None:
    sealed = {
        name: work.seal(account_id, "identity", f"people.{name}", "owner@example.com")
        for name in ("login", "password_hash", "email")
    }
    instants = dict.fromkeys(("created_at", "password_changed_at", "email_verified_at"), work.now)
    person = {"id": work.ids.new("per"), "account_id": account_id, "role": "OWNER"}
    work.execute(insert(Person).values(**person, **sealed, **instants))
