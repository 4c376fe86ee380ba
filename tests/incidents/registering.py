"""A register of incidents: one customer with an owner who gets mail, others without, and two of the staff."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from server import duties
from server.accounts.model import Account, AuthorityEpoch, Person, Session
from server.checks.incidents import CHECKS
from server.incidents import jobs, reads
from server.incidents.actions import deciding, scoping
from server.incidents.actions.changes import CHANGES
from server.incidents.actions.deciding import AuthorityNotice, Decision, move_incident, note
from server.incidents.actions.opening import Opening, open_incident
from server.incidents.reads import IncidentRow
from server.incidents.rules.lifecycle import (
    Assessment,
    Criteria,
    EntryKind,
    Exemption,
    IncidentKind,
    IncidentSource,
    IncidentStatus,
    Risk,
)
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import after
from server.kit.work import House, Work
from server.notices.model import Notice
from tests.privacy.asking import Post, post_of

SUMMARY = "A laptop with a list of customers was lost."
MESSAGE = " ".join(["A laptop was lost. Change your passwords, and ask privacy@example.com."] * 20)


@dataclass
class Register:
    """What tests do with incidents."""

    post: Post
    others: list[str] = field(default_factory=list)

    @property
    def account_id(self) -> str:
        return self.post.account_id

    @property
    def clock(self) -> ManualClock:
        return self.post.clock

    async def open(self, known_at: datetime | None = None, **more: Any) -> str:
        """Returns the incident's id."""
        known = known_at or self.clock.now()
        opening = Opening(IncidentKind.LOSS, IncidentSource.STAFF, known, SUMMARY, **more)
        return (await self.post.act(lambda work: open_incident(work, opening), self.post.staff[0])).id

    async def do(self, action: Callable[..., IncidentRow], incident_id: str, *given: Any) -> IncidentRow:
        return await self.post.act(lambda work: action(work, incident_id, *given), self.post.staff[0])

    async def move(self, incident_id: str, to: IncidentStatus, reason: str | None = None) -> IncidentRow:
        return await self.do(move_incident, incident_id, to, reason)

    async def assess(self, incident_id: str, risk: Risk = Risk.RISK, people: int = 12) -> IncidentRow:
        categories = frozenset({"identification"}) if people else frozenset()
        assessment = Assessment(risk, categories, people, "Somebody may write to them.")
        return await self.do(deciding.assess, incident_id, assessment)

    async def decide(
        self,
        incident_id: str,
        notify: bool = True,
        exemption: Exemption | None = None,
        message: str | None = MESSAGE,
    ) -> IncidentRow:
        decision = Decision(notify, "They can protect themselves.", exemption, message)
        return await self.do(deciding.decide_notice, incident_id, decision)

    async def notify_authority(
        self, incident_id: str, notified_at: datetime | None = None, delay_reason: str | None = None
    ) -> IncidentRow:
        notice = AuthorityNotice("FDPIC", "2026-7", notified_at or self.clock.now(), delay_reason)
        return await self.do(deciding.record_authority_notice, incident_id, notice)

    async def correct(self, incident_id: str) -> IncidentRow:
        return await self.do(note, incident_id, EntryKind.CORRECTION, "All disks are encrypted.")

    async def find(self, incident_id: str, criteria: Criteria | None) -> IncidentRow:
        return await self.do(scoping.set_criterion, incident_id, criteria)

    async def due(self, instant: datetime | None = None) -> None:
        """Let all happen that is due by then."""
        if instant is not None:
            self.clock.set(instant)
        await DueRunner(self.post.units, jobs.handlers(), duties.TIMERS).run_due()

    async def row(self, incident_id: str) -> IncidentRow:
        row = await self.post.units.read(lambda read: reads.incident(read, incident_id))
        assert row is not None
        return row

    async def affected(self, incident_id: str) -> dict[str, str]:
        """Whether each affected account was told."""
        rows = await self.post.units.read(lambda read: reads.affected(read, incident_id, 100))
        return {row.account_id: row.status for row in rows}

    async def entries(self, incident_id: str) -> list[tuple[str, str | None]]:
        rows = await self.post.units.read(lambda read: reads.entries(read, incident_id, 100))
        return [(row.kind, row.status) for row in rows]

    async def told_staff(self) -> list[str]:
        """What the staff follows live, without the common beginning."""
        kinds, staff = [change.__name__ for change in CHANGES], str(self.post.staff[0].account_id)
        stored = await self.post.units.read(lambda read: after(read.connection, staff, 0, kinds, 100))
        return [event.kind.removeprefix("Incident") for event in stored]

    async def notices(self, account_id: str) -> list[str]:
        query = select(Notice.kind).where(Notice.account_id == account_id, Notice.in_app).order_by(Notice.id)
        return list(await self.post.units.read(lambda read: read.execute(query).scalars().all()))

    async def red(self) -> list[str]:
        """The checks of incidents that find something wrong."""
        found = await self.post.units.read(lambda read: {name: check(read) for name, check in CHECKS.items()})
        return sorted(name for name, finding in found.items() if not finding.passed)


async def register_of(house: House, clock: ManualClock, others: int = 2) -> Register:
    """Some other customers are there; of each somebody signs in."""
    register = Register(await post_of(house, clock))

    def add(work: Work) -> None:
        register.others = [_customer(work, f"other.{number}") for number in range(others)]

    await register.post.units.run_unaudited(add)
    return register


async def close_account(register: Register, account_id: str) -> None:
    closed = update(Account).where(Account.id == account_id).values(status="CLOSED")
    await register.post.units.run_unaudited(lambda work: work.execute(closed))


def _customer(work: Work, login: str) -> str:
    account_id, person_id = work.ids.new("acc"), work.ids.new("per")
    values = {"id": account_id, "kind": "CUSTOMER", "status": "ACTIVE", "created_at": work.now}
    work.execute(insert(Account).values(values))
    work.execute(insert(AuthorityEpoch).values(account_id=account_id, epoch=0))
    sealed = {
        name: work.seal(account_id, "identity", f"people.{name}", login)
        for name in ("login", "password_hash")
    }
    person = {"id": person_id, "account_id": account_id, "role": "OWNER", "created_at": work.now}
    work.execute(insert(Person).values(**person, **sealed, password_changed_at=work.now))
    instants = dict.fromkeys(("created_at", "last_used_at"), work.now)
    ends = dict.fromkeys(("idle_at", "expires_at"), work.now.replace(year=work.now.year + 1))
    session = {"id": work.ids.new("ses"), "account_id": account_id, "person_id": person_id}
    work.execute(insert(Session).values(**session, **instants, **ends, token_hash=login.encode()))
    return account_id
