"""The tables of accounts, their people, and the credentials that act for them.

Every value by which a person could be recognised is `Sealed` under the account's identity key. Tokens and key
secrets are random 256 bits and stored as their SHA-256 only; passwords as argon2id, and that hash sealed (Q006).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.model.accesses import DataAccess
from server.accounts.model.reports import SecurityReport
from server.accounts.model.resellers import Management, Reseller
from server.accounts.model.restrictions import Restriction
from server.accounts.model.sign_in import KnownDevice, Passkey, SignInChallenge, SignInCounter, Totp
from server.kit.db import Base, Instant, Sealed

__all__ = [
    "ACTIVE",
    "CLOSED",
    "CUSTOMER",
    "EMAILS",
    "IDENTITY",
    "LOGINS",
    "OWNER",
    "STAFF",
    "Acceptance",
    "Account",
    "AccountActivity",
    "AccountClosure",
    "AgeJudgement",
    "ApiKey",
    "ApiLimit",
    "AuthorityEpoch",
    "DataAccess",
    "EmailVerification",
    "Invitation",
    "KnownDevice",
    "Management",
    "MemberLimit",
    "Passkey",
    "PasswordReset",
    "Person",
    "PostalAddress",
    "PublicCall",
    "RecoveryCode",
    "ResalePermission",
    "Reseller",
    "Restriction",
    "SecurityReport",
    "Session",
    "SignInChallenge",
    "SignInCounter",
    "StaffAuthorisation",
    "Totp",
]

IDENTITY = "identity"
"""The retention class of all personal values of this slice."""
LOGINS, EMAILS = "login", "email"
"""The kinds of values that one person holds, through the blind index of the key store."""

ACTIVE = "ACTIVE"
CLOSED = "CLOSED"
OWNER = "OWNER"
CUSTOMER = "CUSTOMER"
STAFF = "STAFF"
"""The kind of the account that the company's own people belong to, and their role in it."""


