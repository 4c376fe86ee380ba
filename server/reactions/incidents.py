"""What opens an incident, and who is told of one: the owners of each affected account, and the staff of its clock."""

from __future__ import annotations

from collections.abc import Callable

from server.accounts import reads as account_reads
from server.accounts.actions.events import CompromiseReported
from server.incidents import reads
from server.incidents.actions.changes import (
    IncidentChange,
    IncidentNotified,
    IncidentOpened,
    IncidentOverdue,
    IncidentReminded,
)
from server.incidents.actions.opening import open_reported
from server.incidents.reads import IncidentRow
from server.incidents.rules.lifecycle import IncidentKind
from server.kit.events import DomainEvent, Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.reactions.telling import tell_owners


def register(registered: Reactions) -> None:
    registered.on(CompromiseReported, _open)
    registered.on(IncidentNotified, _tell_customer)
    registered.on(IncidentOpened, _tell_staff("incident_opened"))
    registered.on(IncidentReminded, _tell_staff("incident_reminder"))
    registered.on(IncidentOverdue, _tell_staff("incident_overdue"))


def _open(work: Work, event: CompromiseReported) -> None:
    """One incident for each report (P047)."""
    open_reported(work, event.account_id, event.subject_id, IncidentKind(event.report_kind))


def _tell_customer(work: Work, event: IncidentNotified) -> None:
    row = _row(work, event)
    message = account_reads.open_or_none(work, "incidents.message", row.message)
    data = {"incident": row.id, "at": row.known_at.isoformat(), "message": message or "–"}
    tell_owners(work, event.account_id, "incident_affects_you", data)


def _tell_staff(template: str) -> Callable[[Work, IncidentChange], None]:
    def tell(work: Work, event: IncidentChange) -> None:
        row = _row(work, event)
        data = {"incident": row.id, "at": row.due_at.isoformat()}
        notice_actions.notify(work, event.account_id, template, data)

    return tell


def _row(work: Work, event: DomainEvent) -> IncidentRow:
    row = reads.incident(work, event.subject_id)
    assert row is not None, "it changed in this transaction"
    return row
