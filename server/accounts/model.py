"""The tables of accounts, their people, and the credentials that act for them.

Every value by which a person could be recognised is `Sealed` under the account's identity key. Tokens and key
secrets are random 256 bits and stored as their SHA-256 only; passwords as argon2id, and that hash sealed (Q006).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed

IDENTITY = "identity"
"""The retention class of all personal values of this slice."""

ACTIVE = "ACTIVE"
SUSPENDED = "SUSPENDED"
OWNER = "OWNER"


class Account(Base):
    """A customer of the service. Ids are never used again, also after an erasure (Q005)."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (CheckConstraint("status IN ('ACTIVE', 'SUSPENDED')", name="status"),)


class Person(Base):
    """Somebody who signs in for an account. Logins are unique through the blind index of the key store only."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    login: Mapped[bytes] = mapped_column(Sealed)
    password_hash: Mapped[bytes] = mapped_column(Sealed)
    password_changed_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Session(Base):
    """A sign-in that is still, or was, in use. It ends at `expires_at`, or at `idle_at` when nobody uses it."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_agent: Mapped[bytes | None] = mapped_column(Sealed)
    address: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime] = mapped_column(Instant)
    idle_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiKey(Base):
    """A secret that a program acts with, within `scopes` (separated by spaces). `prefix` is shown in lists."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[bytes] = mapped_column(Sealed)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Acceptance(Base):
    """That an account accepted a version of a document, since when and how (Q001)."""

    __tablename__ = "acceptances"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    document: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (CheckConstraint("mode IN ('EXPLICIT', 'BY_USE')", name="mode"),)


class AuthorityEpoch(Base):
    """Counts the revocations of an account: equal numbers mean that nothing was revoked in between.

    The row is also the lock between revoking and acting: see `actions.guard`.
    """

    __tablename__ = "authority_epochs"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)
