"""What stands between a password and a session: second factors, passkeys, and the counting of failed attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class SignInCounter(Base):
    """How often something failed of late, under a keyed hash of what failed: nobody reads a login or address here.

    `told` says that the block it is in was reported.
    """

    __tablename__ = "sign_in_counters"
    counted: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_failed_at: Mapped[datetime] = mapped_column(Instant, index=True)
    told: Mapped[bool] = mapped_column(Boolean)


class KnownDevice(Base):
    """That a person signed in with this device, or from this address, under a keyed hash of it."""

    __tablename__ = "known_devices"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    last_used_at: Mapped[datetime] = mapped_column(Instant)


class Totp(Base):
    """The secret that a person's authenticator application makes codes with (RFC 6238).

    It counts once `confirmed_at` is set. `last_step` is the time step of the last code that was taken: no code is
    taken twice, nor an older one after it.
    """

    __tablename__ = "totps"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BigInteger)


class Passkey(Base):
    """The public key of a credential that a person's authenticator holds (WebAuthn). No biometric data (P013)."""

    __tablename__ = "passkeys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[bytes] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInChallenge(Base):
    """Something that was asked and is not answered yet: `kind` says by what; `nonce` is what a passkey signs.

    Without a person it was asked of whoever comes, at the address that `asker` is the keyed hash of.
    """

    __tablename__ = "sign_in_challenges"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    asker: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    attempts_left: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
