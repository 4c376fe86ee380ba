"""The table of reports that an account is a minor's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class MinorReport(Base):
    """That somebody, who needs no account, says that a minor's data is held (P034).

    `account_id` is whose login or address they named, null where nobody has it. What they named and said is sealed
    under that account's key, else under one of the report's own, and gone once it is judged: the verdict, and when it
    was, stays (C18).
    """

    __tablename__ = "minor_reports"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(String(40), index=True)
    status: Mapped[str] = mapped_column(String(12))
    named: Mapped[bytes | None] = mapped_column(Sealed)
    text: Mapped[bytes | None] = mapped_column(Sealed)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    judged_at: Mapped[datetime | None] = mapped_column(Instant)
    judged_by: Mapped[str | None] = mapped_column(String(40))
    request_id: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (
        CheckConstraint(
            "status = 'RECEIVED' OR (judged_at IS NOT NULL AND named IS NULL AND text IS NULL)",
            name="judged_and_forgotten",
        ),
        Index(None, "status", "id"),
    )
