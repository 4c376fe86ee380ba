"""Prepared statements, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, null, select

from server.kit.audit import AuditEntry, insert_entry
from server.kit.clock import to_micros
from server.kit.db import Prepared
from server.kit.work import Read, Units, Work

AT = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)


class Entry(NamedTuple):
    id: str
    at: datetime
    account_id: str | None
    never: datetime | None


_entries = AuditEntry.__table__.c
_page = Prepared(
    select(_entries.id, _entries.at, _entries.account_id, null().label("never"))
    .where(_entries.id < bindparam("before"))
    .order_by(_entries.id.desc())
    .limit(bindparam("limit"))
)


def write(work: Work) -> None:
    for number in range(4):
        insert_entry.run(
            work.connection,
            id=f"aud_{number}",
            at=to_micros(AT) + number,
            account_id=None,
            credential_id=None,
            action="test",
            outcome="OK",
            request_id="",
            **dict.fromkeys(("origin", "purpose", "fields", "subjects", "link")),
        )


def page(read: Read) -> Sequence[Entry]:
    return _page.rows(read.connection, Entry._make, before="aud_3", limit=2)


async def test_rows_have_the_types_of_their_columns(units: Units) -> None:
    await units.run_unaudited(write)
    two, one = await units.read(page)
    assert two == Entry("aud_2", AT.replace(microsecond=123_458), None, None)
    assert one == Entry("aud_1", AT.replace(microsecond=123_457), None, None)
    assert await units.read(lambda read: _page.run(read.connection, before="aud_1", limit=9)) == [
        ("aud_0", to_micros(AT), None, None)
    ]
