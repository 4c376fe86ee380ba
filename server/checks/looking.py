"""What checks share: count what there is, and name a bounded number of what is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, func, select, type_coerce

from server.kit.work import Read
from server.policy.rules.checking import Finding, finding
from server.policy.rules.publishing import Published

WRONG_MAX = 100
"""So many wrong things are named at most; more are as red."""
NEWEST_MAX = 1_000
"""So many rows, the newest ones, are looked at where each one must be."""
GRACE = timedelta(hours=1)
"""How late due work may be before it counts as not done."""


def look(
    read: Read, what: str, table: Any, key: Any, wrong: ColumnElement[bool], among: Any = None
) -> Finding:
    """Rows of `table`, or of the join `among`, that are wrong, named by `key`."""
    source: FromClause = among if among is not None else table.__table__
    total = int(read.scalar(select(func.count()).select_from(source)) or 0)
    query = select(key).select_from(source).where(wrong).order_by(key).limit(WRONG_MAX)
    return finding(total, what, [str(value) for value in read.connection.execute(query).scalars()])


def micros(column: Any) -> ColumnElement[int]:
    """An instant as the database has it: microseconds, which can be reckoned with."""
    return type_coerce(column, BigInteger)


def span(time: timedelta) -> int:
    """A time in the same unit."""
    return time // timedelta(microseconds=1)


def since_in_force(read: Read) -> datetime:
    """From when on the present version of the policy holds: what was done before it was under another one."""
    return read.terms(Published).profile.policy.effective_at
