"""Asking for the erasure of an account, planning it by its clock, and calling it off while it has not begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from server.accounts.actions import close_account
from server.accounts.actions.authority import lock_authority
from server.accounts.rules.lifecycle import AccountStatus, AccountStatusConflict, add_months
from server.kit.db import savepoint
from server.kit.due import cancel, schedule
from server.kit.events import DomainEvent
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.privacy.actions.request_changes import locked
from server.privacy.actions.requests import Filing, file_request
from server.privacy.model import Erasure
from server.privacy.reads.erasures import ErasureRow, erasure_of
from server.privacy.rules.erasures import (
    ErasureClock,
    ErasureDates,
    ErasureScope,
    ErasureStatus,
    ErasureTerms,
    acknowledgement,
    check_scope,
    check_warning,
    dates,
    scope_of,
)
from server.privacy.rules.request_refusals import (
    PrivacyRequestLimitReached,
    PrivacyRequestNotFound,
    PrivacyRequestStatusConflict,
)
from server.privacy.rules.requests import PrivacyRequestKind, PrivacyRequestSource, PrivacyRequestStatus

_SOURCES = {
    ErasureClock.REQUEST: PrivacyRequestSource.SELF,
    ErasureClock.CLOSURE: PrivacyRequestSource.CLOSURE,
    ErasureClock.MINOR: PrivacyRequestSource.REPORT,
}
"""How the request came that an erasure fulfils. A preventive closing and inactivity are nobody's request (C24)."""
_TO_DO = frozenset({PrivacyRequestStatus.RECEIVED.value, PrivacyRequestStatus.IN_PROGRESS.value})

ERASE = "privacy.erase"
"""The due work that brings an erasure to its end; its subject is the erasure."""


@dataclass(frozen=True, slots=True)
class ErasureRequested(DomainEvent):
    """The account's owner wants its data erased, and acknowledged what that means. The subject is the erasure."""


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """What was asked: the scope (None for the policy's), and what was acknowledged."""

    scope: ErasureScope | None
    losses: str
    """The digest of what is lost (M086)."""
    warning: str
    """The version of the warning (Q024)."""


def request_erasure(work: Work, asked: ErasureAsked) -> Receipt:
    """Close the acting account and erase it by the clock of requests (Q022, Q024, P026); facts: `erasure_id`.

    Raises ErasureScopeRefused, ErasureWarningNotAcknowledged, and what closing the account raises: StepUpRequired,
    LossesNotAcknowledged, AccountStatusConflict.
    """
    check_scope(asked.scope, work.terms(ErasureTerms))
    check_warning(asked.warning)
    account_id = str(close_account(work, asked.losses).facts["account_id"])
    planned = plan_erasure(work, account_id, ErasureClock.REQUEST, acknowledged=acknowledgement(asked.losses))
    work.record(ErasureRequested(account_id, planned.id))
    return Receipt({"erasure_id": planned.id})


def erase_on_request(work: Work, request_id: str, warning: str) -> Receipt:
    """Do what a verified request of an erasure asks, as a member of the staff who acknowledges what that means; facts:
    `erasure_id`. The data of a minor has a clock of its own (P033).

    Raises PrivacyRequestNotFound (also for a request of another kind), PrivacyRequestStatusConflict,
    ErasureWarningNotAcknowledged.
    """
    check_warning(warning)
    asked = locked(work, request_id)
    if asked.kind != PrivacyRequestKind.ERASURE.value:
        raise PrivacyRequestNotFound
    if asked.status not in _TO_DO:
        raise PrivacyRequestStatusConflict(asked.status)
    of_minor = asked.source == PrivacyRequestSource.REPORT.value
    clock = ErasureClock.MINOR if of_minor else ErasureClock.REQUEST
    planned = plan_erasure(
        work, asked.account_id, clock, request_id=request_id, acknowledged=acknowledgement(None)
    )
    return Receipt({"erasure_id": planned.id})


def plan_erasure(
    work: Work,
    account_id: str,
    clock: ErasureClock,
    since: datetime | None = None,
    *,
    request_id: str | None = None,
    acknowledged: str | None = None,
) -> ErasureRow:
    """Erase the account when its clock, which began at `since` (None: now), has run out. Of two clocks the earlier
    one counts; what has begun goes on. An account that is open is closed when its erasure begins.

    It fulfils the request with that id, or opens one where somebody asks by it (M123).
    """
    when = dates(clock, since or work.now, work.terms(ErasureTerms))
    lock_authority(work, account_id)
    planned = erasure_of(work, account_id)
    if planned is None:
        asked = request_id or _request(work, account_id, clock, when.overdue_at)
        return _insert(work, account_id, clock, when, asked, acknowledged)
    if planned.status == ErasureStatus.PLANNED and when.due_at < planned.due_at:
        values: dict[str, Any] = {"clock": clock.value, "due_at": when.due_at, "overdue_at": when.overdue_at}
        changed = {"acknowledged": acknowledged, "request_id": request_id}
        values |= {name: value for name, value in changed.items() if value is not None}
        work.execute(update(Erasure).where(Erasure.id == planned.id).values(values))
        schedule(work, ERASE, planned.id, when.due_at)
        return planned._replace(**values)
    return planned


def plan_legal_period_end(work: Work, pseudonym: str, erased_at: datetime) -> ErasureRow:
    """Let what an erasure kept for billing go once the legal period is over (M120, H029)."""
    ends_at = add_months(erased_at, work.terms(ErasureTerms).billing_kept_months)
    return plan_erasure(work, pseudonym, ErasureClock.LEGAL_PERIOD, ends_at)


def call_off_erasure(work: Work, account_id: str) -> None:
    """Do not erase an account that is open again. Raises AccountStatusConflict: what has begun cannot be stopped."""
    lock_authority(work, account_id)
    planned = erasure_of(work, account_id)
    if planned is None:
        return
    if planned.status != ErasureStatus.PLANNED:
        raise AccountStatusConflict(AccountStatus.CLOSED.value)
    drop_planned(work, planned.id)


def drop_planned(work: Work, erasure_id: str) -> None:
    """Forget an erasure that has not begun."""
    work.execute(delete(Erasure).where(Erasure.id == erasure_id))
    cancel(work, ERASE, erasure_id)


def _request(work: Work, account_id: str, clock: ErasureClock, due_at: datetime) -> str | None:
    """The request that the erasure is to fulfil, if it is one. An account with too many open ones has none."""
    source = _SOURCES.get(clock)
    if source is None:
        return None
    due = None if source is PrivacyRequestSource.SELF else due_at
    try:
        with savepoint(work.connection, "erasure_request"):
            return file_request(work, Filing(account_id, PrivacyRequestKind.ERASURE, source, due_at=due)).id
    except PrivacyRequestLimitReached:
        return None


def _insert(
    work: Work,
    account_id: str,
    clock: ErasureClock,
    when: ErasureDates,
    request_id: str | None,
    acknowledged: str | None,
) -> ErasureRow:
    erasure_id = work.ids.new("ers")
    values = {
        "id": erasure_id,
        "account_id": account_id,
        "request_id": request_id,
        "scope": scope_of(clock, work.terms(ErasureTerms)).value,
        "clock": clock.value,
        "status": ErasureStatus.PLANNED.value,
        "planned_at": work.now,
        "due_at": when.due_at,
        "overdue_at": when.overdue_at,
        "acknowledged": acknowledged,
    }
    work.execute(insert(Erasure).values(values))
    schedule(work, ERASE, erasure_id, when.due_at)
    planned = erasure_of(work, account_id)
    assert planned is not None
    return planned
