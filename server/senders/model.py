"""Tables of sender IDs, of the countries they are allowed in, and of the documents that prove them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class Sender(Base):
    """A name or number under which an account wants its SMS sent, and where its review is (M071).

    `submission_id` names the newest submission and sorts by its time; `submissions` counts them. `reason_code` and
    `note` are the reviewer's, for the customer.
    """

    __tablename__ = "senders"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[bytes] = mapped_column(Sealed)
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12))
    submission_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    submissions: Mapped[int] = mapped_column(Integer)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason_code: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[bytes | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("status <> 'SUBMITTED' OR submission_id IS NOT NULL", name="submitted_named"),
        Index(None, "account_id", "id"),
        Index(None, "status", "submission_id"),
    )


class SenderName(Base):
    """Which sender of an account has a name: a keyed hash of it, in capitals. It goes when the sender ends."""

    __tablename__ = "sender_names"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sender_id: Mapped[str] = mapped_column(ForeignKey("senders.id"), unique=True)
    __table_args__ = (Index(None, "name_hash"),)


class SenderCountry(Base):
    """A country (ISO 3166-1 alpha-2) that a sender was asked for, and whether it is allowed there (M067).

    `carrier_refused_at` is when a carrier of the country last refused the name (M066).
    """

    __tablename__ = "sender_countries"
    sender_id: Mapped[str] = mapped_column(ForeignKey("senders.id"), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    accepted: Mapped[bool]
    carrier_refused_at: Mapped[datetime | None] = mapped_column(Instant)


class SenderDocument(Base):
    """A document that was asked for by an upload link, which `taken_at` uses up.

    It is there from `stored_at` to `deleted_at`; the row outlives its content, as the proof of its deletion (M073).
    `requested_by` is the credential under which the link was made, `for_submission` the number of the submission that
    it was stored for.
    """

    __tablename__ = "sender_documents"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sender_id: Mapped[str] = mapped_column(ForeignKey("senders.id"))
    account_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))
    content_type: Mapped[str] = mapped_column(String(40))
    size_bytes: Mapped[int] = mapped_column(Integer)
    requested_by: Mapped[str | None] = mapped_column(String(40))
    for_submission: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    stored_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_positive"),
        CheckConstraint("deleted_at IS NULL OR stored_at IS NOT NULL", name="deleted_was_stored"),
        Index(None, "sender_id", "created_at"),
        Index(None, "account_id", "created_at"),
    )


class SenderDocumentChunk(Base):
    """A piece of a document's content, in order. Each is sealed under its document and position."""

    __tablename__ = "sender_document_chunks"
    document_id: Mapped[str] = mapped_column(ForeignKey("sender_documents.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    data: Mapped[bytes] = mapped_column(Sealed)
