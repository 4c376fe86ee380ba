"""Going through any table by its primary key, some rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, inspect, tuple_

from server.kit.db import Base


def keys_of(model: type[Base]) -> Sequence[Any]:
    """The columns of the table's primary key."""
    return list(inspect(model).primary_key)


def in_order(query: Select[Any], keys: Sequence[Any], after: str | None, limit: int) -> Select[Any]:
    """The next rows behind a key as `written` made it, None for the first ones."""
    if after is not None:
        query = query.where(_behind(keys, read_back(after)))
    return query.order_by(*keys).limit(limit)


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


def _behind(keys: Sequence[Any], key: Sequence[Any]) -> ColumnElement[bool]:
    if len(keys) == 1:
        return keys[0] > key[0]  # type: ignore[no-any-return]
    return tuple_(*keys) > tuple_(*key)
