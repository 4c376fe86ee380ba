"""What may be asked about accounts, and how their things are found again by id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import strawberry

from server.accounts import reads
from server.accounts.graph.passkey_types import Passkey
from server.accounts.graph.reports import report_node
from server.accounts.graph.resellers import management_node
from server.accounts.graph.types import (
    TEAM_READ,
    Account,
    ApiKey,
    Invitation,
    Person,
    PolicyVersion,
    Session,
    ViewerType,
)
from server.accounts.reads import second_factors, team
from server.accounts.rules import Terms
from server.kit.graph.access import Access, Who, declare
from server.kit.graph.context import Info
from server.kit.graph.node import NodeLoader
from server.kit.work import Read

T = TypeVar("T")
_OPEN = declare(Access(Who.ANYONE, "identification"))


@strawberry.type
class OwnQueries:
    @strawberry.field(metadata=_OPEN, description="Who is asking; null when nobody is signed in.")
    def viewer(self, info: Info) -> ViewerType | None:
        return ViewerType() if info.context.viewer.signed_in else None

    @strawberry.field(
        metadata=_OPEN, description="The version of the policy that a registration accepts. Needs no sign-in."
    )
    def policy_in_force(self, info: Info) -> PolicyVersion:
        policy = info.context.units.house.terms.get(Terms).policy
        return PolicyVersion(
            document=policy.document, version=policy.version, effective_at=policy.effective_at
        )


def _account(info: Info, account_id: str) -> Account | None:
    if account_id != info.context.viewer.account_id:
        return None
    row = reads.account(info.context.read, account_id)
    return None if row is None else Account.of(row)


def _mine(
    by_id: Callable[[Read, Iterable[str]], Mapping[str, Any]], present: Callable[[Info, Any], T]
) -> Callable[[Info, str], T | None]:
    """A loader of things that belong to an account: another account's are as if they were not there (Q014)."""

    def load(info: Info, id: str) -> T | None:
        row = by_id(info.context.read, [id]).get(id)
        if row is None or row.account_id != info.context.viewer.account_id:
            return None
        return present(info, row)

    return load


def _invitation(info: Info, id: str) -> Invitation | None:
    return None if TEAM_READ.denial(info.context.viewer) else _invitation_of_mine(info, id)


def _passkey(info: Info, id: str) -> Passkey | None:
    """One's own only: other members of the account are not shown it."""
    person = reads.person_of_session(info.context.read, info.context.viewer.credential_id or "")
    row = second_factors.passkeys_by_id(info.context.read, [id]).get(id)
    if person is None or row is None or row.person_id != person.id:
        return None
    return Passkey.of(info.context.read, row)


_invitation_of_mine = _mine(team.invitations_by_id, lambda info, row: Invitation.of(info.context.read, row))

NODES: Mapping[str, NodeLoader] = {
    "acc": _account,
    "per": _mine(reads.people, lambda info, row: Person.of(info.context.read, row)),
    "ses": _mine(
        reads.sessions_by_id,
        lambda info, row: Session.of(info.context.read, row, info.context.viewer),
    ),
    "inv": _invitation,
    "psk": _passkey,
    "srp": report_node,
    "mgt": management_node,
    "key": _mine(reads.api_keys_by_id, lambda info, row: ApiKey.of(info.context.read, row)),
}
