"""The events of a recipient's request, and the only writer of its status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import select, update

from server.kit.due import cancel, schedule
from server.kit.events import DomainEvent, transient
from server.kit.ids import is_id
from server.kit.work import Work
from server.privacy.model import RecipientRequest
from server.privacy.reads.recipient_requests import RequestRow
from server.privacy.rules.recipient_requests import (
    QUEUE,
    RecipientRequestTerms,
    RequestStatus,
    Standing,
    Step,
    check_move,
    next_step,
)
from server.privacy.rules.refusals import RecipientRequestNotFound

STEP = "privacy.recipient_request"
"""The due work of a request: what happens next by itself."""


@dataclass(frozen=True, slots=True)
class RecipientRequestChange(DomainEvent):
    """What every change of a request tells: its state from then on. The subject is the request."""

    status: str

    @classmethod
    def of(cls, row: RequestRow) -> Self:
        return cls(row.account_id, row.id, row.status)


class RecipientRequestRelayed(RecipientRequestChange):
    """The address is the person's, and the customer was told (M011)."""


class RecipientRequestEscalated(RecipientRequestChange):
    """The due date passed without an answer; the staff sees to it (M011)."""


class RecipientRequestAnswered(RecipientRequestChange):
    """The customer said what was done."""


class RecipientRequestClosed(RecipientRequestChange):
    """The staff ended it without an answer."""


class RecipientRequestLapsed(RecipientRequestChange):
    """Nobody showed in time that the address is theirs. The customer never saw it."""


CHANGES: tuple[type[RecipientRequestChange], ...] = (
    RecipientRequestRelayed,
    RecipientRequestEscalated,
    RecipientRequestAnswered,
    RecipientRequestClosed,
)
"""What the customer follows."""


@dataclass(frozen=True, slots=True)
class RecipientCodeAsked(DomainEvent):
    """A code goes to the address that asks. The subject is the request."""

    email: str = transient()
    code: str = transient()


@dataclass(frozen=True, slots=True)
class RecipientRequestReminded(DomainEvent):
    """The due date is near. The subject is the request."""


def locked(work: Work, request_id: str) -> RequestRow:
    """The request, locked for the rest of the transaction. Raises RecipientRequestNotFound."""
    query = select(RecipientRequest.__table__).where(RecipientRequest.id == request_id)
    row = work.first(query.with_for_update()) if is_id(request_id, "rrq") else None
    if row is None:
        raise RecipientRequestNotFound
    return RequestRow(**row._mapping)


def move(
    work: Work,
    row: RequestRow,
    to: RequestStatus,
    event: type[RecipientRequestChange],
    **changes: object,
) -> RequestRow:
    """Give a locked request its next status, plan what follows, and record the event that tells it.

    Raises RecipientRequestStatusConflict when `to` may not follow.
    """
    check_move(RequestStatus(row.status), to)
    rank = QUEUE.get(to)
    over: dict[str, object] = {} if rank is not None else {"open_key": None, "ended_at": work.now}
    changed = write(work, row, status=to.value, queue_rank=rank, **over, **changes)
    work.record(event.of(changed))
    return changed


def write(work: Work, row: RequestRow, **changes: object) -> RequestRow:
    """Write columns of a locked request, and plan what happens next by itself."""
    statement = update(RecipientRequest).where(RecipientRequest.id == row.id)
    values = {"updated_at": work.now, **changes}
    written = work.first(statement.values(values).returning(*RecipientRequest.__table__.c))
    assert written is not None, "a locked row stays"
    changed = RequestRow(**written._mapping)
    plan(work, changed)
    return changed


def plan(work: Work, row: RequestRow) -> None:
    """Schedule the next step of a locked request."""
    step = step_of(work, row)
    if step is None:
        cancel(work, STEP, row.id)
    else:
        schedule(work, STEP, row.id, step[1])


def step_of(work: Work, row: RequestRow) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when."""
    standing = Standing(
        RequestStatus(row.status),
        row.filed_at,
        row.due_at,
        row.verified_at,
        row.reminded_at is not None,
        row.ended_at,
        row.address_hash is None,
    )
    return next_step(standing, work.terms(RecipientRequestTerms))


FORGOTTEN: dict[str, Any] = dict.fromkeys(
    ("address_hash", "address", "text", "message_id", "answer", "code_hash", "code_expires_at")
)
"""The columns by which somebody could be recognised, as they are once the request is forgotten."""
