"""What the company decides about a proof, and about an appeal against a closing."""

from __future__ import annotations

import hmac

from sqlalchemy import insert

from server.accounts.actions.lifecycle import reopen_account
from server.accounts.reads import team
from server.campaigns.actions.complaints_events import (
    ComplaintAccepted,
    ComplaintAppealed,
    ComplaintOverturned,
    ComplaintRejected,
    ComplaintUpheld,
    locked,
    move,
)
from server.campaigns.actions.complaints_proof import close_for
from server.campaigns.model import ComplaintDecision
from server.campaigns.reads import complaints as reads
from server.campaigns.reads.complaints import APPEAL_COLUMN, CaseRow
from server.campaigns.rules.complaints import (
    ComplaintStatus,
    ComplaintTerms,
    RejectionReason,
    Stage,
    check_appeal_in_time,
    check_move,
    check_text,
    check_verdict,
)
from server.campaigns.rules.complaints_refusals import (
    ComplaintAppealRefused,
    ComplaintDecidedBefore,
    ComplaintNotFound,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work


def decide_complaint(work: Work, case_id: str, accepted: bool, reason: RejectionReason | None) -> Receipt:
    """Decide about the proof that was submitted, or about the appeal; facts: `case_id`, `account_closed`,
    `account_reopened`.

    A rejected proof closes the account (M025), nothing refunded (M026). An appeal is decided by somebody else than the
    proof; one that convinces opens the account again unless another complaint stands against it, and what the closing
    forfeited is given back. Raises ComplaintNotFound, ComplaintStatusConflict, ComplaintVerdictInvalid or
    ComplaintDecidedBefore.
    """
    row = locked(work, case_id, alone=True)
    appealed = row.status == ComplaintStatus.APPEALED.value
    check_move(
        ComplaintStatus(row.status), ComplaintStatus.OVERTURNED if appealed else ComplaintStatus.ACCEPTED
    )
    check_verdict(accepted, reason)
    _keep_decision(work, row, Stage.APPEAL if appealed else Stage.PROOF, accepted, reason)
    ended = {"ended_at": work.now, "queue_at": work.now}
    closed = reopened = False
    if appealed and accepted:
        move(work, row, ComplaintStatus.OVERTURNED, ComplaintOverturned, queue_at=work.now)
        reopened = _reopen(work, row)
    elif appealed:
        move(work, row, ComplaintStatus.UPHELD, ComplaintUpheld, queue_at=work.now)
    elif accepted:
        move(work, row, ComplaintStatus.ACCEPTED, ComplaintAccepted, **ended)
    else:
        closed = close_for(work, row, ComplaintStatus.REJECTED, ComplaintRejected).closed_account
    return Receipt({"case_id": row.id, "account_closed": closed, "account_reopened": reopened})


def appeal_complaint(work: Work, case_id: str, code: str, text: str) -> CaseRow:
    """Appeal against the closing of an account that nobody can sign in to any more: whoever has the code may.

    Raises ComplaintAppealRefused for an unknown complaint and a wrong code alike, ComplaintStatusConflict,
    ComplaintAppealTooLate or ComplaintTextInvalid.
    """
    terms = work.terms(ComplaintTerms)
    try:
        row = locked(work, case_id)
    except ComplaintNotFound:
        raise ComplaintAppealRefused from None
    if not hmac.compare_digest(code.encode(), reads.appeal_code(work, row.id).encode()):
        raise ComplaintAppealRefused
    check_move(ComplaintStatus(row.status), ComplaintStatus.APPEALED)
    check_appeal_in_time(work.now, reads.appeals_due(work, [row])[row.id])
    check_text(text, terms.appeal_length_max)
    return move(
        work,
        row,
        ComplaintStatus.APPEALED,
        ComplaintAppealed,
        appealed_at=work.now,
        appeal=work.seal(row.account_id, "content", APPEAL_COLUMN, text),
        queue_at=work.now + terms.decide_within,
    )


def _keep_decision(
    work: Work, row: CaseRow, stage: Stage, accepted: bool, reason: RejectionReason | None
) -> None:
    """Raises ComplaintDecidedBefore."""
    session = team.session(work, work.actor.credential_id)
    credential_id = work.actor.credential_id
    assert session is not None and credential_id is not None, "staff sign in"  # noqa: PT018
    earlier = reads.decisions(work, [row.id]).get(row.id, ())
    if any(decision.decided_by == session.person_id for decision in earlier):
        raise ComplaintDecidedBefore
    values = {
        "case_id": row.id,
        "stage": stage.value,
        "account_id": row.account_id,
        "accepted": accepted,
        "reason_code": None if reason is None else reason.value,
        "decided_by": session.person_id,
        "credential_id": credential_id,
        "decided_at": work.now,
    }
    work.execute(insert(ComplaintDecision).values(values))


def _reopen(work: Work, row: CaseRow) -> bool:
    """Open the account again if complaints closed it and none stands against it any more; whether it was opened."""
    if reads.is_against(work, row.account_id) or not reads.is_closed_by_complaint(work, row.account_id):
        return False
    reopen_account(work, row.account_id)
    return True
