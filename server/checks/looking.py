"""What checks share: count what there is, and name a bounded number of what is wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select

from server.kit.work import Read
from server.policy.rules.checking import Finding, finding

WRONG_MAX = 100
"""So many wrong things are named at most; more are as red."""


def look(
    read: Read, what: str, table: Any, key: Any, wrong: ColumnElement[bool], among: Any = None
) -> Finding:
    """Rows of `table`, or of the join `among`, that are wrong, named by `key`."""
    source: FromClause = among if among is not None else table.__table__
    total = int(read.scalar(select(func.count()).select_from(source)) or 0)
    query = select(key).select_from(source).where(wrong).order_by(key).limit(WRONG_MAX)
    return finding(total, what, [str(value) for value in read.connection.execute(query).scalars()])