class Account(Base):
    """A customer of the service. Ids are never used again, also after an erasure (Q005)."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), server_default=CUSTOMER)
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Instant)
    country: Mapped[str | None] = mapped_column(String(2))
    industry: Mapped[str | None] = mapped_column(String(40))
    contracting_entity: Mapped[str | None] = mapped_column(String(40))
    professional_since: Mapped[datetime | None] = mapped_column(Instant)
    status_since: Mapped[datetime | None] = mapped_column(Instant)
    status_reason: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (
        CheckConstraint(
            "status IN ('ACTIVE', 'DISABLED', 'DEACTIVATED', 'SUSPENDED', 'CLOSED')", name="status"
        ),
        Index(None, "status", "id"),
    )


class AccountActivity(Base):
    """Since when an account's clocks run (M087 to M090). What was sent later is known to who sent it.

    `warned_at` and `lapsed_at` are of the run of the activity clock that began at `active_since`.
    """

    __tablename__ = "account_activity"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    sending_since: Mapped[datetime] = mapped_column(Instant)
    active_since: Mapped[datetime] = mapped_column(Instant)
    warned_at: Mapped[datetime | None] = mapped_column(Instant)
    lapsed_at: Mapped[datetime | None] = mapped_column(Instant)


class AccountClosure(Base):
    """That an account was closed, by whom, and from when on its data may be erased (C24).

    `erase_at` is null for a voluntary closing, whose clock is another one. A closing that is taken back has no row.
    """

    __tablename__ = "account_closures"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    closing: Mapped[str] = mapped_column(String(12))
    closed_at: Mapped[datetime] = mapped_column(Instant)
    erase_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("closing <> 'PREVENTIVE' OR erase_at IS NOT NULL", name="preventive_has_a_clock"),
    )


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
    email: Mapped[bytes | None] = mapped_column(Sealed)
    email_verified_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)


class Session(Base):
    """A sign-in that is still, or was, in use. It ends at `expires_at`, or at `idle_at` when nobody uses it.

    `second_factor_at` is when a second factor was proved in it; without one it was never asked for.
    """

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
    stepped_up_until: Mapped[datetime | None] = mapped_column(Instant)
    second_factor_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiKey(Base):
    """A secret that a program acts with, within `scopes` (separated by spaces). `prefix` is shown in lists."""

    __tablename__ = "api_keys"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[bytes] = mapped_column(Sealed)
    privacy_policy_url: Mapped[bytes | None] = mapped_column(Sealed)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiUse(Base):
    """One operation that was run with an API key (M140): opaque ids, names of fields and numbers only (B006).

    Written a while after it happened, when the account may be gone: so nothing refers to another table.
    """

    __tablename__ = "api_uses"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(12))
    fields: Mapped[str] = mapped_column(String(400))
    cost: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(60))
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    __table_args__ = (Index(None, "account_id", "id"),)


class Acceptance(Base):
    """That an account accepted a version of a document, since when and how (Q001).

    `language` is the one that was shown, `text_hash` of the authentic text (M107). What was accepted can be refused
    later, at `withdrawn_at` (M145).
    """

    __tablename__ = "acceptances"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    document: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[str] = mapped_column(String(60), primary_key=True)
    mode: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)
    language: Mapped[str | None] = mapped_column(String(2))
    text_hash: Mapped[str | None] = mapped_column(String(64))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (CheckConstraint("mode IN ('EXPLICIT', 'BY_USE')", name="mode"),)


class AuthorityEpoch(Base):
    """Counts the revocations of an account: equal numbers mean that nothing was revoked in between.

    The row is also the lock between revoking and acting: see `actions.guard`.
    """

    __tablename__ = "authority_epochs"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(BigInteger)


class EmailVerification(Base):
    """The address that a person says is theirs, until the code that was sent there comes back."""

    __tablename__ = "email_verifications"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    email: Mapped[bytes | None] = mapped_column(Sealed)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts_left: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    sent: Mapped[int] = mapped_column(Integer)
    window_started_at: Mapped[datetime] = mapped_column(Instant)


class PasswordReset(Base):
    """A reset link that was mailed to a person; without `token_hash` it was used."""

    __tablename__ = "password_resets"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    sent: Mapped[int] = mapped_column(Integer)
    window_started_at: Mapped[datetime] = mapped_column(Instant)


class RecoveryCode(Base):
    """A single-use code with which a person sets a new password; deleted by its use."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class PostalAddress(Base):
    """Where an account's letters go (M007). `country` is ISO 3166-1 alpha-2."""

    __tablename__ = "postal_addresses"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    name: Mapped[bytes] = mapped_column(Sealed)
    street: Mapped[bytes] = mapped_column(Sealed)
    number: Mapped[bytes] = mapped_column(Sealed)
    postal_code: Mapped[bytes] = mapped_column(Sealed)
    city: Mapped[bytes] = mapped_column(Sealed)
    country: Mapped[str] = mapped_column(String(2))
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Invitation(Base):
    """Somebody may join the account in this role, once, by the secret they were given."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    email: Mapped[bytes | None] = mapped_column(Sealed)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class MemberLimit(Base):
    """How many people an account may have, where that is not the number of everybody: a plan hands it over (M061)."""

    __tablename__ = "member_limits"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    people_max: Mapped[int] = mapped_column(Integer)
    set_at: Mapped[datetime] = mapped_column(Instant)


class AgeJudgement(Base):
    """That somebody who opened an account is old enough, what shows it, and when it was judged: nothing else (C18)."""

    __tablename__ = "age_judgements"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    judged_at: Mapped[datetime] = mapped_column(Instant)


class ResalePermission(Base):
    """Whether the contract with an account permits resale, since when and why (M009); without a row it does not."""

    __tablename__ = "resale_permissions"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    permitted: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(String(20))
    set_at: Mapped[datetime] = mapped_column(Instant)


class ApiLimit(Base):
    """What an account may use of the API, in points of cost, where that is not what everybody may (M144)."""

    __tablename__ = "api_limits"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    cost_max: Mapped[int] = mapped_column(Integer)
    restored_per_second: Mapped[int] = mapped_column(Integer)
    set_at: Mapped[datetime] = mapped_column(Instant)


class PublicCall(Base):
    """A call of somebody without an account, kept for as long as its limit's window.

    `caller_hash` is a keyed hash of their network address.
    """

    __tablename__ = "public_calls"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    action: Mapped[str] = mapped_column(String(40))
    caller_hash: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "action", "made_at"), Index(None, "action", "caller_hash", "made_at"))


class StaffAuthorisation(Base):
    """That somebody of the company may process customers' data: as what, on which instructions, how long (B011)."""

    __tablename__ = "staff_authorisations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    roles: Mapped[str] = mapped_column(String(200))
    scope: Mapped[str] = mapped_column(String(200))
    instructions_version: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
