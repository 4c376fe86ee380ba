"""Going through any table by its primary key, some rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, inspect, tuple_

from server.kit.db import Base
from server.kit.work import Read


def keys_of(model: type[Base]) -> Sequence[Any]:
    """The columns of the table's primary key."""
    return list(inspect(model).primary_key)


def next_rows(
    read: Read, query: Select[Any], keys: Sequence[Any], after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The next rows behind a key as `written` made it, None for the first ones, in the order of the key.

    A key of several columns is left column by column, the last one first: so each look is a range of the key's own
    index. Compared as a whole, both databases would read the rows before it, too, for every page.
    """
    ordered = query.order_by(*keys)
    if after is None:
        return read.rows(ordered.limit(limit))
    last = read_back(after)
    found: list[Row[Any]] = []
    for place in range(len(keys) - 1, -1, -1):
        same = [key == value for key, value in zip(keys[:place], last, strict=False)]
        behind = ordered.where(*same, keys[place] > last[place])
        found += read.rows(behind.limit(limit - len(found)))
        if len(found) == limit:
            break
    return found


def among(keys: Sequence[Any], found: Sequence[Sequence[Any]]) -> ColumnElement[bool]:
    """Whether a row has one of these keys."""
    if len(keys) == 1:
        return keys[0].in_([key for (key,) in found])  # type: ignore[no-any-return]
    return tuple_(*keys).in_([tuple(key) for key in found])


def written(key: Sequence[Any]) -> str:
    """A key as JSON; bytes are in hexadecimal."""
    return orjson.dumps([{"b": part.hex()} if isinstance(part, bytes) else part for part in key]).decode()


def read_back(text: str) -> Sequence[Any]:
    """What `written` wrote."""
    return [bytes.fromhex(part["b"]) if isinstance(part, dict) else part for part in orjson.loads(text)]


def shown(key: Sequence[Any]) -> str:
    """A key for people: opaque ids, and hashes in hexadecimal."""
    return "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in key)
