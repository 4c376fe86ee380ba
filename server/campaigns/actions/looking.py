"""Looking many rows up by their hashes in few statements, without SQLAlchemy's work for each hash."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from server.kit.db import Base, Prepared
from server.kit.work import Read

_SIZES = (500, 20)
_NOTHING = b""
"""Fills up what a statement takes: no hash is empty."""


class Look:
    """Selects `columns` of the rows whose `key` is one of some hashes, and whose `others` have one value each."""

    def __init__(
        self, table: type[Base], columns: Sequence[str], key: str, others: Sequence[str] = ()
    ) -> None:
        self._statements = [(size, _statement(table, columns, key, others, size)) for size in _SIZES]

    def rows(self, read: Read, keys: Collection[bytes], **others: int) -> Iterator[tuple[Any, ...]]:
        """The rows found, as the database gives them."""
        left = sorted(keys)
        while left:
            size, statement = next(
                (each for each in self._statements if each[0] <= len(left)), self._statements[-1]
            )
            some, left = left[:size], left[size:]
            filled = some + [_NOTHING] * (size - len(some))
            named = {f"key_{position}": key for position, key in enumerate(filled)}
            yield from statement.run(read.connection, **named, **others)


def _statement(
    table: type[Base], columns: Sequence[str], key: str, others: Sequence[str], size: int
) -> Prepared:
    each = table.__table__.c
    wanted = select(*[each[name] for name in columns])
    keys: list[BindParameter[bytes]] = [bindparam(f"key_{position}") for position in range(size)]
    return Prepared(wanted.where(*[each[name] == bindparam(name) for name in others], each[key].in_(keys)))
