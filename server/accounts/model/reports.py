"""What members of accounts say went wrong with their security."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class SecurityReport(Base):
    """That a member suspects a compromise (P047, H020), of which of the three kinds (H025), and what ended by it."""

    __tablename__ = "security_reports"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    reported_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[bytes | None] = mapped_column(Sealed)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    sessions_ended: Mapped[int] = mapped_column(Integer)
    keys_ended: Mapped[int] = mapped_column(Integer)
    __table_args__ = (CheckConstraint("kind IN ('UNAUTHORISED_ACCESS', 'LOSS', 'MISUSE')", name="kind"),)
