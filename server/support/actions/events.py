"""The events of a ticket, and the only writer of its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import select, update

from server.accounts.reads import team
from server.kit.due import cancel, schedule
from server.kit.events import DomainEvent, transient
from server.kit.ids import is_id
from server.kit.work import Work
from server.support import reads
from server.support.model import Ticket
from server.support.reads import PREFIX, TicketRow
from server.support.rules import Step, Terms, TicketNotFound, TicketStatus, check_move, next_step

STEP = "support.ticket"
"""The due work of a ticket: what happens next by itself."""


@dataclass(frozen=True, slots=True)
class TicketChange(DomainEvent):
    """What every change of a ticket tells: its state from then on. The subject is the ticket."""

    status: str
    messages: int
    closed_at: str | None

    @classmethod
    def of(cls, row: TicketRow) -> Self:
        closed_at = None if row.closed_at is None else row.closed_at.isoformat()
        return cls(row.account_id or "", row.id, row.status, row.messages, closed_at)


class TicketOpened(TicketChange):
    """It waits for an answer."""


class DefectReported(TicketChange):
    """A defect was reported in writing, and waits for an answer (M100)."""


class TicketReplied(TicketChange):
    """The customer wrote again; a closed ticket is open again by it."""


class TicketAnswered(TicketChange):
    """The staff wrote."""


class TicketClosed(TicketChange):
    """Nobody is to write any more, unless the customer has something to add in time."""


CHANGES: tuple[type[TicketChange], ...] = (
    TicketOpened,
    DefectReported,
    TicketReplied,
    TicketAnswered,
    TicketClosed,
)
"""What the customer follows."""


@dataclass(frozen=True, slots=True)
class SupportQueueMoved(DomainEvent):
    """A ticket came, changed or went, for the staff who watch: the account is the company's own, the subject the
    ticket."""

    status: str
    messages: int


@dataclass(frozen=True, slots=True)
class ContactAsked(DomainEvent):
    """A code goes to the address that uses the contact form. The account is the company's own."""

    email: str = transient()
    code: str = transient()


@dataclass(frozen=True, slots=True)
class ContactAnswered(DomainEvent):
    """Somebody without an account is answered. The account is the company's own, the subject the ticket."""

    message_id: str


def locked(work: Work, ticket_id: str, account_id: str | None = None) -> TicketRow:
    """The ticket, locked for the rest of the transaction. Raises TicketNotFound, also when it is not the account's
    (Q014)."""
    query = select(Ticket.__table__).where(Ticket.id == ticket_id)
    row = work.first(query.with_for_update()) if is_id(ticket_id, PREFIX) else None
    if row is None or (account_id is not None and row.account_id != account_id):
        raise TicketNotFound
    return TicketRow(**row._mapping)


def move(
    work: Work, row: TicketRow, to: TicketStatus, event: type[TicketChange], **changes: object
) -> TicketRow:
    """Give a locked ticket its next status, plan what follows, and tell it to its account and to the staff.

    Raises TicketStatusConflict when `to` may not follow.
    """
    check_move(TicketStatus(row.status), to)
    waiting = (row.waiting_since or work.now) if to is TicketStatus.OPEN else None
    closed = work.now if to is TicketStatus.CLOSED else None
    values = {"status": to.value, "waiting_since": waiting, "closed_at": closed, "updated_at": work.now}
    statement = update(Ticket).where(Ticket.id == row.id).values(values | changes)
    written = work.first(statement.returning(*Ticket.__table__.c))
    assert written is not None, "a locked row stays"
    changed = TicketRow(**written._mapping)
    tell(work, changed, event)
    return changed


def tell(work: Work, row: TicketRow, event: type[TicketChange]) -> None:
    """Plan what happens next by itself, and record the events of a change: the account's first."""
    plan(work, row)
    if row.account_id is not None:
        work.record(event.of(row))
    staff_id = team.staff_account_id(work)
    if staff_id is not None:
        work.record(SupportQueueMoved(staff_id, row.id, row.status, row.messages))


def plan(work: Work, row: TicketRow) -> None:
    """Schedule the next step of a locked ticket."""
    step = step_of(work, row)
    if step is None:
        cancel(work, STEP, row.id)
    else:
        schedule(work, STEP, row.id, step[1])


def step_of(work: Work, row: TicketRow) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when."""
    return next_step(reads.standing(work, row), work.terms(Terms))
