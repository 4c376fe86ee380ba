"""Writing the log of API use, and deleting what was kept long enough (M140)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from server.accounts.model import ApiUse
from server.accounts.rules.api_log import ApiLogTerms
from server.kit.db import Prepared
from server.kit.due import schedule
from server.kit.retention import note
from server.kit.work import Work

PRUNE_API_LOG = "accounts.api_log"
COLUMNS = ("id", "account_id", "key_id", "channel", "fields", "cost", "status", "bytes", "at")

_insert = Prepared(
    insert(ApiUse).values({name: bindparam(name) for name in COLUMNS}).on_conflict_do_nothing()
)


def store_api_uses(work: Work, uses: Sequence[Mapping[str, Any]]) -> None:
    """Write uses of API keys, at most a few hundred; instants are microseconds. What is there already stays so."""
    _insert.run_many(work.connection, uses)


def prune_api_log(work: Work) -> int:
    """Delete some of the uses that were kept long enough, and come back; returns how many."""
    terms = work.terms(ApiLogTerms)
    over = select(ApiUse.id).where(ApiUse.at <= work.now - terms.kept).order_by(ApiUse.at)
    some = over.limit(terms.deleted_at_once_max)
    gone = work.rows(delete(ApiUse).where(ApiUse.id.in_(some)).returning(ApiUse.id))
    note(work, "api_log", len(gone))
    oldest = work.scalar(select(func.min(ApiUse.at)))
    next_ends = work.now + terms.pruned_every
    if oldest is not None:
        next_ends = max(next_ends, oldest + terms.kept)
    schedule(work, PRUNE_API_LOG, "all", work.now if len(gone) == terms.deleted_at_once_max else next_ends)
    return len(gone)
