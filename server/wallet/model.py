"""Tables of the ledger. All quantities are integers: minor units of a currency, or whole credits.

Rows carry opaque ids only, never a personal value (DESIGN §3).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant


class Wallet(Base):
    """What one account has of one unit. Its row is the lock under which all of its changes are numbered."""

    __tablename__ = "wallets"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(8))
    posted: Mapped[int] = mapped_column(BigInteger)
    held: Mapped[int] = mapped_column(BigInteger)
    sequence: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    # Rings once when available falls below it (actions/alarms.py). In the wallet's row, so that a posting asks nothing.
    alarm_below: Mapped[int | None] = mapped_column(BigInteger)
    # Only of a pseudonymous wallet: where its chain began, and the keyed proof of its closing (rules/chain.py).
    origin: Mapped[bytes | None] = mapped_column(LargeBinary)
    closure: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (
        UniqueConstraint("account_id", "unit"),
        CheckConstraint("held >= 0", name="held_not_negative"),
        CheckConstraint("posted - held >= 0", name="available_not_negative"),
    )


class Posting(Base):
    """One change of a wallet, for ever. A pure change of holds has no counter-account and no transfer."""

    __tablename__ = "postings"
    wallet_id: Mapped[str] = mapped_column(String(40), ForeignKey("wallets.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(24))
    posted_delta: Mapped[int] = mapped_column(BigInteger)
    held_delta: Mapped[int] = mapped_column(BigInteger)
    posted_after: Mapped[int] = mapped_column(BigInteger)
    held_after: Mapped[int] = mapped_column(BigInteger)
    counter: Mapped[str | None] = mapped_column(String(24))
    transfer_id: Mapped[str | None] = mapped_column(String(40))
    hold_id: Mapped[str | None] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    link: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        # One provider event, at most one posting: a top-up is credited once, whoever delivers it again.
        Index(
            "uq_postings_top_up",
            "wallet_id",
            "reference",
            unique=True,
            sqlite_where=text("kind = 'TOP_UP'"),
            postgresql_where=text("kind = 'TOP_UP'"),
        ),
        # For the sums of a day: it grows at its end only.
        Index(None, "at"),
        # Clustered by wallet: an append writes one page, a replay reads in order.
        {"sqlite_with_rowid": False},
    )


class Hold(Base):
    """A part of a wallet that is set aside until it is captured, released or expires."""

    __tablename__ = "holds"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    wallet_id: Mapped[str] = mapped_column(String(40), ForeignKey("wallets.id"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    captured: Mapped[int] = mapped_column(BigInteger)
    released: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    reference: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        Index(None, "wallet_id", "id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("captured >= 0 AND released >= 0", name="parts_not_negative"),
        CheckConstraint("captured + released <= quantity", name="parts_within_quantity"),
        Index(
            "ix_holds_due",
            "expires_at",
            sqlite_where=text("state = 'OPEN'"),
            postgresql_where=text("state = 'OPEN'"),
        ),
    )


class Claim(Base):
    """What an account owes after a reversal that took more back than was there; collected from what comes in."""

    __tablename__ = "wallet_claims"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    wallet_id: Mapped[str] = mapped_column(String(40), ForeignKey("wallets.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    collected: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(24))
    counter: Mapped[str] = mapped_column(String(24))
    reference: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("collected >= 0 AND collected <= amount", name="collected_within_amount"),
    )


class Tombstone(Base):
    """What is left of an erased wallet: proof of where it ended, under an id that leads nowhere."""

    __tablename__ = "wallet_tombstones"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    wallet_key: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class ErasedTotal(Base):
    """What all erased wallets together gave to a counter-account: the sum that nobody can be read from."""

    __tablename__ = "erased_totals"
    counter: Mapped[str] = mapped_column(String(24), primary_key=True)
    unit: Mapped[str] = mapped_column(String(8), primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)


class ErasedSeal(Base):
    """One row: how many wallets are in the totals, signed with them. Its lock is that of the totals."""

    __tablename__ = "erased_seals"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    wallets: Mapped[int] = mapped_column(BigInteger)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class ClosedOwner(Base):
    """The keyed hash of an owner id for which no wallet may open again."""

    __tablename__ = "wallet_closed_owners"
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
