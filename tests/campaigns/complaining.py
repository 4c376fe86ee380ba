"""A customer with campaigns and money, two of the staff, and the clock of complaints, through the slice's actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select

from server import duties
from server.accounts import reads as account_reads
from server.accounts.actions.lifecycle import start_clocks
from server.accounts.model import Account, AuthorityEpoch, Person, Session
from server.campaigns.actions.complaints import Said, open_complaint
from server.campaigns.actions.complaints_deciding import decide_complaint
from server.campaigns.actions.complaints_events import CHANGES
from server.campaigns.actions.complaints_proof import submit_proof
from server.campaigns.jobs import complaints as jobs
from server.campaigns.model import Campaign
from server.campaigns.reads import complaints as reads
from server.campaigns.reads.complaints import CaseRow
from server.campaigns.rules.complaints import (
    ComplaintCategory,
    Evidence,
    EvidenceKind,
    Finding,
    RejectionReason,
)
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import after
from server.kit.idempotency import Receipt
from server.kit.viewer import SYSTEM, Viewer
from server.kit.work import Call, House, Read, Units, Work
from server.notices.model import Notice
from server.reactions import reactions
from server.wallet.actions import Transfer, post
from server.wallet.model import Posting, Wallet
from server.wallet.reads.proof import verify_account
from server.wallet.rules import Counter, PostingKind

T = TypeVar("T")
SPAM = Finding(unsolicited=True, bulk=True)
NOTHING_SAID = Said(None, None)
CONSENT = (Evidence(EvidenceKind.SUBSCRIPTION_CONSENT, "The form of our shop, box ticked by hand."),)


@dataclass
class Desk:
    """One account with money, one campaign that was launched, and two of the staff who decide."""

    units: Units
    clock: ManualClock
    account_id: str = ""
    campaign_id: str = ""
    staff: tuple[Viewer, ...] = ()

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, jobs.handlers(), duties.TIMERS)

    async def act(self, action: Callable[[Work], T], viewer: Viewer = SYSTEM) -> T:
        return await self.units.run(Call("test", viewer), action)

    async def complain(
        self,
        finding: Finding = SPAM,
        category: ComplaintCategory = ComplaintCategory.SPAM,
        said: Said = NOTHING_SAID,
    ) -> CaseRow:
        def complain(work: Work) -> Receipt:
            return open_complaint(work, None, self.campaign_id, category, finding, said)

        return await self.case((await self.act(complain, self.staff[0])).facts["case_id"])

    async def prove(self, case_id: str, evidence: tuple[Evidence, ...] = CONSENT) -> CaseRow:
        return await self.act(lambda work: submit_proof(work, self.account_id, case_id, evidence))

    async def decide(
        self, case_id: str, reason: RejectionReason | None = None, who: int = 0
    ) -> Mapping[str, Any]:
        def decide(work: Work) -> Receipt:
            return decide_complaint(work, case_id, reason is None, reason)

        return (await self.act(decide, self.staff[who])).facts

    async def at(self, instant: datetime) -> str:
        """Let everything happen that is due by then; the account's state."""
        self.clock.set(instant)
        await self.runner.run_due()
        return await self.status()

    async def status(self) -> str:
        row = await self.units.read(lambda read: account_reads.account(read, self.account_id))
        assert row is not None
        return row.status

    async def case(self, case_id: str) -> CaseRow:
        row = await self.units.read(lambda read: reads.any_case(read, case_id))
        assert row is not None
        return row

    async def campaign_status(self) -> str:
        query = select(Campaign.status).where(Campaign.id == self.campaign_id)
        return str(await self.units.read(lambda read: read.scalar(query)))

    async def open_cases(self) -> list[str]:
        return list(await self.units.read(lambda read: reads.open_cases(read, self.account_id)))

    async def code(self, case_id: str) -> str:
        return await self.units.read(lambda read: reads.appeal_code(read, case_id))

    async def told(self) -> list[str]:
        """The kinds of the complaints' events without their common beginning."""
        kinds = [change.__name__ for change in CHANGES]
        stored = await self.units.read(lambda read: after(read.connection, self.account_id, 0, kinds, 100))
        return [event.kind.removeprefix("Complaint") for event in stored]

    async def notices(self) -> list[str]:
        query = select(Notice.kind).where(Notice.account_id == self.account_id).order_by(Notice.id)
        return list(await self.units.read(lambda read: read.execute(query).scalars().all()))

    async def postings(self) -> list[tuple[str, str, int, str | None]]:
        """Unit, kind, amount and counter-account of what came after the first money."""
        query = (
            select(Wallet.unit, Posting.kind, Posting.posted_delta, Posting.counter)
            .join(Wallet, Wallet.id == Posting.wallet_id)
            .where(Wallet.account_id == self.account_id, Posting.kind != PostingKind.TOP_UP.value)
            .order_by(Wallet.unit, Posting.sequence)
        )
        return [tuple(row) for row in await self.units.read(lambda read: read.rows(query))]

    async def intact(self) -> bool:
        return await self.units.read(lambda read: verify_account(read, self.account_id).intact)


