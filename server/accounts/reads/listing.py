"""Customers' accounts, for the staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from server.accounts.model import CUSTOMER, Account
from server.kit.work import Read

_BEHIND_ALL = "z" * 26
"""Sorts behind whatever an id goes on with, in every collation."""


def customers(
    read: Read, limit: int, before_id: str | None, status: str | None, beginning: str | None
) -> Sequence[Row[Any]]:
    """Newest first, older than `before_id`: only those in that state, whose ids begin so."""
    query = select(Account.__table__).where(Account.kind == CUSTOMER)
    if status is not None:
        query = query.where(Account.status == status)
    if beginning is not None:
        query = query.where(Account.id >= beginning, Account.id <= beginning + _BEHIND_ALL)
    if before_id is not None:
        query = query.where(Account.id < before_id)
    return read.rows(query.order_by(Account.id.desc()).limit(limit))
