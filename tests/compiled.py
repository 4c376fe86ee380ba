"""Compiled statements that all databases of a test session share: compiling takes longer than most tests' work.

An engine keeps what it compiled for itself, and each test has an engine of its own. Here all engines of one dialect
have one cache.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

STATEMENTS_MAX = 20_000


def share_compiled_statements() -> None:
    """From now on. Call it once, before the first engine is made."""
    cache: LRUCache[Any, Any] = LRUCache(STATEMENTS_MAX)
    Engine._compiled_cache = property(lambda engine: cache, lambda engine, own: None)  # type: ignore[assignment]
    # The dialect is a part of a cache's key: those that compile alike must be equal.
    DefaultDialect.__eq__ = _compiles_alike  # type: ignore[method-assign,assignment]
    DefaultDialect.__hash__ = _hash  # type: ignore[method-assign,assignment]


def _compiles_alike(dialect: DefaultDialect, other: object) -> bool:
    return type(dialect) is type(other) and _version(dialect) == _version(other)


def _hash(dialect: DefaultDialect) -> int:
    return hash(type(dialect))


def _version(dialect: Any) -> Any:
    """Known after the first connection."""
    return getattr(dialect, "server_version_info", None)
