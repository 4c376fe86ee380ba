"""What may be asked of support, where a ticket is, and what may become of it. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.kit.problems import Refusal


@dataclass(frozen=True, slots=True)
class Terms:
    """The slice's numbers. Lengths count characters."""

    reopen_within: timedelta = timedelta(days=30)
    """How long after it was closed the customer may answer a ticket; then it is a new one."""
    quiet_before_closing: timedelta = timedelta(days=14)
    """How long a ticket that the staff answered waits for the customer before it is closed."""
    defect_answered_within: timedelta | None = None
    """When a defect is due; None where no time of resolution is guaranteed (M101)."""
    kept_months: int = 12
    """Calendar months that a closed ticket is kept which is no customer's; a customer's goes with its account."""

    subject_length_max: int = 120
    text_length_max: int = 2_000
    tickets_open_max: int = 20
    """Of one account, unclosed."""
    messages_max: int = 200
    """Of one ticket."""
    confirm_within: timedelta = timedelta(hours=24)
    """How long the code of the contact form is good; then what was written is deleted."""
    code_attempts_max: int = 5
    contacts_per_caller_max: int = 5
    """Uses of the contact form from one network address in any window of `contacts_window`."""
    contacts_per_email_max: int = 3
    """Codes to one e-mail address in any window; of more nobody hears anything."""
    contacts_max: int = 30
    """Uses from everywhere in any window: half of the e-mails that go out under the company's own account."""
    contacts_window: timedelta = timedelta(hours=1)


class TicketKind(StrEnum):
    """What it is about."""

    QUESTION = "QUESTION"
    DEFECT = "DEFECT"


class TicketSource(StrEnum):
    """How it came: from somebody who was signed in, or by the contact form."""

    ACCOUNT = "ACCOUNT"
    FORM = "FORM"


class TicketStatus(StrEnum):
    """Where a ticket is. OPEN: the staff is to answer. ANSWERED: it did. WAITING: it asked something back."""

    UNCONFIRMED = "UNCONFIRMED"
    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    WAITING = "WAITING"
    CLOSED = "CLOSED"


_S = TicketStatus
MOVES: Mapping[TicketStatus, frozenset[TicketStatus]] = {
    _S.UNCONFIRMED: frozenset({_S.OPEN}),
    _S.OPEN: frozenset({_S.OPEN, _S.ANSWERED, _S.WAITING, _S.CLOSED}),
    _S.ANSWERED: frozenset({_S.OPEN, _S.ANSWERED, _S.WAITING, _S.CLOSED}),
    _S.WAITING: frozenset({_S.OPEN, _S.ANSWERED, _S.WAITING, _S.CLOSED}),
    _S.CLOSED: frozenset({_S.OPEN}),
}
"""Which status may follow which."""

BY_ANSWER = frozenset({_S.ANSWERED, _S.WAITING, _S.CLOSED})
"""What the staff may make of a ticket by answering it."""
TO_CUSTOMER = frozenset({_S.ANSWERED, _S.WAITING})
"""It is the customer's turn."""


class Step(StrEnum):
    """What happens to a ticket by itself."""

    LAPSE = "LAPSE"
    CLOSE = "CLOSE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a ticket's next step follows from. `kept_until` is of a closed one that is no customer's."""

    status: TicketStatus
    updated_at: datetime
    kept_until: datetime | None


@dataclass(eq=False)
class TicketNotFound(Refusal):
    """There is no such ticket."""

    code = "TICKET_NOT_FOUND"
    blames = "ticketId"


@dataclass(eq=False)
class TicketMessageNotFound(Refusal):
    """No customer wrote such a message."""

    code = "TICKET_MESSAGE_NOT_FOUND"
    blames = "messageId"


@dataclass(eq=False)
class TicketStatusConflict(Refusal):
    """The ticket is not in a state that allows this."""

    code = "TICKET_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class TicketClosedForGood(Refusal):
    """The ticket was closed too long ago to be answered; open another one."""

    code = "TICKET_CLOSED_FOR_GOOD"
    closed_at: str
    days_max: int


@dataclass(eq=False)
class TicketTextInvalid(Refusal):
    """A subject or a message is printable, neither blank nor too long, and holds no card number."""

    code = "TICKET_TEXT_INVALID"
    fault: str
    length_max: int


@dataclass(eq=False)
class TicketLimitReached(Refusal):
    """There are so many open tickets, or so many messages in this one, already."""

    code = "TICKET_LIMIT_REACHED"
    limit: int


@dataclass(eq=False)
class ContactAddressInvalid(Refusal):
    """This is no e-mail address that a code can be sent to."""

    code = "CONTACT_ADDRESS_INVALID"
    blames = "email"


@dataclass(eq=False)
class ContactLimitReached(Refusal):
    """The contact form was used too often from there, or from everywhere; try again later."""

    code = "CONTACT_LIMIT_REACHED"
    retry_after_seconds: int


@dataclass(eq=False)
class ContactCodeInvalid(Refusal):
    """The code is wrong, was used, or is too old; write again when no attempts are left."""

    code = "CONTACT_CODE_INVALID"
    blames = "code"
    attempts_left: int


def check_move(status: TicketStatus, to: TicketStatus) -> None:
    """Raises TicketStatusConflict when `to` may not follow."""
    if to not in MOVES[status]:
        raise TicketStatusConflict(status.value)


def check_reply(closed_at: datetime | None, now: datetime, terms: Terms) -> None:
    """Whether the customer may still answer. Raises TicketClosedForGood, from the end of the period on."""
    if closed_at is not None and now >= closed_at + terms.reopen_within:
        raise TicketClosedForGood(closed_at.isoformat(), terms.reopen_within.days)


def check_count(there: int, limit: int) -> None:
    """Whether one more may be added. Raises TicketLimitReached."""
    if there >= limit:
        raise TicketLimitReached(limit)


def check_contacts(from_caller: int, from_everywhere: int, terms: Terms) -> None:
    """Whether the form may be used once more after so many times in the window. Raises ContactLimitReached."""
    if from_caller >= terms.contacts_per_caller_max or from_everywhere >= terms.contacts_max:
        raise ContactLimitReached(int(terms.contacts_window.total_seconds()))


def due_at(kind: TicketKind, received_at: datetime, terms: Terms) -> datetime | None:
    """When a ticket is due; None where nothing is promised (M101)."""
    within = terms.defect_answered_within
    return received_at + within if kind is TicketKind.DEFECT and within is not None else None


def next_step(standing: Standing, terms: Terms) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when; None when nothing does."""
    if standing.status is _S.UNCONFIRMED:
        return Step.LAPSE, standing.updated_at + terms.confirm_within
    if standing.status in TO_CUSTOMER:
        return Step.CLOSE, standing.updated_at + terms.quiet_before_closing
    return None if standing.kept_until is None else (Step.DELETE, standing.kept_until)
