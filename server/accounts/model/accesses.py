"""Who read an account's data without being of the account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class DataAccess(Base):
    """That somebody of the staff, or the reseller who manages the account, read of it, for its owner to see.

    `handle` stands for the person of the staff, and tells nobody who they are; `roles` are those they had then, with
    spaces between. `fields` are names of what was shown. `duty` is what it was read for of a closed account (M097).
    """

    __tablename__ = "data_accesses"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    reader: Mapped[str] = mapped_column(String(8))
    handle: Mapped[str | None] = mapped_column(String(16))
    roles: Mapped[str] = mapped_column(String(80))
    reseller_id: Mapped[str | None] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(40))
    fields: Mapped[str] = mapped_column(Text)
    duty: Mapped[str | None] = mapped_column(String(16))
    __table_args__ = (
        CheckConstraint("(reader = 'STAFF') = (handle IS NOT NULL)", name="staff_by_handle"),
        CheckConstraint("(reader = 'RESELLER') = (reseller_id IS NOT NULL)", name="resellers_by_account"),
        Index(None, "account_id", "id"),
    )
