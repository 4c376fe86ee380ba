"""Checks of how things are stored: sealed, declared, and not to be edited."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import LargeBinary, TextClause, cast, func, literal, or_, select, text

from server.kit import personal
from server.kit.crypto import KEY_ID_BYTES
from server.kit.db import Base, Sealed
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, finding
from server.schema import HELD

_ENVELOPE_BYTES_MIN = 1 + KEY_ID_BYTES + 12 + 16
"""Version, key id, nonce and tag: the shortest sealed value."""


def sealed_columns(read: Read) -> Finding:
    """Every value in a sealed column is an envelope, whatever wrote it (Q017, P002, H014)."""
    wrong, columns = [], 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, Sealed):
                continue
            columns += 1
            raw = cast(column, LargeBinary)
            plain = or_(
                func.length(raw) < _ENVELOPE_BYTES_MIN,
                func.substr(raw, 1, 1, type_=LargeBinary) != literal(b"\x01", LargeBinary),
            )
            if read.scalar(select(func.count()).select_from(table).where(column.is_not(None), plain)):
                wrong.append(f"{table.name}.{column.name}")
    return finding(columns, "sealed columns", wrong)


def columns_declared(read: Read) -> Finding:
    """Every column that the database really has is declared in one category (Q003)."""
    declared = {name for held in HELD for name in held.names()}
    stored = {".".join(row) for row in read.rows(stored_columns(read))}
    known = {table.name for table in Base.metadata.sorted_tables}
    wrong = sorted(name for name in stored - declared if name.partition(".")[0] in known)
    return finding(len(stored), "columns", [*wrong, *personal.faults(HELD)])


def audit_append_only(read: Read) -> Finding:
    """The database itself refuses to change an audit entry (H015)."""
    if read.connection.dialect.name == "sqlite":
        query = text(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_entries_append_only'"
        )
    else:
        query = text(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_entries_append_only' AND tgenabled <> 'D' "
            "AND tgrelid = 'audit_entries'::regclass"
        )
    there = read.connection.scalar(query)
    return finding(1, "guard of the audit", [] if there else ["audit_entries_append_only"])


def stored_columns(read: Read) -> TextClause:
    """Table and name of each column that the database really has."""
    if read.connection.dialect.name == "sqlite":
        return text(
            "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
        )
    return text(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )


CHECKS: Mapping[str, Check] = {
    "sealed_columns": sealed_columns,
    "columns_declared": columns_declared,
    "audit_append_only": audit_append_only,
}
