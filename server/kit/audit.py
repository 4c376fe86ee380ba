"""Audit rows: each mutation leaves one, in its own transaction, refused or not (H015).

Rows name accounts and credentials by their opaque ids only and carry no free text (C22).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, bindparam, insert
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
