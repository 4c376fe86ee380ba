"""Accounts that act for others, and which of them they manage with which powers (B013, B014)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class Reseller(Base):
    """An account that may manage others. `policy_url` is its own privacy policy, shown to them (B015)."""

    __tablename__ = "resellers"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    policy_url: Mapped[bytes] = mapped_column(Sealed)
    since: Mapped[datetime] = mapped_column(Instant)


class Management(Base):
    """That a reseller manages an account, or offers to: `powers` (separated by spaces) are all that it may."""

    __tablename__ = "managements"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    reseller_id: Mapped[str] = mapped_column(ForeignKey("resellers.account_id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    powers: Mapped[str] = mapped_column(String(200))
    offered_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
