"""Queries about incidents: the staff's queue, the accounts that each affects, and what an account was told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, tuple_

from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.incidents.rules.lifecycle import EntryKind, IncidentStatus, Reach, Risk, Standing
from server.kit.clock import from_micros
from server.kit.ids import is_id
from server.kit.work import Read

PREFIX = "inc"
"""What ids of incidents begin with."""

_incidents = Incident.__table__.c
_accounts = IncidentAccount.__table__.c
_entries = IncidentEntry.__table__.c


class IncidentRow(NamedTuple):
    """An incident: the columns of its table, by the same names."""

    id: str
    kind: str
    source: str
    status: str
    queue_rank: int | None
    report_id: str | None
    summary: bytes | None
    message_id: bytes | None
    occurred_at: datetime | None
    known_at: datetime
    due_at: datetime
    opened_at: datetime
    opened_by: str | None
    entries: int
    risk: str | None
    categories: str | None
    people: int | None
    consequences: bytes | None
    assessed_at: datetime | None
    criterion: str | None
    criterion_number: int
    criterion_category: str | None
    criterion_from: datetime | None
    criterion_until: datetime | None
    scan_before: datetime | None
    scanned_to: str | None
    scanned_at: datetime | None
    notify: bool | None
    notify_reason: bytes | None
    exemption: str | None
    message: bytes | None
    decided_at: datetime | None
    told_at: datetime | None
    authority: bytes | None
    authority_reference: bytes | None
    authority_notified_at: datetime | None
    delay_reason: bytes | None
    reminded_at: datetime | None
    overdue_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime


class AffectedRow(NamedTuple):
    """That an incident affects an account: the columns of its table, by the same names."""

    account_id: str
    incident_id: str
    criterion: int | None
    status: str
    added_at: datetime
    told_at: datetime | None


class EntryRow(NamedTuple):
    """What was done about an incident: the columns of its table, by the same names."""

    incident_id: str
    number: int
    kind: str
    status: str | None
    text: bytes | None
    written_at: datetime
    written_by: str | None


class ToldRow(NamedTuple):
    """An incident as an account that was told of it sees it."""

    id: str
    kind: str
    status: str
    occurred_at: datetime | None
    known_at: datetime
    categories: str | None
    message: bytes | None
    told_at: datetime
    closed_at: datetime | None


def incident(read: Read, incident_id: str) -> IncidentRow | None:
    """An incident, for the staff."""
    return incidents(read, [incident_id]).get(incident_id) if is_id(incident_id, PREFIX) else None


def incidents(read: Read, incident_ids: Collection[str]) -> Mapping[str, IncidentRow]:
    """Those of these incidents that there are, by id."""
    query = _rows().where(_incidents.id.in_(incident_ids))
    return {row.id: IncidentRow._make(row) for row in read.rows(query)}


def incident_of_report(read: Read, report_id: str) -> str | None:
    """The incident that a customer's report opened."""
    found: str | None = read.scalar(select(_incidents.id).where(_incidents.report_id == report_id))
    return found


def newest(read: Read, limit: int, before_id: str | None = None) -> Sequence[IncidentRow]:
    """All incidents, the newest first, older than `before_id`."""
    query = _rows()
    if before_id is not None:
        query = query.where(_incidents.id < before_id)
    return [IncidentRow._make(row) for row in read.rows(query.order_by(_incidents.id.desc()).limit(limit))]


def queue(read: Read, limit: int, after: tuple[int, int, str] | None = None) -> Sequence[IncidentRow]:
    """The open incidents, first those that the authority waits for, each by due date, behind a rank, an instant
    (microseconds) and an id."""
    query = _rows().where(_incidents.queue_rank.is_not(None))
    place = (_incidents.queue_rank, _incidents.due_at, _incidents.id)
    if after is not None:
        rank, instant, incident_id = after
        behind = tuple_(rank, from_micros(instant), incident_id, types=[each.type for each in place])
        query = query.where(tuple_(*place) > behind)
    return [IncidentRow._make(row) for row in read.rows(query.order_by(*place).limit(limit))]


def affected(
    read: Read, incident_id: str, limit: int, after_account: str | None = None
) -> Sequence[AffectedRow]:
    """The accounts that an incident affects, by id, behind an account."""
    if not is_id(incident_id, PREFIX):  # PostgreSQL takes no NUL
        return []
    query = select(*[_accounts[name] for name in AffectedRow._fields]).where(
        _accounts.incident_id == incident_id
    )
    if after_account is not None:
        query = query.where(_accounts.account_id > after_account)
    return [AffectedRow._make(row) for row in read.rows(query.order_by(_accounts.account_id).limit(limit))]


