"""Queries about top-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from server.kit.ids import is_id
from server.kit.work import Read
from server.topups.model import TopUp
from server.topups.rules.outcomes import TopUpStatus


def top_up(read: Read, account_id: str, top_up_id: str) -> TopUp | None:
    """The account's top-up; None when there is none or it is another account's (Q014)."""
    return top_ups(read, account_id, [top_up_id]).get(top_up_id) if is_id(top_up_id, "top") else None


def top_ups(read: Read, account_id: str, top_up_ids: Collection[str]) -> Mapping[str, TopUp]:
    """Those of these top-ups that are the account's, by id."""
    query = select(TopUp.__table__).where(TopUp.account_id == account_id, TopUp.id.in_(top_up_ids))
    return {row.id: TopUp(**row._mapping) for row in read.rows(query)}


def top_ups_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None, status: TopUpStatus | None = None
) -> Sequence[TopUp]:
    """The account's top-ups, newest first, older than `before_id`; only those in `status`, if given."""
    query = select(TopUp.__table__).where(TopUp.account_id == account_id)
    if before_id is not None:
        query = query.where(TopUp.id < before_id)
    if status is not None:
        query = query.where(TopUp.status == status.value)
    return [TopUp(**row._mapping) for row in read.rows(query.order_by(TopUp.id.desc()).limit(limit))]


def to_reconcile(read: Read, top_up_id: str) -> TopUp | None:
    """The top-up, if its outcome is still open and the gateway may know it."""
    waiting = [TopUpStatus.PROCESSING.value, TopUpStatus.ERRORED.value]
    query = select(TopUp.__table__).where(TopUp.id == top_up_id, TopUp.status.in_(waiting))
    row = read.first(query)
    return TopUp(**row._mapping) if row is not None else None
