"""What may not be done with an account's data now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from server.accounts.model import Restriction
from server.accounts.rules.restricting import (
    CAMPAIGNS,
    ProcessingRestricted,
    RestrictionTerms,
    stopped_by,
)
from server.kit.db import Prepared
from server.kit.work import Read

_table = Restriction.__table__.c


class RestrictionRow(NamedTuple):
    """A restriction or an objection that holds: columns of its table, by the same names."""

    id: str
    by_right: str
    purpose: str
    request_id: str
    since: datetime


_live = Prepared(
    select(*[_table[name] for name in RestrictionRow._fields])
    .where(_table.account_id == bindparam("account_id"), _table.lifted_at.is_(None))
    .order_by(_table.id)
)


def restrictions_of(read: Read, account_id: str) -> Sequence[RestrictionRow]:
    """What holds now, the oldest first."""
    return _live.rows(read.connection, RestrictionRow._make, account_id=account_id)


def check_processing(read: Read, account_id: str, processing: str) -> None:
    """Raises ProcessingRestricted when the account's owner stopped what the server does."""
    terms = read.terms(RestrictionTerms)
    for row in restrictions_of(read, account_id):
        if stopped_by((row.purpose,), processing, terms):
            raise ProcessingRestricted(terms.policy_name(processing), row.by_right, row.since.isoformat())


def check_may_send(read: Read, account_id: str) -> None:
    """Raises ProcessingRestricted when the account's owner lets nothing be sent."""
    check_processing(read, account_id, CAMPAIGNS)


def is_stopped(read: Read, account_id: str, processing: str) -> bool:
    """The same, as an answer."""
    return account_id in stopped_among(read, [account_id], processing)


def stopped_among(read: Read, account_ids: Collection[str], processing: str) -> set[str]:
    """Those of the accounts whose owners stopped what the server does."""
    terms = read.terms(RestrictionTerms)
    query = select(_table.account_id, _table.purpose)
    rows = read.rows(query.where(_table.account_id.in_(account_ids), _table.lifted_at.is_(None)))
    return {row.account_id for row in rows if stopped_by((row.purpose,), processing, terms)}
