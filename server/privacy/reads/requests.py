"""Queries about customers' requests: of an account, and the staff's queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, tuple_

from server.kit.clock import from_micros
from server.kit.ids import is_id
from server.kit.work import Read
from server.privacy.model import PrivacyRequest
from server.privacy.reads.regimes import due_by_law
from server.privacy.rules.regimes import Regime, RegimeTerms
from server.privacy.rules.requests import PrivacyRequestTerms, months_to_answer

PREFIX = "dsr"
"""What ids of requests begin with: a data subject's request."""
TEXT_COLUMN = "privacy_requests.text"
MESSAGE_ID_COLUMN = "privacy_requests.message_id"
ANSWER_COLUMN = "privacy_requests.answer"

_requests = PrivacyRequest.__table__.c


class PrivacyRequestRow(NamedTuple):
    """A request: the columns of its table, by the same names."""

    id: str
    account_id: str
    person_id: str | None
    kind: str
    source: str
    status: str
    purposes: str
    open_key: bytes | None
    text: bytes | None
    message_id: bytes | None
    received_at: datetime
    regime: str
    filed_at: datetime
    filed_by: str | None
    due_at: datetime
    queue_rank: int | None
    verified_at: datetime | None
    verified_by: str | None
    proof: str | None
    begun_at: datetime | None
    extended_at: datetime | None
    extension_reason: str | None
    hold_ground: str | None
    reminded_at: datetime | None
    overdue_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    ground: str | None
    answer: bytes | None
    updated_at: datetime


def due_date(read: Read, received_at: datetime, regime: str, *, extended: bool = False) -> datetime:
    """By when a request is answered that has no clock of its own, by the policy and by this law."""
    months = months_to_answer(read.terms(PrivacyRequestTerms), extended=extended)
    return due_by_law(received_at, months, Regime(regime), read.terms(RegimeTerms), extended=extended)


def request(read: Read, account_id: str, request_id: str) -> PrivacyRequestRow | None:
    """The account's request; None when there is none or it is another's (Q014)."""
    return requests(read, account_id, [request_id]).get(request_id) if is_id(request_id, PREFIX) else None


def requests(read: Read, account_id: str, request_ids: Collection[str]) -> Mapping[str, PrivacyRequestRow]:
    """Those of these requests that are the account's, by id."""
    query = _rows().where(_requests.account_id == account_id, _requests.id.in_(request_ids))
    return {row.id: PrivacyRequestRow._make(row) for row in read.rows(query)}


def requests_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[PrivacyRequestRow]:
    """The account's requests, newest first, older than `before_id`."""
    query = _rows().where(_requests.account_id == account_id)
    if before_id is not None:
        query = query.where(_requests.id < before_id)
    return [
        PrivacyRequestRow._make(row) for row in read.rows(query.order_by(_requests.id.desc()).limit(limit))
    ]


def any_request(read: Read, request_id: str) -> PrivacyRequestRow | None:
    """A request of whichever account: for the company."""
    row = read.first(_rows().where(_requests.id == request_id)) if is_id(request_id, PREFIX) else None
    return None if row is None else PrivacyRequestRow._make(row)


def open_count(read: Read, row: PrivacyRequestRow) -> int:
    """How many requests of the same account are open, verified as this one is or not."""
    mine = (_requests.account_id == row.account_id) & (_requests.queue_rank == row.queue_rank)
    return int(read.scalar(select(func.count()).where(mine)) or 0)


def queue(read: Read, limit: int, after: tuple[int, int, str] | None = None) -> Sequence[PrivacyRequestRow]:
    """The open requests, unverified ones last, each by due date, behind a rank, an instant (microseconds) and an id."""
    query = _rows().where(_requests.queue_rank.is_not(None))
    place = (_requests.queue_rank, _requests.due_at, _requests.id)
    if after is not None:
        rank, instant, request_id = after
        behind = tuple_(rank, from_micros(instant), request_id, types=[each.type for each in place])
        query = query.where(tuple_(*place) > behind)
    return [PrivacyRequestRow._make(row) for row in read.rows(query.order_by(*place).limit(limit))]


def _rows() -> Select[Any]:
    return select(*[_requests[name] for name in PrivacyRequestRow._fields])
