"""A customer with data in many tables who asks for copies, and what is in a package."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import insert, select

from server import duties
from server.accounts import actions as account_actions
from server.accounts.model import Person, Session
from server.accounts.rules import NewPassword, Terms
from server.accounts.rules.signing import Signing
from server.campaigns.model import Campaign, CampaignRecipient
from server.kit import crypto
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.viewer import Viewer
from server.kit.work import Call, Read, Units, Work
from server.privacy.actions.exporting import request_export
from server.privacy.jobs import exporting as jobs
from server.privacy.reads import exporting as reads
from server.privacy.reads.exporting import ExportRow
from server.privacy.rules.exporting import ExportScope

T = TypeVar("T")


@dataclass
class Copying:
    """The account, its owner's session, and what they do."""

    units: Units
    clock: ManualClock
    account_id: str
    person_id: str
    session_id: str

    @property
    def runner(self) -> DueRunner:
        return DueRunner(self.units, jobs.handlers(), duties.TIMERS)

    async def act(self, action: Callable[[Work], T], session: str | None = None) -> T:
        viewer = Viewer(self.account_id, session or self.session_id)
        return await self.units.run(Call("test", viewer), action)

    async def ask(self, scope: ExportScope = ExportScope.ACCOUNT, session: str | None = None) -> ExportRow:
        return await self.act(lambda work: request_export(work, scope), session)

    async def due(self, instant: datetime | None = None) -> None:
        if instant is not None:
            self.clock.set(instant)
        await self.runner.run_due()

    async def row(self, export_id: str) -> ExportRow:
        row = await self.units.read(lambda read: reads.any_export(read, export_id))
        assert row is not None
        return row

    async def package(self, export_id: str) -> bytes:
        """All pieces, behind each other."""
        row = await self.row(export_id)

        def pieces(read: Read) -> list[bytes]:
            found = [reads.chunk(read, export_id, position) for position in range(row.chunks)]
            return [piece for piece in found if piece is not None]

        whole = b"".join(await self.units.read(pieces))
        assert len(whole) == row.size_bytes
        return whole


def unpacked(package: bytes) -> dict[str, bytes]:
    """The files by their names; the checksums are right."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    """The rows of a table, from its JSON."""
    return list(json.loads(files[f"json/{name}.json"]))


def session_of(work: Work, account_id: str, person_id: str, number: int) -> str:
    """A session that was opened just now, with the password."""
    session_id = work.ids.new("ses")
    at = work.now
    ends = at + timedelta(days=30)
    work.execute(
        insert(Session).values(
            id=session_id,
            account_id=account_id,
            person_id=person_id,
            token_hash=bytes([number]) * 32,
            user_agent=work.seal(account_id, "identity", "sessions.user_agent", "Marigold Browser 7"),
            created_at=at,
            last_used_at=at,
            idle_at=ends,
            expires_at=ends,
            stepped_up_until=at + work.terms(Terms).step_up_age_max,
        )
    )
    return session_id


def recipients(work: Work, account_id: str, campaign_id: str, numbers: Sequence[int]) -> None:
    """A part of a campaign's list; all at once."""
    key = work.keys.ensure(account_id, ["content"])["content"]
    rows = [
        {
            "campaign_id": campaign_id,
            "address_hash": number.to_bytes(32, "big"),
            "account_id": account_id,
            "country": "CH",
            "address": crypto.seal(
                key, "campaign_recipients.address", b"reader-%d@example.com" % number, work.entropy
            ),
        }
        for number in numbers
    ]
    work.connection.execute(insert(CampaignRecipient), rows)


def campaign(work: Work, account_id: str) -> str:
    """A campaign with a list."""
    campaign_id = work.ids.new("cmp")
    work.execute(
        insert(Campaign).values(
            id=campaign_id,
            account_id=account_id,
            channel="EMAIL",
            status="DRAFT",
            name=work.seal(account_id, "content", "campaigns.name", "=Spring, and more"),
            segments=1,
            recipients=0,
            uploaded=True,
            credits_reserved=0,
            credits_captured=0,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    return campaign_id


def member(work: Work, account_id: str, role: str, login: str) -> str:
    """Another person of the account, in a role."""
    person_id = work.ids.new("per")
    sealed = {name: work.seal(account_id, "identity", f"people.{name}", login) for name in _PERSONAL}
    at = {"created_at": work.now, "password_changed_at": work.now}
    work.execute(insert(Person).values(id=person_id, account_id=account_id, role=role, **sealed, **at))
    return person_id


_PERSONAL = ("login", "password_hash")


async def copying_of(units: Units, clock: ManualClock) -> Copying:
    """An account whose owner has just signed in."""

    def open_account(work: Work) -> tuple[str, str, str]:
        account_id = account_actions.register(
            work, "lark.press", NewPassword("$argon2id$"), _accepted(work), Signing(professional_use=True)
        )
        person_id = str(work.scalar(select(Person.id).where(Person.account_id == account_id)))
        return account_id, person_id, session_of(work, account_id, person_id, 1)

    found = await units.run(Call("register"), open_account)
    return Copying(units, clock, *found)


def _accepted(work: Work) -> tuple[str, str]:
    policy = work.terms(Terms).policy
    return policy.document, policy.version
