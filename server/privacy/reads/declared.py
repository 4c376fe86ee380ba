"""What an erasure does to each table, as the slices' declarations say; there is no other list of tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, false, or_, select
from sqlalchemy.schema import sort_tables

from server.kit.crypto import KEY_ID_BYTES
from server.kit.db import Base, Sealed
from server.kit.personal import Held, Via
from server.privacy.rules.erasures import ErasureScope

SHREDDED = b"\x01" + bytes(KEY_ID_BYTES + 12 + 16)
"""What stands in a kept row where a sealed value must stand: sealed by a key that never was."""
_BILLING = "billing"
_OUTLIVES = frozenset({"audit", "registers", "incidents"})
"""The clauses under which rows stay whatever is erased: what was done, by opaque ids."""


class Fate(Enum):
    """What becomes of the rows of a table that belong to an account.

    DELETED: they go. KEPT: they stay without what is sealed in them. RENAMED: the same, and the pseudonym takes the
    place of the account. OWN_VERB: the slice has a verb for them. NOBODYS: they are the company's own.
    """

    DELETED = "DELETED"
    KEPT = "KEPT"
    RENAMED = "RENAMED"
    OWN_VERB = "OWN_VERB"
    NOBODYS = "NOBODYS"


@dataclass(frozen=True, slots=True)
class Declared:
    """One table as it is declared: whose its rows are, and under which category and clause they are kept."""

    table: Table
    held: tuple[Held, ...]

    @property
    def row(self) -> Held:
        """The declaration that decides about the row: one that does not merely shred a value, where there is one."""
        rows = [held for held in self.held if held.erasure != "shred"]
        return (rows or list(self.held))[0]

    @property
    def sealed(self) -> Sequence[Column[Any]]:
        return [column for column in self.table.columns if isinstance(column.type, Sealed)]

    def fate(self, scope: ErasureScope) -> Fate:
        row = self.row
        if row.owner is None:
            return Fate.NOBODYS
        if row.own_verb:
            return Fate.OWN_VERB
        everything = scope is ErasureScope.EVERYTHING
        if any(held.retention == _BILLING for held in self.held if held.erasure != "shred"):
            return Fate.DELETED if everything else Fate.RENAMED
        stays = row.erasure == "keep_pseudonymous" and row.retention in _OUTLIVES
        return Fate.KEPT if stays else Fate.DELETED


class Declarations:
    """All tables, in an order in which rows can be deleted: what points at others, or is found by them, comes first."""

    def __init__(self, held: Iterable[Held]) -> None:
        by_table: dict[Table, list[Held]] = defaultdict(list)
        for each in held:
            by_table[_table(each.model)].append(each)
        self._declared = {table: Declared(table, tuple(each)) for table, each in by_table.items()}

    @cached_property
    def tables(self) -> Sequence[Declared]:
        found_by = [
            (_table(declared.row.owner.model), table)
            for table, declared in self._declared.items()
            if isinstance(declared.row.owner, Via)
        ]
        ordered = sort_tables(list(self._declared), extra_dependencies=found_by)
        return [self._declared[table] for table in reversed(ordered)]

    def of_fate(self, scope: ErasureScope, *fates: Fate) -> Iterator[Declared]:
        """The tables that have one of these fates, in order."""
        return (declared for declared in self.tables if declared.fate(scope) in fates)

    def belongs(self, declared: Declared, account_id: str) -> ColumnElement[bool]:
        """Whether a row of the table is the account's."""
        owner = declared.row.owner
        if owner is None:
            return false()
        if isinstance(owner, tuple):
            return or_(*(declared.table.c[column] == account_id for column in owner))
        parent = self._declared[_table(owner.model)]
        theirs = select(parent.table.c[owner.theirs]).where(self.belongs(parent, account_id))
        return declared.table.c[owner.ours].in_(theirs)

    def pointing_at(self, gone: Declared, scope: ErasureScope) -> Iterator[Column[Any]]:
        """The columns of rows that stay which may name a row of this table: they are emptied."""
        return (column for _, column in self._pointing_at(gone, scope) if column.nullable)

    def faults(self) -> Iterator[str]:
        """What would stop an erasure, as sentences: a row of the account that stays and must name one that goes."""
        for scope in ErasureScope:
            for gone in self.of_fate(scope, Fate.DELETED):
                for declared, column in self._pointing_at(gone, scope):
                    if not column.nullable and declared.fate(scope) is not Fate.NOBODYS:
                        yield f"{column.table.name}.{column.name} stays, and {gone.table.name} goes ({scope})"

    def _pointing_at(self, gone: Declared, scope: ErasureScope) -> Iterator[tuple[Declared, Column[Any]]]:
        for declared in self.tables:
            if declared.fate(scope) is not Fate.DELETED:
                for column in declared.table.columns:
                    if any(key.column.table is gone.table for key in column.foreign_keys):
                        yield declared, column


def vacated(declared: Declared) -> Mapping[str, bytes | None]:
    """What the sealed columns of a row that stays hold from then on."""
    return {column.name: None if column.nullable else SHREDDED for column in declared.sealed}


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
