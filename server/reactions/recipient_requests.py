"""Who is told of what a recipient asks about their data: the person, the account that wrote to them, the staff."""

from __future__ import annotations

from collections.abc import Callable

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.kit.events import DomainEvent, Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel, NoticeAddressInvalid
from server.privacy.actions.recipient_events import (
    RecipientCodeAsked,
    RecipientRequestAnswered,
    RecipientRequestClosed,
    RecipientRequestEscalated,
    RecipientRequestRelayed,
    RecipientRequestReminded,
)
from server.privacy.reads import recipient_requests as reads
from server.privacy.reads.recipient_requests import RequestRow
from server.privacy.rules.refusals import RecipientAddressInvalid
from server.reactions.telling import tell_owners


def register(registered: Reactions) -> None:
    registered.on(RecipientCodeAsked, _send_code)
    registered.on(RecipientRequestRelayed, _tell_owners("recipient_request_relayed"))
    registered.on(RecipientRequestReminded, _tell_owners("recipient_request_reminder"))
    registered.on(RecipientRequestEscalated, _tell_owners("recipient_request_escalated"))
    registered.on(RecipientRequestEscalated, _tell_staff)
    registered.on(RecipientRequestAnswered, _tell_person_of_answer)
    registered.on(RecipientRequestClosed, _tell_person_of_end)


def _send_code(work: Work, event: RecipientCodeAsked) -> None:
    data = {"receipt": event.subject_id, "code": event.code}
    channels = (Channel.EMAIL,)
    try:
        notice_actions.notify(
            work,
            event.account_id,
            "recipient_request_code",
            data,
            channels=channels,
            email=event.email,
        )
    except NoticeAddressInvalid:
        raise RecipientAddressInvalid from None


def _tell_owners(template: str) -> Callable[[Work, DomainEvent], None]:
    def tell(work: Work, event: DomainEvent) -> None:
        tell_owners(work, event.account_id, template, _request_and_due_date(work, event))

    return tell


def _tell_staff(work: Work, event: RecipientRequestEscalated) -> None:
    staff_id = team.staff_account_id(work)
    if staff_id is not None:
        notice_actions.notify(work, staff_id, "recipient_request_overdue", _request_and_due_date(work, event))


def _tell_person_of_answer(work: Work, event: RecipientRequestAnswered) -> None:
    row = _row(work, event)
    template = f"recipient_request_{str(row.outcome).lower()}"
    _tell_person(work, row, template, account_reads.open_or_none(work, reads.ANSWER_COLUMN, row.answer))


def _tell_person_of_end(work: Work, event: RecipientRequestClosed) -> None:
    _tell_person(work, _row(work, event), "recipient_request_closed", None)


def _tell_person(work: Work, row: RequestRow, template: str, answer: str | None) -> None:
    """By e-mail, where there is an address for it. The customer's words are in the e-mail only, as a code would be."""
    email = account_reads.open_or_none(work, reads.ADDRESS_COLUMN, row.address)
    if row.channel != "EMAIL" or email is None:
        return
    data = {"receipt": row.id}
    if template != "recipient_request_closed":
        data["answer"] = answer or "–"
    notice_actions.notify(work, row.account_id, template, data, channels=(Channel.EMAIL,), email=email)


def _request_and_due_date(work: Work, event: DomainEvent) -> dict[str, str | int]:
    row = _row(work, event)
    return {"request": row.id, "at": row.due_at.isoformat()}


def _row(work: Work, event: DomainEvent) -> RequestRow:
    row = reads.any_request(work, event.subject_id)
    assert row is not None, "it changed in this transaction"
    return row
