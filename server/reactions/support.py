"""Who is told of what support writes, and what becomes of tickets when their account is closed."""

from __future__ import annotations

from server.accounts import reads as account_reads
from server.accounts.actions.events import AccountClosed
from server.kit.events import Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel, NoticeAddressInvalid
from server.support import reads
from server.support.actions import close_all
from server.support.actions.events import ContactAnswered, ContactAsked, DefectReported, TicketAnswered
from server.support.reads import TicketRow
from server.support.rules import ContactAddressInvalid

_BOTH = (Channel.IN_APP, Channel.EMAIL)


def register(registered: Reactions) -> None:
    registered.on(AccountClosed, _close_tickets)
    registered.on(DefectReported, _send_receipt)
    registered.on(TicketAnswered, _tell_customer)
    registered.on(ContactAsked, _send_code)
    registered.on(ContactAnswered, _tell_person)


def _close_tickets(work: Work, event: AccountClosed) -> None:
    close_all(work, event.account_id)


def _send_receipt(work: Work, event: DefectReported) -> None:
    """In writing, with the instant of its receipt (M100)."""
    row = _row(work, event.subject_id)
    data = {"ticket": row.id, "at": row.received_at.isoformat()}
    notice_actions.notify(
        work,
        event.account_id,
        "defect_received",
        data,
        channels=_BOTH,
        email=_email(work, row),
        dedupe_key=row.id,
    )


def _tell_customer(work: Work, event: TicketAnswered) -> None:
    """The account in the application; by e-mail, with what support wrote, whoever asked."""
    row = _row(work, event.subject_id)
    data = {"ticket": row.id, "answer": _newest(work, row)}
    notice_actions.notify(
        work, event.account_id, "ticket_answered", data, channels=_BOTH, email=_email(work, row)
    )


def _send_code(work: Work, event: ContactAsked) -> None:
    data = {"receipt": event.subject_id, "code": event.code}
    channels = (Channel.EMAIL,)
    try:
        notice_actions.notify(
            work, event.account_id, "contact_code", data, channels=channels, email=event.email
        )
    except NoticeAddressInvalid:
        raise ContactAddressInvalid from None


def _tell_person(work: Work, event: ContactAnswered) -> None:
    """Who has no account reads the answer in the e-mail, or nowhere."""
    row = _row(work, event.subject_id)
    email = account_reads.open_or_none(work, reads.EMAIL_COLUMN, row.email)
    data = {"receipt": row.id, "answer": _newest(work, row)}
    notice_actions.notify(
        work, event.account_id, "contact_answered", data, channels=(Channel.EMAIL,), email=email
    )


def _email(work: Work, row: TicketRow) -> str | None:
    """The address that the form was used from, else the verified one of the person who wrote."""
    if row.email is not None:
        return account_reads.open_or_none(work, reads.EMAIL_COLUMN, row.email)
    person = account_reads.people(work, [row.person_id or ""]).get(row.person_id or "")
    return None if person is None else account_reads.open_or_none(work, "people.email", person.email)


def _newest(work: Work, row: TicketRow) -> str:
    """The newest message of the ticket, for an e-mail."""
    newest = reads.messages(work, [row.id])[row.id][-1]
    return account_reads.open_or_none(work, reads.TEXT_COLUMN, newest.text) or "–"


def _row(work: Work, ticket_id: str) -> TicketRow:
    row = reads.any_ticket(work, ticket_id)
    assert row is not None, "it changed in this transaction"
    return row
