"""Published versions of the policy's documents, and how two of them differ (H035)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select

from server.kit.work import Read
from server.policy.model import PolicyVersion
from server.policy.rules.publishing import KnownVersion

VERSIONS_MAX = 200

_versions = PolicyVersion.__table__.c


class VersionRow(NamedTuple):
    """A version, without its content: the columns of its table, by the same names."""

    id: str
    document: str
    version: str
    effective_at: datetime
    recorded_at: datetime
    authentic: str
    languages: str
    text_hash: str
    announced_to: str | None
    announced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A clause that two versions do not share: its texts by language, before and after; None where it is not."""

    key: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None


def versions_of(read: Read, document: str) -> Sequence[VersionRow]:
    """The document's versions, the newest first."""
    columns = [_versions[name] for name in VersionRow._fields]
    query = select(*columns).where(PolicyVersion.document == document)
    ordered = query.order_by(PolicyVersion.effective_at.desc()).limit(VERSIONS_MAX)
    return [VersionRow._make(row) for row in read.rows(ordered)]


def version_by_id(read: Read, version_id: str) -> VersionRow | None:
    """The version with this id."""
    columns = [_versions[name] for name in VersionRow._fields]
    row = read.first(select(*columns).where(PolicyVersion.id == version_id))
    return None if row is None else VersionRow._make(row)


def known_versions(read: Read, document: str) -> list[KnownVersion]:
    """The same, as the rules of publishing want them, the oldest first."""
    return [
        KnownVersion(row.document, row.version, row.effective_at, row.recorded_at, row.text_hash)
        for row in reversed(versions_of(read, document))
    ]


def content_of(read: Read, document: str, version: str) -> Mapping[str, Mapping[str, Any]] | None:
    """The clauses of a version by key, each with its texts; None when there is no such version."""
    query = select(PolicyVersion.content).where(
        PolicyVersion.document == document, PolicyVersion.version == version
    )
    found = read.scalar(query)
    if found is None:
        return None
    clauses: Mapping[str, Mapping[str, Any]] = orjson.loads(found)
    return clauses


def difference(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[Difference]:
    """What is not the same in both, in the order of the later version, and then what it has no more."""
    keys = [*after, *(key for key in before if key not in after)]
    return [
        Difference(key, _texts(before.get(key)), _texts(after.get(key)))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _texts(clause: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    return None if clause is None else clause["texts"]
