"""The table of what may not be done with an account's data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant

_LIVE = text("lifted_at IS NULL")


class Restriction(Base):
    """That an account's data is not processed for a purpose, empty for all, since when and by which right.

    `request_id` is the request that asked for it. It holds until `lifted_at`.
    """

    __tablename__ = "restrictions"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    by_right: Mapped[str] = mapped_column(String(12))
    purpose: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (
        Index(
            "uq_restrictions_live",
            "account_id",
            "by_right",
            "purpose",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(None, "account_id", "id"),
    )
