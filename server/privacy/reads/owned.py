"""Whose a row is, of any table: a person's, an account's, or nobody's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, select

from server.kit.db import Base, Sealed
from server.kit.personal import Declared, Held
from server.kit.work import Read
from server.privacy.rules.exporting import ExportScope

_ACCOUNTS, _PEOPLE, _LANGUAGES = "accounts", "people", "notice_languages"
_SCOPES = "statistic_scopes"
"""What counts something names its scope by a number, without a foreign key."""
_BINARY = frozenset({"sender_document_chunks"})
"""Contents of files, which are no rows for people. They are kept until a decision only, and the customer has them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data is copied: the person's, and with ACCOUNT also what the account has in common."""

    scope: ExportScope
    account_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A table, its columns that are in a copy, and the declarations that they follow from."""

    model: type[Base]
    columns: tuple[str, ...]
    held: tuple[Held, ...]

    @property
    def table(self) -> Table:
        return self.model.__table__  # type: ignore[return-value]


def exported(read: Read, scope: ExportScope) -> Sequence[Exported]:
    """The tables of a copy of that scope, in the order of their declaration."""
    by_model: dict[type[Base], list[Held]] = {}
    for held in read.terms(Declared).held:
        if held.exported and held.model.__tablename__ not in _BINARY:
            by_model.setdefault(held.model, []).append(held)
    tables = [
        Exported(model, tuple(name for held in mine for name in held.columns), tuple(mine))
        for model, mine in by_model.items()
    ]
    return [one for one in tables if scope is ExportScope.ACCOUNT or is_of_person(one.table)]


def is_of_person(table: Table) -> bool:
    """Whether its rows are of single people, and not of the account."""
    return table.name in (_PEOPLE, _LANGUAGES) or "person_id" in table.c


def owned(table: Table, subject: Subject) -> ColumnElement[bool]:
    """Which of its rows belong to the subject. Raises LookupError for a table of nobody's."""
    if subject.scope is ExportScope.PERSON:
        return _of_person(table, subject)
    mine = _of_account(table, subject.account_id)
    if "person_id" in table.c:
        mine &= table.c.person_id.is_(None) | (table.c.person_id == subject.person_id)
    if table.name == _LANGUAGES:
        mine &= table.c.reader_id.in_([subject.account_id, subject.person_id])
    parent = _parent(table)
    if parent is not None and "person_id" in parent[1].table.c and parent[1].table.name != _PEOPLE:
        theirs = parent[1].table.c.person_id
        told = select(parent[1]).where(theirs.is_(None) | (theirs == subject.person_id))
        mine &= parent[0].in_(told.where(_of_account(parent[1].table, subject.account_id)))
    return mine


def sealed_columns(table: Table) -> frozenset[str]:
    """Its columns that are to be opened."""
    return frozenset(column.name for column in table.columns if isinstance(column.type, Sealed))


def _of_person(table: Table, subject: Subject) -> ColumnElement[bool]:
    named = {_PEOPLE: "id", _LANGUAGES: "reader_id"}.get(table.name, "person_id")
    mine: ColumnElement[bool] = table.c[named] == subject.person_id
    return mine & _of_account(table, subject.account_id)


def _of_account(table: Table, account_id: str) -> ColumnElement[bool]:
    if table.name == _ACCOUNTS:
        return table.c.id == account_id
    parent = _parent(table)
    # By way of its parent, where it has its parent's key first: so it is read in the order of its own key.
    leads = parent is not None and table.primary_key.columns[0] is parent[0] and len(table.primary_key) > 1
    if "account_id" in table.c and not leads:
        return table.c.account_id == account_id
    if parent is None:
        raise LookupError(f"{table.name} says of no row whose it is")
    column, key = parent
    among = select(key).where(_of_account(key.table, account_id))
    return column.in_(among)  # type: ignore[no-any-return]


@cache
def _parent(table: Table) -> tuple[Any, Any] | None:
    """The column that leads to another table with an owner, and what it leads to."""
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        if key.column.table is not table and key.column.table.name != _PEOPLE:
            return key.parent, key.column
    if "scope" in table.c and "account_id" not in table.c:
        return table.c.scope, Base.metadata.tables[_SCOPES].c.number
    return None
