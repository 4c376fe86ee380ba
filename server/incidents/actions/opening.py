"""Entering an incident into the register: by the staff, from mail, or because a customer reported a compromise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from server.incidents.actions.changes import (
    IncidentOpened,
    check_text,
    plan,
    sealed,
    tell_staff,
    write_entry,
)
from server.incidents.actions.scoping import insert_accounts, known_accounts
from server.incidents.model import Incident
from server.incidents.reads import PREFIX, IncidentRow, incident_of_report
from server.incidents.rules.lifecycle import (
    EntryKind,
    IncidentKind,
    IncidentSource,
    IncidentStatus,
    IncidentTerms,
    check_known,
)
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known at first. `known_at` starts the clock of the notice to the authority."""

    kind: IncidentKind
    source: IncidentSource
    known_at: datetime
    summary: str | None = None
    occurred_at: datetime | None = None
    message_id: str | None = None
    account_ids: Sequence[str] = ()
    report_id: str | None = None


def open_incident(work: Work, opening: Opening) -> IncidentRow:
    """Enter an incident into the register; its clock runs from when it became known (H021, GDPR article 33).

    Raises IncidentInstantInvalid, IncidentTextInvalid, IncidentAccountUnknown or IncidentAccountsTooMany.
    """
    terms = work.terms(IncidentTerms)
    check_known(opening.known_at, opening.occurred_at, work.now, terms)
    check_text(opening.summary, terms.text_length_max)
    check_text(opening.message_id, terms.message_id_length_max)
    account_ids = known_accounts(work, opening.account_ids)
    row = _insert(work, opening, terms)
    assert row is not None, "only a report opens one twice"
    return _begin(work, row, account_ids)


def open_reported(work: Work, account_id: str, report_id: str, kind: IncidentKind) -> str:
    """Enter what a customer reported (P047), with the account in its scope; returns the incident's id. One report opens
    one incident. What the customer said stays with the report, and goes with the account."""
    opening = Opening(kind, IncidentSource.REPORT, work.now, report_id=report_id)
    row = _insert(work, opening, work.terms(IncidentTerms))
    if row is None:
        found = incident_of_report(work, report_id)
        assert found is not None, "it stands in the way"
        return found
    return _begin(work, row, [account_id]).id


def _begin(work: Work, row: IncidentRow, account_ids: Sequence[str]) -> IncidentRow:
    row = write_entry(work, row, EntryKind.REACHED, None, IncidentStatus.REPORTED)
    insert_accounts(work, row.id, account_ids)
    plan(work, row)
    tell_staff(work, row, IncidentOpened)
    return row


def _insert(work: Work, opening: Opening, terms: IncidentTerms) -> IncidentRow | None:
    """The new incident; None when the report has opened one already."""
    incident_id = work.ids.new(PREFIX)
    values = {
        "id": incident_id,
        "kind": opening.kind.value,
        "source": opening.source.value,
        "status": IncidentStatus.REPORTED.value,
        "queue_rank": 0,
        "report_id": opening.report_id,
        "summary": sealed(work, incident_id, "incidents.summary", opening.summary),
        "message_id": sealed(work, incident_id, "incidents.message_id", opening.message_id),
        "occurred_at": opening.occurred_at,
        "known_at": opening.known_at,
        "due_at": opening.known_at + terms.authority_within,
        "opened_at": work.now,
        "opened_by": work.actor.credential_id,
        "entries": 0,
        "criterion_number": 0,
        "updated_at": work.now,
    }
    once = insert(Incident).values(values).on_conflict_do_nothing(index_elements=["report_id"])
    new = work.first(once.returning(*Incident.__table__.c))
    return None if new is None else IncidentRow(**new._mapping)
