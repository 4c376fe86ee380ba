"""What people hold in the blind index, in the clear: for the rotation of its key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from server.accounts.model import EMAILS, LOGINS, Person
from server.accounts.reads import open_or_none
from server.kit.blindindex import Held
from server.kit.work import Read


def held_values(read: Read, after: str, people_max: int) -> tuple[Sequence[Held], str | None]:
    """The logins and e-mail addresses of the next people by id, and the last of these people, None behind all."""
    query = (
        select(Person.id, Person.login, Person.email)
        .where(Person.id > after, Person.removed_at.is_(None))
        .order_by(Person.id)
        .limit(people_max)
    )
    rows = read.rows(query)
    held = [each for row in rows for each in _of(read, row.id, row.login, row.email)]
    return held, rows[-1].id if rows else None


def _of(read: Read, person_id: str, login: bytes, email: bytes | None) -> Iterator[Held]:
    for kind, column, sealed in ((LOGINS, "people.login", login), (EMAILS, "people.email", email)):
        value = open_or_none(read, column, sealed)
        if value is not None:
            yield Held(kind, value, person_id)
