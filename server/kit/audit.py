"""Audit rows: each mutation and each read by staff leaves one, in its own transaction, refused or not (H015).

Rows name accounts and credentials by their opaque ids only and carry no free text (C22). The database itself refuses
to change one: a row is there as it was written until its retention ends.

Each row carries a link, an HMAC over what it says that only this server can make: a forged row is known by it, and
writers need not wait for each other. Every minute what was written is put into a seal, in batches, and the seals
form a signed chain (server/operations/auditing): a row that is gone is known by the seal it is missing from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    DDL,
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    bindparam,
    event,
    insert,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.crypto import keyed_hash
from server.kit.db import Base, Instant, Prepared

LINKS = "audit"
"""The name of the server's secret that makes the links."""
ORIGINS = "origin"
"""The name of the server's secret that stands between an address and what is kept of it."""


@dataclass(frozen=True, slots=True)
class AuditTerms:
    """For how many calendar months rows are kept; then they go, seal by seal."""

    kept_months: int = 120


class AuditEntry(Base):
    """Who did what, when, from where, for which purpose, and with which outcome (`OK` or the refusal's code).

    `origin` is a keyed hash of the caller's network address. `fields` and `subjects` say what a read by staff
    showed of whom: names of fields, and opaque ids. `seal` is null until the row is sealed.
    """

    __tablename__ = "audit_entries"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[str | None] = mapped_column(String(40), index=True)
    credential_id: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    outcome: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str | None] = mapped_column(String(32))
    purpose: Mapped[str | None] = mapped_column(String(40))
    fields: Mapped[str | None] = mapped_column(Text)
    subjects: Mapped[str | None] = mapped_column(Text)
    link: Mapped[bytes | None] = mapped_column(LargeBinary)
    seal: Mapped[int | None] = mapped_column(BigInteger)
    __table_args__ = (
        Index(
            "ix_audit_entries_unsealed",
            "id",
            sqlite_where=text("seal IS NULL"),
            postgresql_where=text("seal IS NULL"),
        ),
        Index(
            "ix_audit_entries_seal",
            "seal",
            sqlite_where=text("seal IS NOT NULL"),
            postgresql_where=text("seal IS NOT NULL"),
        ),
    )


class AuditSeal(Base):
    """A batch of audit rows, closed: how many they are, the hash of their links, and a signature over both.

    `previous` is the digest of the seal before, so that none can be taken out.
    """

    __tablename__ = "audit_seals"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    entries: Mapped[int] = mapped_column(Integer)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


SAID = (
    "id",
    "at",
    "account_id",
    "credential_id",
    "action",
    "outcome",
    "request_id",
    "origin",
    "purpose",
    "fields",
    "subjects",
)
"""The columns that the link is made of, in its order."""
insert_entry = Prepared(
    insert(AuditEntry.__table__).values({name: bindparam(name) for name in (*SAID, "link")})  # type: ignore[arg-type]
)


def link(secret: bytes, said: Mapping[str, Any]) -> bytes:
    """What proves that this server wrote a row that says this; instants are microseconds."""
    return keyed_hash(secret, orjson.dumps([said[name] for name in SAID]))


# The migrations make the same, in their own words.
_FIXED = ", ".join((*SAID, "link"))
_APPEND_ONLY = {
    "sqlite": (
        f"CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OF {_FIXED} ON audit_entries "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
        "CREATE TRIGGER audit_entries_sealed_once BEFORE UPDATE OF seal ON audit_entries "
        "WHEN OLD.seal IS NOT NULL BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE EXCEPTION 'audit entries are append-only'; END $$",
        f"CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OF {_FIXED} ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()",
        "CREATE TRIGGER audit_entries_sealed_once BEFORE UPDATE OF seal ON audit_entries "
        "FOR EACH ROW WHEN (OLD.seal IS NOT NULL) EXECUTE FUNCTION audit_entries_append_only()",
    ),
}
for _dialect, _statements in _APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
