"""Who manages whom, and with which powers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from server.accounts import reads
from server.accounts.model import ACTIVE, Management, Reseller
from server.accounts.reads import team
from server.accounts.rules.resellers import delegated
from server.kit.ids import is_id
from server.kit.viewer import Viewer
from server.kit.work import Read


def reseller(read: Read, account_id: str) -> Row[Any] | None:
    return read.first(select(Reseller.__table__).where(Reseller.account_id == account_id))


def is_open() -> ColumnElement[bool]:
    return Management.ended_at.is_(None)


def in_force() -> ColumnElement[bool]:
    return Management.accepted_at.is_not(None) & is_open()


def manager_of(read: Read, account_id: str) -> Row[Any] | None:
    """The management that the account has accepted; None while nobody manages it."""
    return read.first(select(Management.__table__).where(Management.account_id == account_id, in_force()))


def of_account(account_id: str) -> Select[Any]:
    """What was offered to the account, and is or was in force."""
    return select(Management.__table__).where(Management.account_id == account_id)


def of_reseller(account_id: str) -> Select[Any]:
    """What the reseller offered, and is or was in force."""
    return select(Management.__table__).where(Management.reseller_id == account_id)


def page_of(read: Read, query: Select[Any], after: str | None, limit: int) -> Sequence[Row[Any]]:
    """Newest first, from behind the management `after`."""
    if after is not None:
        query = query.where(Management.id < after)
    return read.rows(query.order_by(Management.id.desc()).limit(limit))


def open_count(read: Read, reseller_id: str) -> int:
    """How many accounts the reseller manages, or offers to."""
    query = select(func.count()).select_from(Management)
    return int(read.scalar(query.where(Management.reseller_id == reseller_id, is_open())))


def managements_by_id(read: Read, ids: Iterable[str]) -> dict[str, Row[Any]]:
    query = select(Management.__table__).where(Management.id.in_(sorted(set(ids))))
    return {row.id: row for row in read.rows(query)}


def on_behalf(read: Read, viewer: Viewer, account_id: str) -> Viewer | None:
    """The viewer acting for an account that theirs manages; None for every other one (B013).

    It may only what the powers name, and what its own credential may.
    """
    if viewer.account_id is None or not is_id(account_id, "acc"):
        return None
    management = manager_of(read, account_id)
    managed = reads.account(read, account_id)
    if management is None or management.reseller_id != viewer.account_id or managed is None:
        return None
    if managed.status != ACTIVE or not team.may_resell(read, viewer.account_id):
        return None
    return replace(
        viewer,
        account_id=account_id,
        scopes=delegated(management.powers, viewer.scopes),
        staff_roles=frozenset(),
        authority_epoch=reads.epoch(read, account_id),
        management_id=management.id,
    )
