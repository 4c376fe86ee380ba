"""A customer with a verified address, somebody of the staff, and what both of them are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select, update

from server.accounts import actions as account_actions
from server.accounts.model import EMAILS, Account, Person
from server.accounts.reads import person_by_login
from server.accounts.rules import NewPassword
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.staff import Mandate, StaffRole
from server.kit.blindindex import Claim
from server.kit.clock import ManualClock
from server.kit.db import Base
from server.kit.due import DueRunner
from server.kit.events import Reactions, StoredEvent
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Read, Units, Work
from server.notices.model import Notice
from server.reactions import support as reactions
from server.support import actions, jobs, reads
from server.support.actions.contact import confirm_contact, contact_support
from server.support.actions.events import ContactAsked
from server.support.reads import TicketRow
from server.support.rules import ContactCodeInvalid, TicketStatus

T = TypeVar("T")
EMAIL = "ines@larkpress.example.com"


@dataclass
class Desk:
    """The slice through its own actions; every call is a unit of work."""

    units: Units
    clock: ManualClock
    customer: str = ""
    staff: str = ""
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, jobs.handlers())

    async def act(self, action: Callable[[Work], T], viewer: Viewer | None = None) -> T:
        return await self.units.run(Call("test", viewer or Viewer(self.customer, "ses_none")), action)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)

    async def open(self, subject: str = "Invoices", text: str = "Where are they?") -> TicketRow:
        return await self.act(lambda work: actions.open_ticket(work, self.customer, subject, text))

    async def reply(self, ticket_id: str, text: str = "Thank you, and one more.") -> TicketRow:
        return await self.act(lambda work: actions.reply_to_ticket(work, self.customer, ticket_id, text))

    async def answer(self, ticket_id: str, to: TicketStatus = TicketStatus.ANSWERED) -> TicketRow:
        staff = Viewer(self.staff, "ses_staff", staff_roles=frozenset({"SUPPORT"}))
        return await self.act(
            lambda work: actions.answer_ticket(work, ticket_id, "In the account.", to), staff
        )

    async def contact(self, email: str = EMAIL, caller: str = "203.0.113.7", subject: str = "Hello") -> str:
        return await self.act(lambda work: contact_support(work, email, subject, "May I ask?", caller))

    async def confirm(self, receipt: str, code: str | None = None) -> TicketRow | ContactCodeInvalid:
        try:
            return await self.act(lambda work: confirm_contact(work, receipt, code or self.codes[receipt]))
        except ContactCodeInvalid as wrong:
            return wrong

    async def row(self, ticket_id: str) -> TicketRow | None:
        return await self.read(lambda read: reads.any_ticket(read, ticket_id))

    async def told(self, account_id: str | None = None) -> list[str]:
        """The kinds of the account's notices."""
        query = (
            select(Notice.kind).where(Notice.account_id == (account_id or self.customer)).order_by(Notice.id)
        )
        return await self.read(lambda read: list(read.execute(query).scalars()))

    async def events(self, account_id: str) -> list[tuple[str, str]]:
        """The kinds of the account's events about tickets, with their subjects."""
        query = select(StoredEvent.kind, StoredEvent.subject_id).where(
            StoredEvent.account_id == account_id, StoredEvent.subject_id.like("tkt%")
        )
        rows = await self.read(lambda read: read.rows(query.order_by(StoredEvent.sequence)))
        return [(row.kind, row.subject_id) for row in rows]

    async def count(self, table: type[Base]) -> int:
        return int(await self.read(lambda read: read.scalar(select(func.count()).select_from(table))))


@pytest.fixture
async def desk(house: House, clock: ManualClock) -> Desk:
    reacting = replace(house, reactions=Reactions())
    reactions.register(reacting.reactions)
    desk = Desk(Units(reacting), clock)
    reacting.reactions.on(
        ContactAsked, lambda _work, event: desk.codes.update({event.subject_id: event.code})
    )
    policy = house.terms.get(AccountTerms).policy

    def begin(work: Work) -> tuple[str, str]:
        password = NewPassword("$argon2id$")
        customer = account_actions.register(work, "lark.press", password, (policy.document, policy.version))
        _verify(work, customer, EMAIL)
        mandate = Mandate((StaffRole.SUPPORT,), "support", "1", work.now, work.now + timedelta(days=30))
        account_actions.authorise_staff(work, "the.desk", password, mandate)
        staff = person_by_login(work, "the.desk")
        assert staff is not None
        return customer, str(staff.account_id)

    desk.customer, desk.staff = await desk.act(begin)
    return desk


def _verify(work: Work, account_id: str, email: str) -> None:
    """Let the only person of the account have that verified address."""
    person: Any = work.first(select(Person.id).where(Person.account_id == account_id))
    sealed = work.seal(account_id, "identity", "people.email", email)
    work.execute(
        update(Person).where(Person.id == person.id).values(email=sealed, email_verified_at=work.now)
    )
    assert work.keys.claim(EMAILS, email, Claim(person.id, person.id, work.now))


def close(work: Work, account_id: str) -> None:
    """Let the account be closed."""
    work.execute(
        update(Account).where(Account.id == account_id).values(status="CLOSED", status_since=work.now)
    )
