"""Tables of VAT numbers, and of prices that were announced."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class VatNumber(Base):
    """By which an account is a business to the tax office. `country` (ISO 3166-1) issued it; `validated_by` says how
    far it was looked at."""

    __tablename__ = "vat_numbers"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[bytes] = mapped_column(Sealed)
    country: Mapped[str] = mapped_column(String(2))
    validated_by: Mapped[str] = mapped_column(String(12))
    set_at: Mapped[datetime] = mapped_column(Instant)


class PriceChange(Base):
    """A price that was announced: from `effective_at` on it takes the place of the one in the terms (M033).

    Rows are never changed: of those that a product has in one currency, the newest that is in effect holds.
    """

    __tablename__ = "price_changes"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    product: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(20))
    announced_at: Mapped[datetime] = mapped_column(Instant)
    effective_at: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[str] = mapped_column(String(40))
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index(None, "currency", "product", "effective_at"),
    )
