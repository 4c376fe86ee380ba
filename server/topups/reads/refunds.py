"""Queries about refunds of top-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from server.kit.work import Read
from server.topups.model import Refund

_refunds = Refund.__table__.c


class RefundRow(NamedTuple):
    """A refund: the columns of its table, by the same names."""

    id: str
    top_up_id: str
    account_id: str
    currency: str
    amount_minor: int
    status: str
    reason: str
    failure_code: str | None
    ordered_by: str
    tries: int
    created_at: datetime
    updated_at: datetime


def refund(read: Read, refund_id: str) -> RefundRow | None:
    """The refund, whosever it is: for staff and jobs."""
    row = read.first(select(*_columns).where(_refunds.id == refund_id))
    return RefundRow._make(row) if row is not None else None


def refunds_of(read: Read, top_up_ids: Sequence[str], limit: int) -> Mapping[str, Sequence[RefundRow]]:
    """The refunds of each top-up, the oldest first, at most `limit` in all."""
    query = select(*_columns).where(_refunds.top_up_id.in_(top_up_ids)).order_by(_refunds.id).limit(limit)
    found: dict[str, list[RefundRow]] = defaultdict(list)
    for row in read.rows(query):
        found[row.top_up_id].append(RefundRow._make(row))
    return found


_columns = [_refunds[name] for name in RefundRow._fields]
