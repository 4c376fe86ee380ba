"""Tables of notices, of the e-mails that go out with them, and of the language each reader wants."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class Notice(Base):
    """Something an account is told. `kind` names its template, `data` holds the values in it, as JSON.

    `in_app` says whether it is shown in the application; one that is not was meant for an e-mail only. `emailing`
    says what became of the wish to send it by e-mail.
    """

    __tablename__ = "notices"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    data: Mapped[bytes] = mapped_column(Sealed)
    in_app: Mapped[bool]
    emailing: Mapped[str] = mapped_column(String(12))
    dedupe_key: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("account_id", "dedupe_key"),
        Index(None, "account_id", "in_app", "id"),
        Index(None, "account_id", "in_app", "read_at", "id"),
    )


class OutboxMessage(Base):
    """An e-mail on its way to the relay, at least once, always under the same Message-ID.

    `address` and `secrets` (links and codes, as JSON) are deleted as soon as the message is delivered or given up.
    `error` is the last failure: the relay's reply code, or a word of ours.
    """

    __tablename__ = "outbox_messages"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), unique=True)
    account_id: Mapped[str] = mapped_column(String(40))
    address: Mapped[bytes | None] = mapped_column(Sealed)
    secrets: Mapped[bytes | None] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    message_id: Mapped[str | None] = mapped_column(String(320))
    error: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("state IN ('QUEUED', 'SENDING', 'DELIVERED', 'FAILED', 'DEAD')", name="state"),
        CheckConstraint(
            "state NOT IN ('DELIVERED', 'DEAD') OR (address IS NULL AND secrets IS NULL)",
            name="settled_is_bare",
        ),
        Index(None, "account_id", "created_at"),
        Index(None, "state", "id"),
    )


class NoticeLanguage(Base):
    """In which language an account, or one person of it, is written to."""

    __tablename__ = "notice_languages"
    reader_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), index=True)
    language: Mapped[str] = mapped_column(String(12))
