"""How a recipient's request ends: answered by the customer, escalated and closed by the staff, or lapsed."""

from __future__ import annotations

from dataclasses import dataclass

from server.campaigns.rules.complaints import text_fault
from server.kit.work import Work
from server.privacy.actions.recipient_events import (
    FORGOTTEN,
    RecipientRequestAnswered,
    RecipientRequestClosed,
    RecipientRequestEscalated,
    RecipientRequestLapsed,
    RecipientRequestReminded,
    locked,
    move,
    plan,
    step_of,
    write,
)
from server.privacy.reads.recipient_requests import ANSWER_COLUMN, RequestRow, request
from server.privacy.rules.recipient_requests import (
    RecipientRequestTerms,
    RefusalGround,
    RequestKind,
    RequestOutcome,
    RequestStatus,
    Step,
    check_answer,
)
from server.privacy.rules.refusals import RecipientRequestNotFound, RecipientTextInvalid


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer did, on which legal ground they refuse, and what they say to the person."""

    outcome: RequestOutcome
    ground: RefusalGround | None = None
    text: str | None = None


def answer_request(work: Work, account_id: str, request_id: str, answer: Answer) -> RequestRow:
    """Say what was done; the person is told (M011). Late is better than never: it is possible after the due date, too.

    Raises RecipientRequestNotFound (also for another account's, Q014), RecipientRequestStatusConflict,
    RecipientAnswerInvalid or RecipientTextInvalid.
    """
    if request(work, account_id, request_id) is None:
        raise RecipientRequestNotFound
    row = locked(work, request_id)
    check_answer(RequestKind(row.kind), answer.outcome, answer.ground, answer.text)
    length_max = work.terms(RecipientRequestTerms).answer_length_max
    sealed = None
    if answer.text is not None:
        if fault := text_fault(answer.text, length_max):
            raise RecipientTextInvalid(fault.value, length_max)
        sealed = work.seal(account_id, "content", ANSWER_COLUMN, answer.text)
    return move(
        work,
        row,
        RequestStatus.ANSWERED,
        RecipientRequestAnswered,
        outcome=answer.outcome.value,
        ground=None if answer.ground is None else answer.ground.value,
        answer=sealed,
    )


def close_request(work: Work, request_id: str) -> RequestRow:
    """End what the customer did not answer in time: the person is told of it, and of whom to turn to.

    Raises RecipientRequestNotFound or RecipientRequestStatusConflict.
    """
    return move(work, locked(work, request_id), RequestStatus.CLOSED, RecipientRequestClosed)


def advance(work: Work, request_id: str) -> None:
    """The due step: whatever happens by itself at this instant. Repeated, it does nothing."""
    try:
        row = locked(work, request_id)
    except RecipientRequestNotFound:  # erased with its account
        return
    step = step_of(work, row)
    if step is None:
        return
    if work.now < step[1]:
        plan(work, row)
    elif step[0] is Step.LAPSE:
        move(work, row, RequestStatus.LAPSED, RecipientRequestLapsed, **FORGOTTEN)
    elif step[0] is Step.REMIND:
        write(work, row, reminded_at=work.now)
        work.record(RecipientRequestReminded(row.account_id, row.id))
    elif step[0] is Step.ESCALATE:
        move(work, row, RequestStatus.ESCALATED, RecipientRequestEscalated, escalated_at=work.now)
    else:
        write(work, row, **FORGOTTEN)
