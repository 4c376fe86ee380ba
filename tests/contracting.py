"""What a migration takes from code that does not know it: found by running its `upgrade` on a recorder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from sqlalchemy import Column, String

_CHANGES_DATA_ONLY = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_HARMLESS = frozenset({"bulk_insert", "drop_constraint", "drop_index", "create_table_comment"})
"""What was checked or found faster before is neither, and nothing that is there goes."""
_CHECKED = frozenset(
    {
        "create_check_constraint",
        "create_exclude_constraint",
        "create_foreign_key",
        "create_primary_key",
        "create_unique_constraint",
    }
)
_KEEPS_VALUES = ("server_default", "comment", "nullable")


def contractions(version: ModuleType) -> list[str]:
    """Why code of before the version could not go on beside it; empty when it only expands."""
    recorder = _Recorder()
    there, version.op = version.op, recorder  # type: ignore[attr-defined]
    try:
        version.upgrade()
    finally:
        version.op = there  # type: ignore[attr-defined]
    return recorder.found


class _Recorder:
    """Stands in for `alembic.op`. What it cannot judge is held to contract."""

    def __init__(self, of_batch: _Recorder | None = None, table: str | None = None) -> None:
        self.found: list[str] = of_batch.found if of_batch else []
        self._new: set[str] = of_batch._new if of_batch else set()
        self._table = table

    def f(self, name: str) -> str:
        return name

    @contextmanager
    def batch_alter_table(self, table: str, **_options: Any) -> Iterator[_Recorder]:
        yield _Recorder(self, table)

    def create_table(self, name: str, *_parts: Any, **_options: Any) -> None:
        self._new.add(name)

    def create_index(self, _name: str, *where: Any, unique: bool = False, **_options: Any) -> None:
        if unique:
            self._note("create_index", self._table or where[0])

    def add_column(self, *given: Any, **_options: Any) -> None:
        *where, column = given
        assert isinstance(column, Column)
        needs_value = not column.nullable and column.server_default is None
        if needs_value or column.unique or column.foreign_keys:
            self._note("add_column", self._table or where[0], column.name)

    def alter_column(self, *given: Any, **changes: Any) -> None:
        *where, name = given
        kept = {key: value for key, value in changes.items() if not key.startswith("existing_")}
        widens = _is_longer(kept.pop("type_", None), changes.get("existing_type"))
        if kept.get("nullable") is False or not widens or not set(kept) <= set(_KEEPS_VALUES):
            self._note("alter_column", self._table or where[0], name)

    def execute(self, statement: Any, **_options: Any) -> None:
        if not _CHANGES_DATA_ONLY.match(str(statement)):
            self.found.append(f"execute: {str(statement).strip().splitlines()[0]}")

    def __getattr__(self, operation: str) -> Any:
        def note(*given: Any, **_options: Any) -> None:
            if operation in _CHECKED and self._table is None:
                self._note(operation, given[1])
            elif operation not in _HARMLESS:
                self._note(operation, *([self._table] if self._table else []), *map(str, given[:2]))

        return note

    def _note(self, operation: str, *of: str) -> None:
        """Of a table that the version makes itself nobody uses anything yet."""
        if not of or of[0] not in self._new:
            self.found.append(" ".join((operation, ".".join(of))).strip())


def _is_longer(type_: Any, before: Any) -> bool:
    """Whether every value of before fits: no other type, or a text that may be longer."""
    if type_ is None:
        return True
    if not (isinstance(type_, String) and isinstance(before, String) and before.length):
        return False
    return type_.length is None or type_.length >= before.length
