"""Queries about tickets and their messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select, tuple_

from server.accounts.rules.lifecycle import add_months
from server.kit.clock import from_micros
from server.kit.ids import is_id
from server.kit.work import Read
from server.support.model import Ticket, TicketMessage
from server.support.rules import Standing, Terms, TicketStatus

PREFIX = "tkt"
MESSAGE_PREFIX = "tkm"
SUBJECT_COLUMN = "tickets.subject"
EMAIL_COLUMN = "tickets.email"
TEXT_COLUMN = "ticket_messages.text"

_tickets = Ticket.__table__.c
_confirmed = _tickets.status != TicketStatus.UNCONFIRMED.value


class TicketRow(NamedTuple):
    """A ticket: the columns of its table, by the same names."""

    id: str
    account_id: str | None
    person_id: str | None
    kind: str
    source: str
    status: str
    subject: bytes
    email: bytes | None
    code_hash: bytes | None
    code_attempts_left: int
    messages: int
    received_at: datetime
    due_at: datetime | None
    waiting_since: datetime | None
    closed_at: datetime | None
    updated_at: datetime


_rows = select(*[_tickets[name] for name in TicketRow._fields])


def owner_of(row: TicketRow) -> str:
    """Under whose key a ticket's words are sealed."""
    return row.account_id or row.id


def ticket(read: Read, account_id: str, ticket_id: str) -> TicketRow | None:
    """The account's ticket; None when there is none or it is another account's (Q014)."""
    return tickets(read, account_id, [ticket_id]).get(ticket_id) if is_id(ticket_id, PREFIX) else None


def tickets(read: Read, account_id: str, ticket_ids: Collection[str]) -> Mapping[str, TicketRow]:
    """Those of these tickets that are the account's, by id."""
    query = _rows.where(_tickets.account_id == account_id, _tickets.id.in_(ticket_ids), _confirmed)
    return {row.id: TicketRow._make(row) for row in read.rows(query)}


def tickets_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[TicketRow]:
    """The account's tickets, newest first, older than `before_id`."""
    query = _rows.where(_tickets.account_id == account_id, _confirmed)
    if before_id is not None:
        query = query.where(_tickets.id < before_id)
    return [TicketRow._make(row) for row in read.rows(query.order_by(_tickets.id.desc()).limit(limit))]


def open_count(read: Read, account_id: str) -> int:
    """How many of the account's tickets are not closed."""
    query = select(func.count()).where(_tickets.account_id == account_id)
    return int(read.scalar(query.where(_tickets.status != TicketStatus.CLOSED.value)) or 0)


def confirmed(read: Read, ticket_ids: Collection[str]) -> Mapping[str, TicketRow]:
    """Those of these tickets that the staff may see, whosever they are, by id."""
    return {
        row.id: TicketRow._make(row)
        for row in read.rows(_rows.where(_tickets.id.in_(ticket_ids), _confirmed))
    }


def any_ticket(read: Read, ticket_id: str) -> TicketRow | None:
    """A ticket that the staff may see, whosever it is."""
    return confirmed(read, [ticket_id]).get(ticket_id) if is_id(ticket_id, PREFIX) else None


def queue(read: Read, limit: int, after: tuple[int, str] | None = None) -> Sequence[TicketRow]:
    """What the staff is to answer, the longest waiting first, behind that instant (microseconds) and ticket."""
    query = _rows.where(_tickets.waiting_since.is_not(None))
    if after is not None:
        place = (from_micros(after[0]), after[1])
        query = query.where(tuple_(_tickets.waiting_since, _tickets.id) > place)
    ordered = query.order_by(_tickets.waiting_since, _tickets.id).limit(limit)
    return [TicketRow._make(row) for row in read.rows(ordered)]


def messages(read: Read, ticket_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """The messages of these tickets, oldest first, by ticket."""
    found: dict[str, list[Row[Any]]] = {}
    query = select(TicketMessage.__table__).where(TicketMessage.ticket_id.in_(ticket_ids))
    for row in read.rows(query.order_by(TicketMessage.id)):
        found.setdefault(row.ticket_id, []).append(row)
    return found


def message(read: Read, message_id: str) -> Row[Any] | None:
    """One message that the staff may see."""
    among = select(_tickets.id).where(_confirmed)
    query = select(TicketMessage.__table__).where(
        TicketMessage.id == message_id, TicketMessage.ticket_id.in_(among)
    )
    return read.first(query) if is_id(message_id, MESSAGE_PREFIX) else None


def standing(read: Read, row: TicketRow) -> Standing:
    """What the ticket's next step follows from."""
    kept = None
    if row.closed_at is not None and row.account_id is None:
        kept = add_months(row.closed_at, read.terms(Terms).kept_months)
    return Standing(TicketStatus(row.status), row.updated_at, kept)
