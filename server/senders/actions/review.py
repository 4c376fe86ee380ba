"""The company's side: deciding about a sender, and heeding what a carrier says of it."""

from __future__ import annotations

from sqlalchemy import update

from server.kit.due import schedule
from server.kit.work import Work
from server.senders import reads
from server.senders.actions.documents import DELETE_DOCUMENTS, delete_documents
from server.senders.actions.events import (
    SenderAccepted,
    SenderRefused,
    SenderRefusedByCarrier,
    change,
    locked,
    move,
)
from server.senders.model import SenderCountry
from server.senders.reads import NOTE_COLUMN, SenderRow
from server.senders.rules import Effective, SenderStatus, Terms, check_move
from server.senders.rules.review import Decision, SenderReviewOutdated, check_decision


def decide_sender(work: Work, sender_id: str, submission_id: str, decision: Decision) -> SenderRow:
    """Accept a submission in some of its countries, or refuse it; its documents go as the terms say (M073).

    Raises SenderNotFound, SenderStatusConflict when somebody else was faster, SenderReviewOutdated when another
    submission was looked at, or SenderDecisionInvalid.
    """
    row = locked(work, sender_id)
    to = SenderStatus.ACCEPTED if decision.accept else SenderStatus.REFUSED
    check_move(SenderStatus(row.status), to)
    if row.submission_id != submission_id:
        raise SenderReviewOutdated
    requested = {each.country for each in reads.countries(work, [row.id])[row.id]}
    check_decision(decision, requested, work.terms(Terms))
    _allow_countries(work, row, decision)
    decided = move(
        work,
        row,
        to,
        SenderAccepted if decision.accept else SenderRefused,
        decided_at=work.now,
        reason_code=None if decision.reason is None else decision.reason.value,
        note=_sealed_note(work, row, decision.note),
    )
    _end_documents(work, decided)
    return decided


def report_carrier_refusal(work: Work, account_id: str, requested: str, country: str) -> Effective:
    """Note that a carrier of the country refused the name, and answer what to send the message under instead (M066).

    Until the refusal lapses, other messages to the country fall back at once.
    """
    found = reads.accepted_sender(work, account_id, requested)
    if found is not None:
        row = locked(work, found.id)
        refused = (
            update(SenderCountry)
            .where(
                SenderCountry.sender_id == row.id, SenderCountry.country == country, SenderCountry.accepted
            )
            .values(carrier_refused_at=work.now)
            .returning(SenderCountry.country)
        )
        if work.first(refused) is not None:
            change(work, row, SenderRefusedByCarrier)
    return reads.effective_sender(work, account_id, requested, country)


def _allow_countries(work: Work, row: SenderRow, decision: Decision) -> None:
    allowed = SenderCountry.country.in_(list(decision.countries))
    work.execute(
        update(SenderCountry)
        .where(SenderCountry.sender_id == row.id)
        .values(accepted=allowed, carrier_refused_at=None)
    )


def _sealed_note(work: Work, row: SenderRow, note: str | None) -> bytes | None:
    return None if note is None else work.seal(row.account_id, "content", NOTE_COLUMN, note)


def _end_documents(work: Work, row: SenderRow) -> None:
    kept_for = work.terms(Terms).documents_kept_after_decision
    if kept_for:
        schedule(work, DELETE_DOCUMENTS, row.id, work.now + kept_for)
    else:
        delete_documents(work, row)
