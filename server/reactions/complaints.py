"""What follows when recipients complain, and what an account and its owners are told of it."""

from __future__ import annotations

from collections.abc import Callable

from server.campaigns.actions.complaints_events import (
    ComplaintAccepted,
    ComplaintAppealed,
    ComplaintChange,
    ComplaintLapsed,
    ComplaintOpened,
    ComplaintOverturned,
    ComplaintRateWarned,
    ComplaintRejected,
    ComplaintUpheld,
)
from server.campaigns.actions.complaints_rate import note_complaint
from server.campaigns.actions.consequences import MessagesComplained
from server.campaigns.reads import complaints as reads
from server.kit.events import Reactions
from server.kit.work import Work
from server.reactions.telling import tell_owners


def register(registered: Reactions) -> None:
    registered.on(MessagesComplained, _judge_soon)
    registered.on(ComplaintOpened, _ask_for_proof)
    registered.on(ComplaintRateWarned, _warn)
    for closing in (ComplaintRejected, ComplaintLapsed):
        registered.on(closing, _tell_of_closing)
    registered.on(ComplaintAccepted, _tell("complaint_accepted"))
    registered.on(ComplaintAppealed, _tell("complaint_appealed"))
    registered.on(ComplaintUpheld, _tell("complaint_upheld"))
    registered.on(ComplaintOverturned, _tell("complaint_overturned"))


def _judge_soon(work: Work, event: MessagesComplained) -> None:
    note_complaint(work, event.account_id)


def _ask_for_proof(work: Work, event: ComplaintOpened) -> None:
    row = reads.any_case(work, event.subject_id)
    assert row is not None, "it was opened in this transaction"
    due_at = reads.proofs_due(work, [row])[row.id].isoformat()
    code = reads.appeal_code(work, row.id)
    tell_owners(work, event.account_id, "complaint_opened", {"at": due_at, "code": code})


def _warn(work: Work, event: ComplaintRateWarned) -> None:
    data = {"complaints": event.complaints, "recipients": event.recipients}
    tell_owners(work, event.account_id, "complaint_rate_warning", data)


def _tell_of_closing(work: Work, event: ComplaintChange) -> None:
    """Nobody signs in to a closed account any more: the e-mail has what an appeal needs."""
    row = reads.any_case(work, event.subject_id)
    assert row is not None, "it was decided in this transaction"
    due_at = reads.appeals_due(work, [row])[row.id].isoformat()
    code = reads.appeal_code(work, row.id)
    tell_owners(work, event.account_id, "complaint_closed", {"at": due_at, "code": code})


def _tell(template: str) -> Callable[[Work, ComplaintChange], None]:
    def tell(work: Work, event: ComplaintChange) -> None:
        tell_owners(work, event.account_id, template, {"at": work.now.isoformat()})

    return tell