def reached(read: Read, incident_ids: Collection[str]) -> Mapping[str, Mapping[Reach, int]]:
    """How many accounts each of these incidents affects, by whether they were told."""
    query = (
        select(_accounts.incident_id, _accounts.status, func.count().label("accounts"))
        .where(_accounts.incident_id.in_(incident_ids))
        .group_by(_accounts.incident_id, _accounts.status)
    )
    found: dict[str, dict[Reach, int]] = {each: {} for each in incident_ids}
    for row in read.rows(query):
        found[row.incident_id][Reach(row.status)] = row.accounts
    return found


def newest_entries(read: Read, incident_ids: Collection[str], limit: int) -> Mapping[str, Sequence[EntryRow]]:
    """The newest entries about these incidents, at most so many of each, in order, by the incident."""
    query = (
        _entry_rows()
        .join(Incident, _incidents.id == _entries.incident_id)
        .where(_entries.incident_id.in_(incident_ids), _entries.number > _incidents.entries - limit)
    )
    found: dict[str, list[EntryRow]] = {each: [] for each in incident_ids}
    for row in read.rows(query.order_by(_entries.incident_id, _entries.number)):
        found[row.incident_id].append(EntryRow._make(row))
    return found


def entries(read: Read, incident_id: str, limit: int, after_number: int = 0) -> Sequence[EntryRow]:
    """What was done about an incident, in order, behind the entry of that number."""
    if not is_id(incident_id, PREFIX):
        return []
    query = _entry_rows().where(_entries.incident_id == incident_id, _entries.number > after_number)
    return [EntryRow._make(row) for row in read.rows(query.order_by(_entries.number).limit(limit))]


def told(read: Read, account_id: str, incident_ids: Collection[str]) -> Mapping[str, ToldRow]:
    """Those of these incidents that the account was told of, by id (Q014)."""
    query = _told(account_id).where(_accounts.incident_id.in_(incident_ids))
    return {row.id: ToldRow._make(row) for row in read.rows(query)}


def told_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[ToldRow]:
    """The incidents that the account was told of, newest first, older than `before_id`."""
    query = _told(account_id)
    if before_id is not None:
        query = query.where(_accounts.incident_id < before_id)
    return [
        ToldRow._make(row) for row in read.rows(query.order_by(_accounts.incident_id.desc()).limit(limit))
    ]


def holds_erasure(read: Read, account_id: str) -> bool:
    """Whether the account may still have to be told of an incident: an erasure waits for that, as long as the clock of
    the incident runs (C23). Nobody can be told of what happened to their data once their address is gone."""
    query = (
        select(_accounts.incident_id)
        .join(Incident, _incidents.id == _accounts.incident_id)
        .where(
            _accounts.account_id == account_id,
            _accounts.status == Reach.WAITING.value,
            _incidents.queue_rank.is_not(None),
            _incidents.notify.is_distinct_from(False),
            _incidents.due_at > read.now,
        )
    )
    return read.first(query.limit(1)) is not None


def standing(read: Read, row: IncidentRow) -> Standing:
    """What decides whether an incident may go on, and what happens next by itself."""
    some = select(_accounts.account_id).where(_accounts.incident_id == row.id).limit(1)
    corrections = select(_entries.number).where(
        _entries.incident_id == row.id, _entries.kind == EntryKind.CORRECTION.value
    )
    return Standing(
        IncidentStatus(row.status),
        None if row.risk is None else Risk(row.risk),
        row.due_at,
        row.opened_at,
        assessed=row.assessed_at is not None,
        accounts=read.first(some) is not None,
        scanned=is_scanned(row),
        authority_notified=row.authority_notified_at is not None,
        notify=row.notify,
        told=row.told_at is not None,
        corrected=read.first(corrections.limit(1)) is not None,
        reminded=row.reminded_at is not None,
        overdue=row.overdue_at is not None,
    )


def is_scanned(row: IncidentRow) -> bool:
    """Whether the newest criterion, where there was one, was applied to all accounts."""
    return row.criterion_number == 0 or row.scanned_at is not None


def _rows() -> Select[Any]:
    return select(*[_incidents[name] for name in IncidentRow._fields])


def _entry_rows() -> Select[Any]:
    return select(*[_entries[name] for name in EntryRow._fields])


def _told(account_id: str) -> Select[Any]:
    of_account = {"told_at": _accounts.told_at}
    columns = [of_account.get(name, _incidents[name]) for name in ToldRow._fields]
    return (
        select(*columns)
        .join(IncidentAccount, _accounts.incident_id == _incidents.id)
        .where(_accounts.account_id == account_id, _accounts.status == Reach.TOLD.value)
    )
