"""The verbs of a ticket: opened, answered by either side, closed; and what happens to it by itself."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from server.accounts.reads import team
from server.campaigns.rules.complaints import text_fault
from server.kit.work import Work
from server.support import reads
from server.support.actions.events import (
    ContactAnswered,
    DefectReported,
    TicketAnswered,
    TicketChange,
    TicketClosed,
    TicketOpened,
    TicketReplied,
    locked,
    move,
    plan,
    step_of,
    tell,
)
from server.support.model import Ticket, TicketMessage
from server.support.reads import MESSAGE_PREFIX, PREFIX, SUBJECT_COLUMN, TEXT_COLUMN, TicketRow
from server.support.rules import (
    Step,
    Terms,
    TicketKind,
    TicketNotFound,
    TicketSource,
    TicketStatus,
    TicketTextInvalid,
    check_count,
    check_move,
    check_reply,
    due_at,
)

_S = TicketStatus


def open_ticket(work: Work, account_id: str, subject: str, text: str) -> TicketRow:
    """Ask support something. Raises TicketTextInvalid or TicketLimitReached."""
    return _open(work, account_id, TicketKind.QUESTION, TicketOpened, subject, text)


def report_defect(work: Work, account_id: str, subject: str, text: str) -> TicketRow:
    """Report a defect in writing; the instant of its receipt is kept, and receipted to the customer (M100).

    Raises TicketTextInvalid or TicketLimitReached.
    """
    return _open(work, account_id, TicketKind.DEFECT, DefectReported, subject, text)


def reply_to_ticket(work: Work, account_id: str, ticket_id: str, text: str) -> TicketRow:
    """Write again; what was closed is open again by it, within its period.

    Raises TicketNotFound, TicketClosedForGood, TicketTextInvalid or TicketLimitReached.
    """
    row = _confirmed(work, ticket_id, account_id)
    terms = work.terms(Terms)
    check_reply(row.closed_at, work.now, terms)
    if row.closed_at is not None:
        check_count(reads.open_count(work, account_id), terms.tickets_open_max)
    add_message(work, row, text)
    return move(work, row, _S.OPEN, TicketReplied, messages=row.messages + 1)


def close_ticket(work: Work, account_id: str, ticket_id: str) -> TicketRow:
    """Ask no more. Raises TicketNotFound or TicketStatusConflict."""
    return move(work, _confirmed(work, ticket_id, account_id), _S.CLOSED, TicketClosed)


def answer_ticket(work: Work, ticket_id: str, text: str, to: TicketStatus) -> TicketRow:
    """Write to the customer, and say what is next: nothing, an answer of theirs, or the end.

    Raises TicketNotFound, TicketStatusConflict, TicketTextInvalid or TicketLimitReached.
    """
    row = _confirmed(work, ticket_id)
    check_move(_S(row.status), to)
    message_id = add_message(work, row, text, from_staff=True)
    answered = move(work, row, to, TicketAnswered, messages=row.messages + 1)
    staff_id = team.staff_account_id(work)
    if row.account_id is None and staff_id is not None:
        work.record(ContactAnswered(staff_id, row.id, message_id))
    return answered


def end_ticket(work: Work, ticket_id: str) -> TicketRow:
    """Close a ticket that needs no answer. Raises TicketNotFound or TicketStatusConflict."""
    return move(work, _confirmed(work, ticket_id), _S.CLOSED, TicketClosed)


def close_all(work: Work, account_id: str) -> None:
    """End every ticket of an account that is closed: the staff may not read them any more (M097)."""
    unclosed = (Ticket.account_id == account_id) & (Ticket.status != _S.CLOSED.value)
    for found in work.rows(select(Ticket.id).where(unclosed).order_by(Ticket.id)):
        row = locked(work, found.id)
        if row.status != _S.CLOSED.value:
            move(work, row, _S.CLOSED, TicketClosed)


def advance(work: Work, ticket_id: str) -> None:
    """The due step: whatever happens by itself at this instant. Repeated, it does nothing."""
    try:
        row = locked(work, ticket_id)
    except TicketNotFound:  # erased with its account
        return
    step = step_of(work, row)
    if step is None:
        return
    if work.now < step[1]:
        plan(work, row)
    elif step[0] is Step.CLOSE:
        move(work, row, _S.CLOSED, TicketClosed)
    else:
        _delete(work, row)


def insert_ticket(
    work: Work, kind: TicketKind, source: TicketSource, status: TicketStatus, subject: str, **columns: object
) -> TicketRow:
    """A new ticket without a message, its words under the key of its account, else under its own.

    Raises TicketTextInvalid.
    """
    terms = work.terms(Terms)
    check_text(subject, terms.subject_length_max)
    ticket_id = work.ids.new(PREFIX)
    owner_id = str(columns.get("account_id") or ticket_id)
    values = {
        "id": ticket_id,
        "kind": kind.value,
        "source": source.value,
        "status": status.value,
        "subject": work.seal(owner_id, "content", SUBJECT_COLUMN, subject),
        "code_attempts_left": 0,
        "messages": 1,
        "received_at": work.now,
        "due_at": due_at(kind, work.now, terms),
        "waiting_since": work.now if status is _S.OPEN else None,
        "updated_at": work.now,
    }
    statement = insert(Ticket).values(values | columns).returning(*Ticket.__table__.c)
    return TicketRow(**work.execute(statement).one()._mapping)


def add_message(work: Work, row: TicketRow, text: str, *, from_staff: bool = False) -> str:
    """Write a message into a ticket, and return its id. Raises TicketTextInvalid or TicketLimitReached."""
    terms = work.terms(Terms)
    check_text(text, terms.text_length_max)
    check_count(row.messages, terms.messages_max)
    message_id = work.ids.new(MESSAGE_PREFIX)
    work.execute(
        insert(TicketMessage).values(
            id=message_id,
            ticket_id=row.id,
            account_id=row.account_id,
            person_id=row.person_id,
            from_staff=from_staff,
            written_by=work.actor.credential_id if from_staff else None,
            text=work.seal(reads.owner_of(row), "content", TEXT_COLUMN, text),
            received_at=work.now,
        )
    )
    return message_id


def check_text(text: str, length_max: int) -> None:
    """Raises TicketTextInvalid, also for a card number (M115)."""
    if fault := text_fault(text, length_max):
        raise TicketTextInvalid(fault.value, length_max)


def _open(
    work: Work, account_id: str, kind: TicketKind, event: type[TicketChange], subject: str, text: str
) -> TicketRow:
    check_count(reads.open_count(work, account_id), work.terms(Terms).tickets_open_max)
    session = team.session(work, work.actor.credential_id)
    row = insert_ticket(
        work,
        kind,
        TicketSource.ACCOUNT,
        _S.OPEN,
        subject,
        account_id=account_id,
        person_id=None if session is None else session.person_id,
    )
    add_message(work, row, text)
    tell(work, row, event)
    return row


def _confirmed(work: Work, ticket_id: str, account_id: str | None = None) -> TicketRow:
    row = locked(work, ticket_id, account_id)
    if row.status == _S.UNCONFIRMED.value:  # nobody showed yet that they wrote it
        raise TicketNotFound
    return row


def _delete(work: Work, row: TicketRow) -> None:
    """What nobody confirmed in time, or was kept long enough, is gone, and so is the key that only it has."""
    work.execute(delete(TicketMessage).where(TicketMessage.ticket_id == row.id))
    work.execute(delete(Ticket).where(Ticket.id == row.id))
    work.keys.destroy(row.id)
