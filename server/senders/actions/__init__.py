"""The verbs of the customer's side: apply for a sender, change it, submit it, give it up; and its end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts.rules.signing import COUNTRIES
from server.kit.due import cancel
from server.kit.work import Work
from server.senders import reads
from server.senders.actions.documents import DELETE_DOCUMENTS, delete_documents
from server.senders.actions.events import (
    SenderCreated,
    SenderDeactivated,
    SenderSubmitted,
    SenderUpdated,
    SenderWithdrawn,
    change,
    locked,
    move,
)
from server.senders.model import Sender, SenderCountry, SenderName
from server.senders.reads import NAME_COLUMN, SenderRow
from server.senders.rules import (
    ENDED,
    SenderExists,
    SenderKind,
    SenderLimitReached,
    SenderStatus,
    Terms,
    check_countries,
    check_editable,
    check_move,
    kind_of,
)
from server.senders.rules.documents import DocumentKind, check_complete


def create_sender(work: Work, account_id: str, name: str, countries: Sequence[str]) -> SenderRow:
    """Begin an application for a name in these countries. Two accounts may have the same name: firms do, and the
    reviewer is told.

    Raises SenderNameInvalid, SenderNameReserved, SenderCountriesInvalid, SenderLimitReached or SenderExists.
    """
    terms = work.terms(Terms)
    kind = _checked(name, countries, terms)
    if reads.live_senders(work, account_id) >= terms.senders_max:
        raise SenderLimitReached(terms.senders_max)
    values = {
        "id": work.ids.new("snd"),
        "account_id": account_id,
        "name": work.seal(account_id, "identity", NAME_COLUMN, name),
        "kind": kind.value,
        "status": SenderStatus.DRAFT.value,
        "submissions": 0,
        "created_at": work.now,
        "updated_at": work.now,
    }
    row = work.execute(insert(Sender).values(values).returning(*Sender.__table__.c)).one()
    created = SenderRow(**row._mapping)
    _claim_name(work, created, name)
    _set_countries(work, created, countries)
    work.record(SenderCreated.of(created))
    return created


def update_sender(
    work: Work, account_id: str, sender_id: str, name: str, countries: Sequence[str]
) -> SenderRow:
    """Change an application that nobody reviews now; a refused one, too (M074).

    Raises what `create_sender` raises except SenderLimitReached, SenderNotFound or SenderStatusConflict.
    """
    row = locked(work, sender_id, account_id)
    check_editable(SenderStatus(row.status))
    kind = _checked(name, countries, work.terms(Terms))
    _release_name(work, row)
    _claim_name(work, row, name)
    _set_countries(work, row, countries)
    sealed = work.seal(account_id, "identity", NAME_COLUMN, name)
    return change(work, row, SenderUpdated, name=sealed, kind=kind.value)


def submit_sender(work: Work, account_id: str, sender_id: str) -> SenderRow:
    """Hand the application in, the first time or after a refusal; it costs nothing, ever (M074, M076).

    Raises SenderNotFound, SenderStatusConflict or SenderDocumentsMissing (M072).
    """
    row = locked(work, sender_id, account_id)
    check_move(SenderStatus(row.status), SenderStatus.SUBMITTED)
    present = {DocumentKind(each.kind) for each in reads.documents(work, [row.id]).get(row.id, ())}
    check_complete(present)
    cancel(work, DELETE_DOCUMENTS, row.id)
    return move(
        work,
        row,
        SenderStatus.SUBMITTED,
        SenderSubmitted,
        submission_id=work.ids.new("sub"),
        submissions=row.submissions + 1,
        submitted_at=work.now,
        decided_at=None,
        reason_code=None,
        note=None,
    )


def withdraw_sender(work: Work, account_id: str, sender_id: str) -> SenderRow:
    """Give an application up; its documents go at once. An accepted sender stays (M075).

    Raises SenderNotFound or SenderStatusConflict.
    """
    row = locked(work, sender_id, account_id)
    withdrawn = move(work, row, SenderStatus.WITHDRAWN, SenderWithdrawn)
    return _ended(work, withdrawn)


def deactivate_all(work: Work, account_id: str) -> None:
    """End every sender of an account that is closed: the accepted ones stop being used (M075), the applications are
    withdrawn, and no document is left. Repeating it changes nothing."""
    live = Sender.status.not_in([status.value for status in ENDED])
    query = select(Sender.id).where(Sender.account_id == account_id, live).order_by(Sender.id)
    for found in work.rows(query):
        row = locked(work, found.id)
        if row.status == SenderStatus.ACCEPTED.value:
            _ended(work, move(work, row, SenderStatus.DEACTIVATED, SenderDeactivated))
        elif SenderStatus(row.status) not in ENDED:
            _ended(work, move(work, row, SenderStatus.WITHDRAWN, SenderWithdrawn))


def _checked(name: str, countries: Sequence[str], terms: Terms) -> SenderKind:
    check_countries(set(countries), COUNTRIES, terms)
    return kind_of(name, terms)


def _ended(work: Work, row: SenderRow) -> SenderRow:
    _release_name(work, row)
    delete_documents(work, row)
    return row


def _claim_name(work: Work, row: SenderRow, name: str) -> None:
    hashed = reads.name_hash(work, name)
    claim = upsert(SenderName).values(account_id=row.account_id, name_hash=hashed, sender_id=row.id)
    once = claim.on_conflict_do_nothing(index_elements=["account_id", "name_hash"])
    if work.first(once.returning(SenderName.sender_id)) is None:
        raise SenderExists


def _release_name(work: Work, row: SenderRow) -> None:
    work.execute(delete(SenderName).where(SenderName.sender_id == row.id))


def _set_countries(work: Work, row: SenderRow, countries: Sequence[str]) -> None:
    work.execute(delete(SenderCountry).where(SenderCountry.sender_id == row.id))
    asked = [
        {"sender_id": row.id, "country": country, "account_id": row.account_id, "accepted": False}
        for country in sorted(set(countries))
    ]
    work.execute(insert(SenderCountry).values(asked))
