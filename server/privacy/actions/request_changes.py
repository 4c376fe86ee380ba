"""The events of a customer's request, and the only writer of its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import select, update

from server.kit.due import cancel, schedule
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work
from server.privacy.model import PrivacyRequest
from server.privacy.reads.requests import PREFIX, PrivacyRequestRow
from server.privacy.rules.request_refusals import PrivacyRequestNotFound
from server.privacy.rules.requests import (
    QUEUE,
    PrivacyRequestStatus,
    PrivacyRequestTerms,
    RequestStanding,
    Step,
    check_move,
    next_step,
)

STEP = "privacy.request"
"""The due work of a request: what happens next by itself."""


@dataclass(frozen=True, slots=True)
class PrivacyRequestChange(DomainEvent):
    """What every change of a request tells: its kind, and its state from then on. The subject is the request."""

    request_kind: str
    status: str
    due_at: str

    @classmethod
    def of(cls, row: PrivacyRequestRow) -> Self:
        return cls(row.account_id, row.id, row.kind, row.status, row.due_at.isoformat())


class PrivacyRequestFiled(PrivacyRequestChange):
    """It was taken in, and its clock runs."""


class PrivacyRequestVerified(PrivacyRequestChange):
    """Who asks has shown who they are (H038)."""


class PrivacyRequestBegun(PrivacyRequestChange):
    """Somebody, or a job, works at it."""


class PrivacyRequestExtended(PrivacyRequestChange):
    """The due date was moved, with a reason (article 12(3))."""


class PrivacyRequestHeld(PrivacyRequestChange):
    """An open case keeps it from being done (C23)."""


class PrivacyRequestReleased(PrivacyRequestChange):
    """No open case keeps it from being done any more."""


class PrivacyRequestFulfilled(PrivacyRequestChange):
    """What was asked is done, or what of it the law lets be done."""


class PrivacyRequestRefused(PrivacyRequestChange):
    """It was refused on a legal ground (P028)."""


class PrivacyRequestWithdrawn(PrivacyRequestChange):
    """Who asked does not ask any more."""


class PrivacyRequestLapsed(PrivacyRequestChange):
    """Nobody showed in time who they are."""


CHANGES: tuple[type[PrivacyRequestChange], ...] = (
    PrivacyRequestFiled,
    PrivacyRequestVerified,
    PrivacyRequestBegun,
    PrivacyRequestExtended,
    PrivacyRequestHeld,
    PrivacyRequestReleased,
    PrivacyRequestFulfilled,
    PrivacyRequestRefused,
    PrivacyRequestWithdrawn,
    PrivacyRequestLapsed,
)
"""What the account follows."""


@dataclass(frozen=True, slots=True)
class PrivacyRequestReminded(DomainEvent):
    """The due date is near. The subject is the request."""


@dataclass(frozen=True, slots=True)
class PrivacyRequestOverdue(DomainEvent):
    """The due date passed without an answer. The subject is the request."""


def locked(work: Work, request_id: str) -> PrivacyRequestRow:
    """The request, locked for the rest of the transaction. Raises PrivacyRequestNotFound."""
    query = select(PrivacyRequest.__table__).where(PrivacyRequest.id == request_id)
    row = work.first(query.with_for_update()) if is_id(request_id, PREFIX) else None
    if row is None:
        raise PrivacyRequestNotFound
    return PrivacyRequestRow(**row._mapping)


def move(
    work: Work,
    row: PrivacyRequestRow,
    to: PrivacyRequestStatus,
    event: type[PrivacyRequestChange],
    **changes: Any,
) -> PrivacyRequestRow:
    """Give a locked request its next status, plan what follows, and record the event that tells it.

    Raises PrivacyRequestStatusConflict when `to` may not follow.
    """
    check_move(PrivacyRequestStatus(row.status), to)
    rank = QUEUE.get(to)
    ended = {"open_key": None, "ended_at": work.now, "ended_by": work.actor.credential_id}
    over: dict[str, Any] = {} if rank is not None else ended
    changed = write(work, row, status=to.value, queue_rank=rank, **over, **changes)
    work.record(event.of(changed))
    return changed


def write(work: Work, row: PrivacyRequestRow, **changes: Any) -> PrivacyRequestRow:
    """Write columns of a locked request, and plan what happens next by itself."""
    statement = update(PrivacyRequest).where(PrivacyRequest.id == row.id)
    values = {"updated_at": work.now, **changes}
    written = work.first(statement.values(values).returning(*PrivacyRequest.__table__.c))
    assert written is not None, "a locked row stays"
    changed = PrivacyRequestRow(**written._mapping)
    plan(work, changed)
    return changed


def plan(work: Work, row: PrivacyRequestRow) -> None:
    """Schedule the next step of a locked request."""
    step = step_of(work, row)
    if step is None:
        cancel(work, STEP, row.id)
    else:
        schedule(work, STEP, row.id, step[1])


def step_of(work: Work, row: PrivacyRequestRow) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when."""
    standing = RequestStanding(
        PrivacyRequestStatus(row.status),
        row.filed_at,
        row.due_at,
        row.reminded_at is not None,
        row.overdue_at is not None,
    )
    return next_step(standing, work.terms(PrivacyRequestTerms))
