"""Queries about top-ups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from server.kit.db import Prepared
from server.kit.ids import is_id
from server.kit.work import Read
from server.topups.model import TopUp
from server.topups.rules.outcomes import TopUpStatus

CLIENT_SECRET_COLUMN = "top_ups.client_secret"  # noqa: S105 - a column's name

_top_ups = TopUp.__table__.c


class TopUpRow(NamedTuple):
    """A top-up: the columns of its table, by the same names."""

    id: str
    account_id: str
    currency: str
    amount_minor: int
    received_minor: int | None
    status: str
    transaction_id: str
    gateway: str
    provider_reference: str | None
    payment_token: bytes | None
    step_up_code: bytes | None
    client_secret: bytes | None
    next_action: str | None
    failure_code: str | None
    confirmations: int
    reconciliations: int
    outcome_at: datetime | None
    created_at: datetime
    updated_at: datetime
    purpose: str
    method_id: str | None
    for_id: str | None
    refunded_minor: int
    reversed_minor: int
    gateway_refunded_minor: int

    @property
    def left_minor(self) -> int:
        """What of the payment is neither given nor taken back; 0 before it came."""
        return (self.received_minor or 0) - self.refunded_minor - self.reversed_minor


def top_up(read: Read, account_id: str, top_up_id: str) -> TopUpRow | None:
    """The account's top-up; None when there is none or it is another account's (Q014)."""
    return top_ups(read, account_id, [top_up_id]).get(top_up_id) if is_id(top_up_id, "top") else None


def top_ups(read: Read, account_id: str, top_up_ids: Collection[str]) -> Mapping[str, TopUpRow]:
    """Those of these top-ups that are the account's, by id."""
    query = select(*_columns).where(_top_ups.account_id == account_id, _top_ups.id.in_(top_up_ids))
    return {row.id: TopUpRow._make(row) for row in read.rows(query)}


def top_ups_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None, status: TopUpStatus | None = None
) -> Sequence[TopUpRow]:
    """The account's top-ups, newest first, older than `before_id`; only those in `status`, if given."""
    before = before_id if before_id is not None else _BEHIND_ALL
    if status is None:
        return _page.rows(read.connection, TopUpRow._make, account_id=account_id, before=before, limit=limit)
    query = _page_query.where(_top_ups.status == status.value)
    rows = read.execute(query, {"account_id": account_id, "before": before, "limit": limit})
    return [TopUpRow._make(row) for row in rows]


def to_reconcile(read: Read, top_up_id: str) -> TopUpRow | None:
    """The top-up, if its outcome is still open and the gateway may know it."""
    waiting = [TopUpStatus.PROCESSING.value, TopUpStatus.ERRORED.value]
    row = read.first(select(*_columns).where(_top_ups.id == top_up_id, _top_ups.status.in_(waiting)))
    return TopUpRow._make(row) if row is not None else None


_BEHIND_ALL = "top_z"
"""Sorts behind every id of a top-up, in every collation."""
_columns = [_top_ups[name] for name in TopUpRow._fields]
_page_query = (
    select(*_columns)
    .where(_top_ups.account_id == bindparam("account_id"), _top_ups.id < bindparam("before"))
    .order_by(_top_ups.id.desc())
    .limit(bindparam("limit"))
)
_page = Prepared(_page_query)
