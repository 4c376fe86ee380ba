"""Tables of published versions and schemas, of the registers, of anonymous counts, and of what checks last found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed

CONTENT = "content"
"""The retention class of what a register says in words about an account."""


class PolicyVersion(Base):
    """A version of a document as it was published. `content` is the clauses with their texts, JSON; it never changes.

    `text_hash` is the SHA-256 of the authentic text, hexadecimal (M107). `announced_to` is the account up to which it
    was told to all; `announced_at` is when the last one was.
    """

    __tablename__ = "policy_versions"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(60))
    effective_at: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    authentic: Mapped[str] = mapped_column(String(2))
    languages: Mapped[str] = mapped_column(String(60))
    text_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    announced_to: Mapped[str | None] = mapped_column(String(40))
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("document", "version"),
        Index(None, "document", "effective_at", unique=True),
    )


class Processor(Base):
    """A third party that handles data (P018, H011, B012). `categories` are separated by spaces.

    `agreement` and `review_at`, the reference of the contract and its next review, are there before it is ACTIVE.
    """

    __tablename__ = "processors"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(12))
    recipient_class: Mapped[str] = mapped_column(String(20))
    region: Mapped[str] = mapped_column(String(2))
    categories: Mapped[str] = mapped_column(String(200))
    mechanism: Mapped[str | None] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(8))
    agreement: Mapped[str | None] = mapped_column(String(200))
    review_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    activated_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("role IN ('PROCESSOR', 'CONTROLLER', 'SUBPROCESSOR')", name="role"),
        CheckConstraint("status IN ('DRAFT', 'ACTIVE', 'ENDED')", name="status"),
        CheckConstraint(
            "status <> 'ACTIVE' OR (agreement IS NOT NULL AND review_at IS NOT NULL)", name="active_bound"
        ),
    )


class LegalityCheck(Base):
    """That somebody checked whether a request for an account's data is lawful, before it was answered (P020)."""

    __tablename__ = "legality_checks"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    reference: Mapped[bytes] = mapped_column(Sealed)
    lawful: Mapped[bool]
    checked_by: Mapped[str] = mapped_column(String(40))
    checked_at: Mapped[datetime] = mapped_column(Instant)


class Disclosure(Base):
    """That data of an account was given to somebody, on which ground, and what it stood on (Q016, M010)."""

    __tablename__ = "disclosures"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(20))
    recipient_class: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[bytes] = mapped_column(Sealed)
    authority: Mapped[bytes | None] = mapped_column(Sealed)
    legal_basis: Mapped[bytes | None] = mapped_column(Sealed)
    reference: Mapped[bytes | None] = mapped_column(Sealed)
    categories: Mapped[str] = mapped_column(String(200))
    legality_check_id: Mapped[str | None] = mapped_column(ForeignKey("legality_checks.id"))
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("consents.id"))
    processor_id: Mapped[str | None] = mapped_column(ForeignKey("processors.id"))
    disclosed_by: Mapped[str] = mapped_column(String(40))
    disclosed_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "account_id", "id"),)


class RecipientNotice(Base):
    """That an account was told that its data goes to a class of recipients, before it did (M129)."""

    __tablename__ = "recipient_notices"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    recipient_class: Mapped[str] = mapped_column(String(20), primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(40))
    told_at: Mapped[datetime] = mapped_column(Instant)


class Consent(Base):
    """That an account consented to a purpose, until it withdrew (B004). One row each time; never part of the terms."""

    __tablename__ = "consents"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(60))
    policy_version: Mapped[str] = mapped_column(String(60))
    given_by: Mapped[str | None] = mapped_column(String(40))
    given_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (Index(None, "account_id", "purpose", "id"),)


class Attestation(Base):
    """That an office of the company attests something that no code can enforce (Q020, P004, H016, M113)."""

    __tablename__ = "attestations"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(80))
    reference: Mapped[str] = mapped_column(String(200))
    attested_at: Mapped[datetime] = mapped_column(Instant)
    review_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (Index(None, "kind", "attested_at"),)


class ClauseCheck(Base):
    """The last result of a check: when, and how many things were looked at and found wrong. No personal value."""

    __tablename__ = "clause_checks"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    passed: Mapped[bool]
    looked_at: Mapped[int] = mapped_column(Integer)
    faults: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[str] = mapped_column(String(400))
    ran_at: Mapped[datetime] = mapped_column(Instant)


class UsageCount(Base):
    """How many accounts did something on a day (its number since 1970, UTC). It says nothing of which (P009, M134)."""

    __tablename__ = "usage_counts"
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    event: Mapped[str] = mapped_column(String(20), primary_key=True)
    accounts: Mapped[int] = mapped_column(Integer)
    counted_at: Mapped[datetime] = mapped_column(Instant)


class ApiRelease(Base):
    """A schema of the API that this server began to serve: its text, compressed, under the SHA-256 of it (M142).

    `announced_to` is the account up to which its changes were told; `announced_at` is when the last one was, or at
    once where nobody needs to be told.
    """

    __tablename__ = "api_releases"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    released_at: Mapped[datetime] = mapped_column(Instant)
    announced_to: Mapped[str | None] = mapped_column(String(40))
    announced_at: Mapped[datetime | None] = mapped_column(Instant)


class ApiChange(Base):
    """One thing that a release has added, deprecated, changed or removed; `place` names it, such as `Query.node(id:)`.

    `breaking` says whether what an integration does now may fail from here on.
    """

    __tablename__ = "api_changes"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("api_releases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200))
    breaking: Mapped[bool]
    detail: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
