"""What is kept of the use of an account's API keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from server.accounts.model import ApiUse
from server.accounts.rules.api_log import ApiLogTerms
from server.kit.work import Read


def api_uses(
    read: Read, account_id: str, after: str | None, limit: int, key_id: str | None = None
) -> Sequence[Row[Any]]:
    """The uses of the account's keys (or of that one), newest first, from behind the id `after`.

    What was kept long enough is not shown, also in the hour until it is deleted.
    """
    since = read.now - read.terms(ApiLogTerms).kept
    query = select(ApiUse.__table__).where(ApiUse.account_id == account_id, ApiUse.at > since)
    if key_id is not None:
        query = query.where(ApiUse.key_id == key_id)
    if after is not None:
        query = query.where(ApiUse.id < after)
    return read.rows(query.order_by(ApiUse.id.desc()).limit(limit))
