"""The table of who refused a new version of the policy, and is leaving."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class PolicyRefusal(Base):
    """That an account refused a version of a document: `export_id` is the copy of its data that was begun for that, and
    `closes_at` when the account closes, unless the version is accepted after all (P049).
    """

    __tablename__ = "policy_refusals"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(60))
    export_id: Mapped[str] = mapped_column(String(40))
    refused_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
