"""Who read an account's data, and whose the things are that somebody asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, select

from server.accounts.model import CLOSED, Account, Session
from server.accounts.model.accesses import DataAccess
from server.accounts.reads import roles_of_staff
from server.accounts.rules import Terms
from server.accounts.rules.accesses import closed_is_refused
from server.kit.events import StoredEvent
from server.kit.ids import prefix_of
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from server.kit.work import Read

_ACCOUNT = "acc"


def accesses(read: Read, account_id: str, limit: int, before_id: str | None = None) -> Sequence[Row[Any]]:
    """Who read the account's data, newest first, before that access."""
    query = select(DataAccess.__table__).where(DataAccess.account_id == account_id)
    if before_id is not None:
        query = query.where(DataAccess.id < before_id)
    return read.rows(query.order_by(DataAccess.id.desc()).limit(limit))


def accounts_among(read: Read, ids: Collection[str]) -> set[str]:
    """The accounts that these ids are of, or whose things they are. Of what something is is known by its events."""
    accounts = {one for one in ids if prefix_of(one) == _ACCOUNT}
    things = sorted(set(ids) - accounts)
    if not things:
        return accounts
    query = select(StoredEvent.account_id).where(StoredEvent.subject_id.in_(things)).distinct()
    return accounts | set(read.execute(query).scalars())


def check_closed(read: Read, accounts: Collection[str], duties: Collection[str | None]) -> None:
    """Raises PublicError NOT_FOUND when one of the accounts is closed, and no legal duty excuses the reading (M097)."""
    if not accounts or not closed_is_refused(duties, denied=read.terms(Terms).closed_accounts_denied):
        return
    closed = select(Account.id).where(Account.id.in_(sorted(accounts)), Account.status == CLOSED)
    if read.first(closed.limit(1)) is not None:
        raise PublicError("NOT_FOUND", "There is nothing with this id.")  # as of what was never there (Q014)


def staff_viewer(read: Read, account_id: str, credential_id: str) -> Viewer:
    """Somebody of the staff by their session, with the roles that they have now."""
    person_id = read.scalar(select(Session.person_id).where(Session.id == credential_id))
    return Viewer(account_id, credential_id, staff_roles=roles_of_staff(read, str(person_id)))


def handle_of(read: Read, credential_id: str | None) -> str:
    """By what customers know somebody of the staff: the same for all that this person reads, and no name."""
    person_id = read.scalar(select(Session.person_id).where(Session.id == credential_id))
    named = str(person_id or credential_id or "")
    return read.keyed_hash("staff_handles", named.encode())[:6].hex()
