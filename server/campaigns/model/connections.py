"""Tables of the connections over which providers report, and of what must not be reported twice over them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class EventConnection(Base):
    """A webhook of one provider. Null as `account_id` is the operator's own: what it reports decides bills.

    `credential` is what a delivery is verified by: SendGrid's public key, Mailgun's signing key, the ARN of the Amazon
    SNS topic, or the SHA-256 of the password that Postmark was given. The `previous_credential` is good until
    `previous_until`. Both are gone once the connection is revoked. `events_known` counts what was taken over it,
    repetitions too, `events_unknown` what meant nothing here.
    """

    __tablename__ = "event_connections"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(String(40))
    provider: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    credential: Mapped[bytes | None] = mapped_column(Sealed)
    previous_credential: Mapped[bytes | None] = mapped_column(Sealed)
    previous_until: Mapped[datetime | None] = mapped_column(Instant)
    events_known: Mapped[int] = mapped_column(BigInteger)
    events_unknown: Mapped[int] = mapped_column(BigInteger)
    last_event_at: Mapped[datetime | None] = mapped_column(Instant)
    last_failure_at: Mapped[datetime | None] = mapped_column(Instant)
    last_failure_code: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Instant)
    rotated_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("(state = 'REVOKED') = (credential IS NULL)", name="revoked_without_credential"),
        Index(None, "account_id", "id"),
    )


class WebhookToken(Base):
    """A token of a Mailgun delivery that was taken, until a repetition would be refused for its age.

    Its signature does not cover the body: the same token with another `body_hash` is a forgery.
    """

    __tablename__ = "webhook_tokens"
    connection_id: Mapped[str] = mapped_column(ForeignKey("event_connections.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "connection_id", "expires_at"),)
