"""Reports of a compromise, of one account or of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, select

from server.accounts.model import CLOSED, Account, SecurityReport
from server.accounts.rules import Terms
from server.kit.work import Read


def reports(read: Read, account_id: str | None, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The reports of one account, or for the staff of all that are not closed (M097), newest first, from behind the
    report `after`."""
    query = select(SecurityReport.__table__)
    if account_id is not None:
        query = query.where(SecurityReport.account_id == account_id)
    elif read.terms(Terms).closed_accounts_denied:
        closed = select(Account.id).where(Account.status == CLOSED)
        query = query.where(SecurityReport.account_id.not_in(closed))
    if after is not None:
        query = query.where(SecurityReport.id < after)
    return read.rows(query.order_by(SecurityReport.id.desc()).limit(limit))


def reports_by_id(read: Read, ids: Iterable[str]) -> dict[str, Row[Any]]:
    query = select(SecurityReport.__table__).where(SecurityReport.id.in_(sorted(set(ids))))
    return {row.id: row for row in read.rows(query)}