async def desk_of(house: House, clock: ManualClock) -> Desk:
    """The desk in a house with all of its reactions."""
    desk = Desk(Units(replace(house, reactions=reactions())), clock)
    await desk.units.run_unaudited(lambda work: _furnish(work, desk))
    return desk


def launched(work: Work, account_id: str) -> str:
    """A campaign that is being sent; what it holds is another test's matter."""
    campaign_id = work.ids.new("cmp")
    work.execute(
        insert(Campaign).values(
            id=campaign_id,
            account_id=account_id,
            channel="EMAIL",
            status="SENDING",
            name=work.seal(account_id, "content", "campaigns.name", "Spring"),
            segments=1,
            recipients=1_000,
            uploaded=False,
            credits_reserved=0,
            credits_captured=0,
            launched_at=work.now,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    return campaign_id


def _furnish(work: Work, desk: Desk) -> None:
    desk.account_id = _account(work, "CUSTOMER")
    start_clocks(work, desk.account_id)
    for unit, amount in (("EMAIL", 5_000), ("EUR", 20_00)):
        reference = work.ids.new("top")
        post(work, [Transfer(desk.account_id, unit, amount, Counter.PAYMENTS, PostingKind.TOP_UP, reference)])
    desk.campaign_id = launched(work, desk.account_id)
    company = _account(work, "STAFF")
    desk.staff = tuple(_signed_in(work, company, f"staff.{name}") for name in ("one", "two"))


def _account(work: Work, kind: str) -> str:
    account_id = work.ids.new("acc")
    values = {"id": account_id, "kind": kind, "status": "ACTIVE", "created_at": work.now, "country": "FR"}
    work.execute(insert(Account).values(values))
    work.execute(insert(AuthorityEpoch).values(account_id=account_id, epoch=0))
    return account_id


def _signed_in(work: Work, account_id: str, login: str) -> Viewer:
    person_id, session_id = work.ids.new("per"), work.ids.new("ses")
    sealed = {
        name: work.seal(account_id, "identity", f"people.{name}", login)
        for name in ("login", "password_hash")
    }
    person = {"id": person_id, "account_id": account_id, "role": "STAFF", "password_changed_at": work.now}
    work.execute(insert(Person).values(**person, **sealed, created_at=work.now))
    instants = dict.fromkeys(("created_at", "last_used_at"), work.now)
    ends = dict.fromkeys(("idle_at", "expires_at"), work.now.replace(year=work.now.year + 1))
    session = {
        "id": session_id,
        "account_id": account_id,
        "person_id": person_id,
        "token_hash": login.encode(),
    }
    work.execute(insert(Session).values(**session, **instants, **ends))
    return Viewer(account_id, session_id, staff_roles=frozenset({"SUPPORT"}))


def exists(read: Read, case_id: str) -> bool:
    """Whether the customer can see the complaint."""
    row = reads.any_case(read, case_id)
    return row is not None and reads.case(read, row.account_id, case_id) is not None
