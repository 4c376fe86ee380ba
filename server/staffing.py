"""What `postmeter staff` does: the company's own people and their authorisations (B011)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.accounts import actions, reads
from server.accounts.reads import team
from server.accounts.rules.staff import Mandate, StaffRole
from server.app import Postmeter
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Read

LISTED_MAX = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorisation as it was typed. `starts_at` is in UTC; None is now."""

    login: str
    roles: tuple[StaffRole, ...]
    scope: str
    instructions_version: str
    days: int
    starts_at: datetime | None

    def mandate(self, now: datetime) -> Mandate:
        starts_at = now if self.starts_at is None else self.starts_at.replace(tzinfo=UTC)
        ends_at = starts_at + timedelta(days=self.days)
        return Mandate(self.roles, self.scope, self.instructions_version, starts_at, ends_at)


async def add(postmeter: Postmeter, asked: Asked, ask_password: Callable[[], str]) -> list[str]:
    """Authorise somebody; a password is asked for only for a new person. Raises what `authorise_staff` raises."""
    known = await postmeter.units.read(lambda read: actions.staff_person(read, asked.login))
    password = None if known else await postmeter.passwords.prepare(asked.login, ask_password())
    mandate = asked.mandate(postmeter.house.clock.now())
    await postmeter.units.run(
        Call("authoriseStaff", SYSTEM),
        lambda work: actions.authorise_staff(work, asked.login, password, mandate),
    )
    return [f"{asked.login} is authorised until {mandate.ends_at.isoformat()}."]


async def listed(postmeter: Postmeter) -> list[str]:
    """A line for each authorisation, the newest first."""

    def lines(read: Read) -> list[str]:
        return [
            f"{reads.open_or_none(read, 'people.login', row.login) or '(erased)'}: {row.roles}, {row.scope}, "
            f"instructions {row.instructions_version}, {row.starts_at.isoformat()} to {row.ends_at.isoformat()}"
            + (f", revoked {row.revoked_at.isoformat()}" if row.revoked_at else "")
            for row in team.staff_authorisations(read, LISTED_MAX)
        ]

    return await postmeter.units.read(lines) or ["Nobody is authorised."]


async def revoke(postmeter: Postmeter, login: str) -> list[str]:
    """End all authority of somebody. Raises NotStaff."""
    await postmeter.units.run(Call("revokeStaff", SYSTEM), lambda work: actions.revoke_staff(work, login))
    return [f"{login} has no authority any more."]
