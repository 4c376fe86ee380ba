"""Which accounts an incident affects: those that are named, and those that a criterion finds, some at a time (H022)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from server.accounts import reads as account_reads
from server.incidents.actions.changes import IncidentUpdated, change, locked, locked_open, write
from server.incidents.actions.telling import tell_again
from server.incidents.model import IncidentAccount
from server.incidents.reads import IncidentRow
from server.incidents.rules.lifecycle import (
    Criteria,
    Criterion,
    IncidentStatus,
    IncidentTerms,
    Reach,
    check_criteria,
    server_categories,
)
from server.incidents.rules.refusals import (
    IncidentAccountsTooMany,
    IncidentAccountTold,
    IncidentAccountUnknown,
    IncidentNotFound,
)
from server.kit.due import cancel, schedule
from server.kit.ids import is_id
from server.kit.personal import CATEGORIES, Declared, holds
from server.kit.work import Read, Work

SCAN = "incidents.scan"
"""The due work that applies the criterion of an incident to more accounts."""


def name_accounts(work: Work, incident_id: str, add: Sequence[str], remove: Sequence[str]) -> IncidentRow:
    """Name accounts that the incident affects, or that it does not after all.

    Raises IncidentNotFound, IncidentStatusConflict, IncidentAccountUnknown, IncidentAccountTold or
    IncidentAccountsTooMany.
    """
    row = locked_open(work, incident_id)
    limit = work.terms(IncidentTerms).accounts_a_call_max
    if len(remove) > limit:
        raise IncidentAccountsTooMany(limit)
    _remove(work, incident_id, remove)
    insert_accounts(work, incident_id, known_accounts(work, add))
    return change(work, row, IncidentUpdated, **tell_again(work, row))


def set_criterion(work: Work, incident_id: str, criteria: Criteria | None) -> IncidentRow:
    """Say by what affected accounts are found, besides those that are named; None: by nothing. It takes the place of
    the criterion before: whom that one found, and who was not told yet, is affected no more.

    Raises IncidentNotFound, IncidentStatusConflict or IncidentCriterionInvalid.
    """
    row = locked_open(work, incident_id)
    if criteria is not None:
        check_criteria(criteria, work.now, work.terms(IncidentTerms))
    changes = {
        "criterion": None if criteria is None else criteria.criterion.value,
        "criterion_number": row.criterion_number + 1,
        "criterion_category": None if criteria is None else criteria.category,
        "criterion_from": None if criteria is None else criteria.since,
        "criterion_until": None if criteria is None else criteria.until,
        "scan_before": work.now,
        "scanned_to": None,
        "scanned_at": None,
    }
    schedule(work, SCAN, row.id, work.now)
    return change(work, row, IncidentUpdated, **changes, **tell_again(work, row))


def scan(work: Work, incident_id: str) -> None:
    """The due step: apply the criterion to some more accounts, after those are dropped that an earlier one found.
    Repeated, it does nothing."""
    row = _open_or_none(work, incident_id)
    if row is None:
        return
    limit = work.terms(IncidentTerms).accounts_a_step
    if _drop_found_before(work, row, limit) == limit:
        schedule(work, SCAN, row.id, work.now)
        return
    if row.scanned_at is not None or row.scan_before is None:
        return
    looked_at = _next_accounts(work, row, row.scan_before, limit)
    insert_accounts(work, row.id, _found(work, row, looked_at), row.criterion_number)
    if len(looked_at) == limit:
        write(work, row, scanned_to=looked_at[-1])
        schedule(work, SCAN, row.id, work.now)
    else:
        done = row._replace(scanned_at=work.now)
        change(work, row, IncidentUpdated, scanned_at=work.now, **tell_again(work, done))


def known_accounts(work: Work, account_ids: Sequence[str]) -> Sequence[str]:
    """These accounts in order, once each. Raises IncidentAccountsTooMany or IncidentAccountUnknown."""
    wanted = sorted(set(account_ids))
    limit = work.terms(IncidentTerms).accounts_a_call_max
    if len(wanted) > limit:
        raise IncidentAccountsTooMany(limit)
    known = account_reads.customers_among(work, _ids_among(wanted))
    for account_id in wanted:
        if account_id not in known:
            raise IncidentAccountUnknown(account_id)
    return wanted


def insert_accounts(
    work: Work, incident_id: str, account_ids: Collection[str], criterion: int | None = None
) -> None:
    """Let the incident affect these accounts; `criterion` is the number of the one that found them. Who is named stays
    named."""
    if not account_ids:
        return
    values = [
        {
            "incident_id": incident_id,
            "account_id": account_id,
            "criterion": criterion,
            "status": Reach.WAITING.value,
            "added_at": work.now,
        }
        for account_id in sorted(account_ids)
    ]
    new = insert(IncidentAccount).values(values)
    keys = ["account_id", "incident_id"]
    if criterion is None:
        work.execute(new.on_conflict_do_update(index_elements=keys, set_={"criterion": None}))
    else:
        work.execute(new.on_conflict_do_nothing(index_elements=keys))


def _ids_among(texts: Sequence[str]) -> Sequence[str]:
    """Those that look like ids of accounts: PostgreSQL takes no NUL."""
    return [text for text in texts if is_id(text, "acc")]


def _remove(work: Work, incident_id: str, account_ids: Sequence[str]) -> None:
    these = IncidentAccount.account_id.in_(_ids_among(account_ids))
    theirs = (IncidentAccount.incident_id == incident_id) & these
    told = work.scalar(
        select(IncidentAccount.account_id).where(theirs, IncidentAccount.status == Reach.TOLD.value).limit(1)
    )
    if told is not None:
        raise IncidentAccountTold(told)
    work.execute(delete(IncidentAccount).where(theirs, IncidentAccount.status == Reach.WAITING.value))


def _drop_found_before(work: Work, row: IncidentRow, limit: int) -> int:
    """Drop some of those whom an earlier criterion found and nobody told; how many they were."""
    stale = (
        select(IncidentAccount.account_id, IncidentAccount.incident_id)
        .where(
            IncidentAccount.incident_id == row.id,
            IncidentAccount.status == Reach.WAITING.value,
            IncidentAccount.criterion < row.criterion_number,
        )
        .limit(limit)
    )
    keys = [tuple(each) for each in work.rows(stale)]
    if keys:
        which = tuple_(IncidentAccount.account_id, IncidentAccount.incident_id).in_(keys)
        work.execute(delete(IncidentAccount).where(which))
    return len(keys)


def _next_accounts(read: Read, row: IncidentRow, there_at: datetime, limit: int) -> Sequence[str]:
    if row.criterion is None:
        return ()
    return account_reads.customers_after(read, row.scanned_to, limit, opened_before=there_at, closed_too=True)


def _found(read: Read, row: IncidentRow, account_ids: Sequence[str]) -> Collection[str]:
    """Whom of these accounts the criterion finds."""
    if row.criterion == Criterion.SIGNED_IN.value:
        assert row.criterion_from is not None
        assert row.criterion_until is not None
        return account_reads.signed_in(read, account_ids, row.criterion_from, row.criterion_until)
    if row.criterion == Criterion.HELD.value:
        terms = read.terms(IncidentTerms)
        categories = server_categories(row.criterion_category or "", CATEGORIES, terms)
        held = read.terms(Declared).held
        return account_reads.customers_among(
            read, account_ids, lambda account: holds(held, categories, account)
        )
    return account_ids


def _open_or_none(work: Work, incident_id: str) -> IncidentRow | None:
    try:
        row = locked(work, incident_id)
    except IncidentNotFound:  # its time was over
        return None
    if row.status == IncidentStatus.CLOSED.value:
        cancel(work, SCAN, incident_id)
        return None
    return row
