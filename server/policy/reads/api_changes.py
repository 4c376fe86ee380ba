"""Which schemas of the API were served, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from server.kit.work import Read
from server.policy.model import ApiChange, ApiRelease
from server.policy.rules.api_changes import ApiChangeKind

_changes = ApiChange.__table__.c


def is_known(read: Read, digest: str) -> bool:
    """Whether a schema with this SHA-256 was served before."""
    return read.first(select(ApiRelease.id).where(ApiRelease.digest == digest)) is not None


def newest_release(read: Read) -> Row[Any] | None:
    """The schema that was recorded last."""
    return read.first(select(ApiRelease.__table__).order_by(ApiRelease.id.desc()).limit(1))


def release(read: Read, release_id: str) -> Row[Any] | None:
    """A schema by its id."""
    return read.first(select(ApiRelease.__table__).where(ApiRelease.id == release_id))


def changes(
    read: Read, limit: int, after: str | None = None, *, breaking: bool | None = None
) -> Sequence[Row[Any]]:
    """What changed, the newest first."""
    query = select(ApiChange.__table__)
    if after is not None:
        query = query.where(_changes.id < after)
    if breaking is not None:
        query = query.where(_changes.breaking.is_(breaking))
    return read.rows(query.order_by(_changes.id.desc()).limit(limit))


def told_of(read: Read, release_id: str) -> Mapping[str, int]:
    """How many changes of a release there are of what is told: breaking ones by kind, and deprecations."""
    deprecated = _changes.kind == ApiChangeKind.DEPRECATED.value
    mine = (_changes.release_id == release_id) & (_changes.breaking.is_(True) | deprecated)
    query = select(_changes.kind, func.count().label("changes")).where(mine)
    return {row.kind: row.changes for row in read.rows(query.group_by(_changes.kind))}
