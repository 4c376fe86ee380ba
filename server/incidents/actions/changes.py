"""The events of an incident, and the only writer of its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from server.accounts.reads import team
from server.campaigns.rules.complaints import text_fault
from server.incidents.model import CONTENT, Incident, IncidentEntry
from server.incidents.reads import PREFIX, IncidentRow, standing
from server.incidents.rules.lifecycle import (
    EntryKind,
    IncidentStatus,
    IncidentTerms,
    next_step,
    queue_rank,
)
from server.incidents.rules.refusals import (
    IncidentEntryLimitReached,
    IncidentNotFound,
    IncidentStatusConflict,
    IncidentTextInvalid,
)
from server.kit.due import cancel, schedule
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work

CLOCK = "incidents.clock"
"""The due work of an incident: what its clock does next by itself."""


@dataclass(frozen=True, slots=True)
class IncidentChange(DomainEvent):
    """What every change of an incident tells the staff: its state from then on. The subject is the incident."""

    status: str
    overdue: bool


class IncidentOpened(IncidentChange):
    """It was entered into the register, and its clock runs."""


class IncidentUpdated(IncidentChange):
    """What is known, decided or written about it has changed."""


class IncidentMoved(IncidentChange):
    """It has its next state."""


class IncidentCustomersTold(IncidentChange):
    """Every affected account was told."""


class IncidentReminded(IncidentChange):
    """The due date of the notice to the authority is near."""


class IncidentOverdue(IncidentChange):
    """The due date passed, and no notice to the authority is recorded."""


CHANGES: tuple[type[IncidentChange], ...] = (
    IncidentOpened,
    IncidentUpdated,
    IncidentMoved,
    IncidentCustomersTold,
    IncidentReminded,
    IncidentOverdue,
)
"""What the staff follows."""


@dataclass(frozen=True, slots=True)
class IncidentNotified(DomainEvent):
    """The account is told that an incident, the subject, affects it (H023)."""


def locked(work: Work, incident_id: str) -> IncidentRow:
    """The incident, locked for the rest of the transaction. Raises IncidentNotFound."""
    query = select(Incident.__table__).where(Incident.id == incident_id)
    row = work.first(query.with_for_update()) if is_id(incident_id, PREFIX) else None
    if row is None:
        raise IncidentNotFound
    return IncidentRow(**row._mapping)


def locked_open(work: Work, incident_id: str) -> IncidentRow:
    """The same of one that may change. Raises IncidentStatusConflict when it is closed."""
    row = locked(work, incident_id)
    if row.status == IncidentStatus.CLOSED.value:
        raise IncidentStatusConflict(row.status)
    return row


def change(work: Work, row: IncidentRow, event: type[IncidentChange], **changes: Any) -> IncidentRow:
    """Write columns of a locked incident, and tell the staff.

    Last in its transaction: the staff's sequence is locked after those of customers.
    """
    changed = write(work, row, **changes)
    tell_staff(work, changed, event)
    return changed


def write(work: Work, row: IncidentRow, **changes: Any) -> IncidentRow:
    """Write columns of a locked incident, and plan what its clock does next."""
    rank = queue_rank(standing(work, row._replace(**changes)))
    values = {"updated_at": work.now, **changes, "queue_rank": rank}
    statement = update(Incident).where(Incident.id == row.id).values(values)
    written = work.first(statement.returning(*Incident.__table__.c))
    assert written is not None, "a locked row stays"
    changed = IncidentRow(**written._mapping)
    plan(work, changed)
    return changed


def plan(work: Work, row: IncidentRow) -> None:
    """Schedule what the clock of a locked incident does next. No pause holds it up (M103)."""
    step = next_step(standing(work, row), work.terms(IncidentTerms))
    if step is None:
        cancel(work, CLOCK, row.id)
    else:
        schedule(work, CLOCK, row.id, step[1])


def tell_staff(work: Work, row: IncidentRow, event: type[IncidentChange]) -> None:
    """Record the event for the company's own people, once there are any."""
    staff_id = team.staff_account_id(work)
    if staff_id is not None:
        work.record(event(staff_id, row.id, row.status, row.overdue_at is not None))


def write_entry(
    work: Work,
    row: IncidentRow,
    kind: EntryKind,
    text: str | None,
    status: IncidentStatus | None = None,
) -> IncidentRow:
    """Write the next entry about a locked incident; its number counts from 1. Raises IncidentEntryLimitReached.

    The states always have their room: notes and corrections end a little before.
    """
    limit = work.terms(IncidentTerms).entries_max
    if status is None and row.entries >= limit - len(IncidentStatus):
        raise IncidentEntryLimitReached(limit - len(IncidentStatus))
    number = row.entries + 1
    work.execute(
        insert(IncidentEntry).values(
            incident_id=row.id,
            number=number,
            kind=kind.value,
            status=None if status is None else status.value,
            text=sealed(work, row.id, "incident_entries.text", text),
            written_at=work.now,
            written_by=work.actor.credential_id,
        )
    )
    work.execute(update(Incident).where(Incident.id == row.id).values(entries=number))
    return row._replace(entries=number)


def sealed(work: Work, incident_id: str, column: str, text: str | None) -> bytes | None:
    """A text under the incident's own key: what staff write may name people, and is of no single account."""
    return None if text is None else work.seal(incident_id, CONTENT, column, text)


def check_text(text: str | None, length_max: int) -> None:
    """Raises IncidentTextInvalid, also for a card number (M115)."""
    if text is not None and (fault := text_fault(text, length_max)):
        raise IncidentTextInvalid(fault.value, length_max)
