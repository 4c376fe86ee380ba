"""Canaries: texts that nothing else contains, in every personal column of an account, as the declarations say.

Rows are made from the tables themselves, so a column that somebody adds tomorrow gets its canary without a change here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    insert,
)

from server.kit.db import Instant, Sealed
from server.kit.personal import Via
from server.kit.work import Work
from server.privacy.reads.declared import Declarations, Declared, Fate
from server.privacy.rules.erasures import ErasureScope
from server.schema import HELD

CANARY = "canary-9f3a71c4e85b"
"""In every canary, and so what a scan looks for."""
_WANTED: Mapping[str, Any] = {
    "accounts.kind": "CUSTOMER",
    "accounts.status": "CLOSED",
    "acceptances.mode": "EXPLICIT",
    "account_closures.closing": "VOLUNTARY",
    "complaint_decisions.accepted": True,
    "data_accesses.handle": "0a1b2c",
    "data_accesses.reader": "STAFF",
    "disclosures.ground": "LEGAL_REQUEST",
    "disclosures.recipient_class": "AUTHORITY",
    "disclosures.categories": "technical",
    "incident_accounts.status": "TOLD",
    "incidents.status": "CLOSED",
    "invoices.gross_minor": 2,
    "ip_addresses.retired_at": None,
    "minor_reports.status": "RECEIVED",
    "outbox_messages.state": "FAILED",
    "privacy_requests.extended_at": None,
    "privacy_requests.kind": "ACCESS",
    "privacy_requests.purposes": "",
    "privacy_requests.source": "SELF",
    "privacy_requests.status": "FULFILLED",
    "security_reports.kind": "LOSS",
    "tickets.status": "CLOSED",
    "tickets.waiting_since": None,
}
"""What constraints want of a column."""


def canary(account_id: str, name: str) -> str:
    return f"{CANARY}-{account_id}-{name}"


class Aviary:
    """Puts canaries into the rows of one account: of each table that is an account's a row of its own."""

    def __init__(self, work: Work, account_id: str) -> None:
        self._work = work
        self._account_id = account_id
        self._ids: dict[str, Mapping[str, Any]] = {"accounts": {"id": account_id}}
        self._declarations = Declarations(HELD)
        self.columns: list[str] = []

    def fill(self, skip: frozenset[str] = frozenset()) -> list[str]:
        """A row of every table but those to skip, parents first; returns the personal columns that got a canary."""
        for declared in reversed(self._declarations.tables):
            fate = declared.fate(ErasureScope.EVERYTHING)
            if fate in (Fate.NOBODYS, Fate.OWN_VERB) or declared.table.name in skip:
                continue
            self._insert(declared)
        return self.columns

    def _insert(self, declared: Declared) -> None:
        table = declared.table
        row = dict(self._values(declared))
        self._work.execute(insert(table).values(row))
        self._ids[table.name] = row

    def _values(self, declared: Declared) -> Iterator[tuple[str, Any]]:
        owner = declared.row.owner
        for column in declared.table.columns:
            if isinstance(owner, tuple) and column.name in owner:
                yield column.name, self._account_id
            elif isinstance(owner, Via) and column.name == owner.ours:
                yield column.name, self._ids[owner.model.__tablename__][owner.theirs]
            elif column.foreign_keys:
                yield column.name, self._parent(column)
            else:
                yield column.name, self._value(declared, column)

    def _parent(self, column: Column[Any]) -> Any:
        (key,) = column.foreign_keys
        table = key.column.table
        if table.name not in self._ids and not column.nullable:  # a row of the company's own
            self._insert(next(each for each in self._declarations.tables if each.table is table))
        parent = self._ids.get(table.name)
        return None if parent is None else parent[key.column.name]

    def _value(self, declared: Declared, column: Column[Any]) -> Any:
        table = declared.table
        if f"{table.name}.{column.name}" in _WANTED:
            return _WANTED[f"{table.name}.{column.name}"]
        if isinstance(column.type, Sealed):
            name = f"{table.name}.{column.name}"
            (held,) = [one for one in declared.held if column.name in one.columns]
            assert held.retention_class is not None
            self.columns.append(name)
            return self._work.seal(
                self._account_id, held.retention_class, name, canary(self._account_id, name)
            )
        if isinstance(column.type, Instant):
            return self._work.now
        if isinstance(column.type, Boolean):
            return False
        if isinstance(column.type, Integer | BigInteger | SmallInteger):
            return 1 + int.from_bytes(self._work.entropy.bytes(2), "big") // 4 if column.primary_key else 1
        if isinstance(column.type, LargeBinary):
            return self._work.entropy.bytes(16)
        return _text(self._work, table, column)


def _text(work: Work, table: Table, column: Column[Any]) -> str | None:
    if column.nullable and not column.primary_key:
        return None
    length = getattr(column.type, "length", None) or 40
    made = "{}" if isinstance(column.type, Text) else work.ids.new("can")
    assert isinstance(column.type, String | Text), column
    return made[-length:]
