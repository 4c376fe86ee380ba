"""The customer's proof, and what follows when there is none in time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from server.accounts import reads as account_reads
from server.accounts.actions.closing import close_preventively
from server.accounts.rules.lifecycle import AccountStatus, SuspensionReason
from server.campaigns.actions.complaints import LAPSE
from server.campaigns.actions.complaints_events import (
    ComplaintChange,
    ComplaintLapsed,
    ComplaintProofSubmitted,
    locked,
    move,
)
from server.campaigns.model import ComplaintEvidence
from server.campaigns.reads.complaints import EVIDENCE_COLUMN, CaseRow, proofs_due
from server.campaigns.rules.complaints import (
    ComplaintStatus,
    ComplaintTerms,
    Evidence,
    check_evidence,
    check_move,
    check_proof_in_time,
)
from server.campaigns.rules.complaints_refusals import ComplaintNotFound
from server.kit.due import cancel, schedule
from server.kit.work import Work


def submit_proof(work: Work, account_id: str, case_id: str, evidence: Sequence[Evidence]) -> CaseRow:
    """Hand in the proof of consent, once and whole; it stops the clock (M023, M024).

    Raises ComplaintNotFound (also for another account's, Q014), ComplaintStatusConflict, ComplaintProofTooLate,
    ComplaintEvidenceInvalid or ComplaintTextInvalid.
    """
    terms = work.terms(ComplaintTerms)
    row = locked(work, case_id)
    if row.account_id != account_id or row.status == ComplaintStatus.RECEIVED.value:
        raise ComplaintNotFound
    check_move(ComplaintStatus(row.status), ComplaintStatus.PROOF_SUBMITTED)
    check_proof_in_time(work.now, proofs_due(work, [row])[row.id])
    check_evidence(evidence, work.now, terms)
    for piece in evidence:
        _insert(work, row, piece)
    cancel(work, LAPSE, row.id)
    return move(
        work,
        row,
        ComplaintStatus.PROOF_SUBMITTED,
        ComplaintProofSubmitted,
        submitted_at=work.now,
        queue_at=work.now + terms.decide_within,
    )


def lapse(work: Work, case_id: str) -> None:
    """The due step at the end of the time: without a proof the account is closed (M024). Repeated, it does nothing.

    A pause that was declared later for a begin before the end moves the end (M103).
    """
    row = locked(work, case_id, alone=True)
    if row.status != ComplaintStatus.AWAITING_PROOF.value:
        return
    due_at = proofs_due(work, [row])[row.id]
    if work.now < due_at:
        schedule(work, LAPSE, row.id, due_at)
        return
    close_for(work, row, ComplaintStatus.LAPSED, ComplaintLapsed)


def close_for(work: Work, row: CaseRow, to: ComplaintStatus, event: type[ComplaintChange]) -> CaseRow:
    """End a complaint, locked alone, against the customer: the account is closed and nothing refunded (M026).

    An account that is closed already stays as it is.
    """
    account = account_reads.account(work, row.account_id)
    closes = account is not None and account.status != AccountStatus.CLOSED.value
    ended = {"ended_at": work.now, "queue_at": work.now, "closed_account": closes}
    closed = move(work, row, to, event, **ended)
    if closes:
        close_preventively(work, row.account_id, SuspensionReason.COMPLAINT)
    return closed


def _insert(work: Work, row: CaseRow, piece: Evidence) -> None:
    values = {
        "id": work.ids.new("evi"),
        "case_id": row.id,
        "account_id": row.account_id,
        "kind": piece.kind.value,
        "text": work.seal(row.account_id, "content", EVIDENCE_COLUMN, piece.text),
        "consented_at": piece.consented_at,
        "created_at": work.now,
    }
    work.execute(insert(ComplaintEvidence).values(values))
