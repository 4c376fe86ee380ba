"""Tables of tickets and of the messages in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, Instant, Sealed


class Ticket(Base):
    """What somebody asks of support, or a defect that they report (M100).

    `account_id` is whose it is, and `person_id` who of them wrote; both are null where the contact form was used from
    an address that is no customer's. Its words are sealed under the account's key, else under one of the ticket's own.
    `email` and the columns of the code are of the contact form: until the code came back the ticket is UNCONFIRMED,
    and nobody is shown it. `waiting_since` is since when the staff is to answer, null while it is not. `due_at` is
    null wherever no time of resolution is promised (M101).
    """

    __tablename__ = "tickets"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str | None] = mapped_column(String(40))
    person_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12))
    subject: Mapped[bytes] = mapped_column(Sealed)
    email: Mapped[bytes | None] = mapped_column(Sealed)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_attempts_left: Mapped[int] = mapped_column(Integer)
    messages: Mapped[int] = mapped_column(Integer)
    received_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    waiting_since: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("(status = 'OPEN') = (waiting_since IS NOT NULL)", name="open_waits"),
        CheckConstraint("(status = 'CLOSED') = (closed_at IS NOT NULL)", name="closed_dated"),
        Index(None, "account_id", "id"),
        Index(
            "ix_tickets_waiting",
            "waiting_since",
            "id",
            sqlite_where=text("waiting_since IS NOT NULL"),
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
    )


class TicketMessage(Base):
    """One message of a ticket. It is whose the ticket is, whoever wrote it. `written_by` is the credential of who of
    the staff did, null where the customer did.
    """

    __tablename__ = "ticket_messages"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    ticket_id: Mapped[str] = mapped_column(ForeignKey("tickets.id"))
    account_id: Mapped[str | None] = mapped_column(String(40), index=True)
    person_id: Mapped[str | None] = mapped_column(String(40))
    from_staff: Mapped[bool]
    written_by: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[bytes] = mapped_column(Sealed)
    received_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "ticket_id", "id"),)
