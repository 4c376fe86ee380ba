"""The contact form: whoever has the address that they give may write, and nobody learns whose address it is."""

from __future__ import annotations

import hmac

from sqlalchemy import update

from server.accounts import reads as account_reads
from server.accounts.actions.issuing import new_one_time_code
from server.accounts.actions.public_calls import note_public_call
from server.accounts.reads import team
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.collecting import Detail, check_collected
from server.accounts.rules.lifecycle import AccountStatus
from server.accounts.rules.people import EmailInvalid, normal_email
from server.kit.work import Work
from server.support import reads
from server.support.actions import add_message, insert_ticket
from server.support.actions.events import ContactAsked, TicketOpened, locked, move, plan
from server.support.model import Ticket, TicketMessage
from server.support.reads import EMAIL_COLUMN, SUBJECT_COLUMN, TEXT_COLUMN, TicketRow
from server.support.rules import (
    ContactAddressInvalid,
    ContactCodeInvalid,
    Terms,
    TicketKind,
    TicketNotFound,
    TicketSource,
    TicketStatus,
    check_contacts,
)

CONTACT = "contactSupport"
"""What uses of the form are counted as."""
CONTACT_EMAIL = "contactSupportEmail"
"""What codes to one address are counted as."""


def contact_support(work: Work, email: str, subject: str, text: str, caller: str | None) -> str:
    """Take in what somebody writes who is not signed in; `caller` is their network address. Returns the receipt.

    Nothing is shown to anybody before the code came back that goes to the address: it may be another's. Of too many
    codes to one address nobody learns that they were not sent.

    Raises DetailNotCollected (Q002), ContactAddressInvalid, TicketTextInvalid or ContactLimitReached.
    """
    terms = work.terms(Terms)
    before = note_public_call(work, CONTACT, caller, terms.contacts_window)
    check_contacts(before.from_address, before.from_everywhere, terms)
    check_collected([Detail.EMAIL], work.terms(AccountTerms).collect)
    address = _normal(email)
    to_address = note_public_call(work, CONTACT_EMAIL, address, terms.contacts_window).from_address
    row = insert_ticket(work, TicketKind.QUESTION, TicketSource.FORM, TicketStatus.UNCONFIRMED, subject)
    add_message(work, row, text)
    code = new_one_time_code(work)
    work.execute(
        update(Ticket)
        .where(Ticket.id == row.id)
        .values(
            email=work.seal(row.id, "content", EMAIL_COLUMN, address),
            code_hash=_hash(work, row.id, code),
            code_attempts_left=terms.code_attempts_max,
        )
    )
    plan(work, row)
    staff_id = team.staff_account_id(work)
    if staff_id is not None and to_address < terms.contacts_per_email_max:
        work.record(ContactAsked(staff_id, row.id, address, code))
    return row.id


def confirm_contact(work: Work, receipt: str, code: str) -> TicketRow | ContactCodeInvalid:
    """Let the staff see what was written, once its code came back. It belongs to who has the address as a verified one,
    and else to the address.

    A wrong code is returned: raised here, it would undo the counting of attempts (see `Units.run`). An unknown receipt
    is answered as a used one is.
    """
    try:
        row = locked(work, receipt)
    except TicketNotFound:
        return ContactCodeInvalid(0)
    in_time = work.now < row.received_at + work.terms(Terms).confirm_within
    if row.code_hash is None or row.code_attempts_left <= 0 or not in_time:
        return ContactCodeInvalid(0)
    if not hmac.compare_digest(_hash(work, row.id, code.strip()), row.code_hash):
        left = row.code_attempts_left - 1
        work.execute(update(Ticket).where(Ticket.id == row.id).values(code_attempts_left=left))
        return ContactCodeInvalid(left)
    used = {"code_hash": None, "code_attempts_left": 0}
    return move(work, row, TicketStatus.OPEN, TicketOpened, **used, **_adopted(work, row))


def _adopted(work: Work, row: TicketRow) -> dict[str, object]:
    """The columns of a ticket that goes to the account whose verified address it came from: all of its words are sealed
    anew, so that they end with that account. Nothing for an address that is no customer's.
    """
    email = account_reads.open_or_none(work, EMAIL_COLUMN, row.email)
    person = None if email is None else team.person_by_email(work, email)
    account = None if person is None else account_reads.account(work, person.account_id)
    if person is None or account is None or account.id == team.staff_account_id(work):
        return {}
    if account.status == AccountStatus.CLOSED.value:
        return {}  # the staff may not read of closed accounts (M097), and is to answer who had one

    def anew(column: str, sealed: bytes) -> bytes:
        return work.seal(person.account_id, "content", column, work.open(column, sealed))

    theirs: dict[str, object] = {"account_id": person.account_id, "person_id": person.id}
    for message in reads.messages(work, [row.id])[row.id]:
        values = {**theirs, "text": anew(TEXT_COLUMN, message.text)}
        work.execute(update(TicketMessage).where(TicketMessage.id == message.id).values(values))
    assert row.email is not None, "it was opened"
    return theirs | {"subject": anew(SUBJECT_COLUMN, row.subject), "email": anew(EMAIL_COLUMN, row.email)}


def _normal(email: str) -> str:
    """Raises ContactAddressInvalid."""
    try:
        return normal_email(email)
    except EmailInvalid:
        raise ContactAddressInvalid from None


def _hash(work: Work, ticket_id: str, code: str) -> bytes:
    """Keyed: eight digits could be guessed from a plain hash."""
    return work.keyed_hash("one_time_code", ticket_id.encode(), code.encode(errors="surrogatepass"))
