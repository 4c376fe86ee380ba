"""Audit rows: each mutation leaves one, in its own transaction, refused or not (H015).

Rows name accounts and credentials by their opaque ids only and carry no free text (C22). The database itself refuses
to change one: a row is there as it was written until its retention ends.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, String, bindparam, event, insert
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Prepared


class AuditEntry(Base):
    """Who did what, when, under which request, and with which outcome (`OK` or the refusal's code)."""

    __tablename__ = "audit_entries"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[str | None] = mapped_column(String(40), index=True)
    credential_id: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str] = mapped_column(String(64))


_COLUMNS = ("id", "at", "account_id", "credential_id", "action", "outcome", "request_id")
insert_entry = Prepared(insert(AuditEntry.__table__).values({name: bindparam(name) for name in _COLUMNS}))  # type: ignore[arg-type]

# The migrations make the same, in their own words.
_APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE ON audit_entries "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$",
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()",
    ),
}
for _dialect, _statements in _APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
