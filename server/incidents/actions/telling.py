"""Telling the affected accounts, some at a time, once it is decided that they are told (H023, GDPR article 34)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from server.accounts import reads as account_reads
from server.incidents.actions.changes import (
    IncidentCustomersTold,
    IncidentNotified,
    change,
    locked,
)
from server.incidents.model import IncidentAccount
from server.incidents.reads import IncidentRow, is_scanned
from server.incidents.rules.lifecycle import IncidentStatus, IncidentTerms, Reach
from server.incidents.rules.refusals import IncidentNotFound
from server.kit.due import schedule
from server.kit.work import Work

TELL = "incidents.tell"
"""The due work that tells more of the accounts that an incident affects."""


def tell_again(work: Work, row: IncidentRow) -> Mapping[str, Any]:
    """What changes of a locked incident whose affected accounts, or the decision about them, have changed: where they
    are told, somebody may wait for it."""
    if not row.notify:
        return {}
    schedule(work, TELL, row.id, work.now)
    return {"told_at": None}


def tell(work: Work, incident_id: str) -> None:
    """The due step: tell some more of the affected accounts, once all are found. Repeated, it does nothing."""
    try:
        row = locked(work, incident_id)
    except IncidentNotFound:  # its time was over
        return
    ended = row.status == IncidentStatus.CLOSED.value or row.told_at is not None
    if ended or not row.notify or not is_scanned(row):
        return
    limit = work.terms(IncidentTerms).accounts_a_step
    waiting = _waiting(work, incident_id, limit)
    there = account_reads.customers_among(work, waiting)
    for account_id in waiting:
        _set(work, incident_id, account_id, Reach.TOLD if account_id in there else Reach.GONE)
        if account_id in there:
            work.record(IncidentNotified(account_id, incident_id))
    if len(waiting) == limit:
        schedule(work, TELL, incident_id, work.now)
    else:
        change(work, row, IncidentCustomersTold, told_at=work.now)


def _waiting(work: Work, incident_id: str, limit: int) -> Sequence[str]:
    """In the order of their ids: so their sequences are locked."""
    query = select(IncidentAccount.account_id).where(
        IncidentAccount.incident_id == incident_id, IncidentAccount.status == Reach.WAITING.value
    )
    return [row.account_id for row in work.rows(query.order_by(IncidentAccount.account_id).limit(limit))]


def _set(work: Work, incident_id: str, account_id: str, reach: Reach) -> None:
    told_at = work.now if reach is Reach.TOLD else None
    work.execute(
        update(IncidentAccount)
        .where(IncidentAccount.account_id == account_id, IncidentAccount.incident_id == incident_id)
        .values(status=reach.value, told_at=told_at)
    )
