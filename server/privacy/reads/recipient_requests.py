"""Queries about recipients' requests: of an account, by receipt, and the staff's queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select, tuple_

from server.kit.clock import from_micros
from server.kit.ids import is_id
from server.kit.work import Read
from server.privacy.model import RecipientRequest
from server.privacy.rules.recipient_requests import RequestStatus

ADDRESS_COLUMN = "recipient_requests.address"
TEXT_COLUMN = "recipient_requests.text"
MESSAGE_ID_COLUMN = "recipient_requests.message_id"
ANSWER_COLUMN = "recipient_requests.answer"

_requests = RecipientRequest.__table__.c
_UNVERIFIED = (RequestStatus.RECEIVED.value, RequestStatus.LAPSED.value)


class RequestRow(NamedTuple):
    """A request: the columns of its table, by the same names."""

    id: str
    account_id: str
    campaign_id: str
    channel: str
    kind: str
    source: str
    status: str
    address_hash: bytes | None
    open_key: bytes | None
    address: bytes | None
    text: bytes | None
    message_id: bytes | None
    code_hash: bytes | None
    code_attempts_left: int
    code_expires_at: datetime | None
    codes_sent: int
    codes_since: datetime | None
    received_at: datetime
    filed_at: datetime
    due_at: datetime
    queue_rank: int | None
    verified_at: datetime | None
    verified_by: str | None
    reminded_at: datetime | None
    escalated_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    ground: str | None
    answer: bytes | None
    updated_at: datetime


def request(read: Read, account_id: str, request_id: str) -> RequestRow | None:
    """The account's request, once it was relayed; None when there is none or it is another's (Q014)."""
    return requests(read, account_id, [request_id]).get(request_id) if is_id(request_id, "rrq") else None


def requests(read: Read, account_id: str, request_ids: Collection[str]) -> Mapping[str, RequestRow]:
    """Those of these requests that the account may see, by id."""
    query = _shown(account_id).where(_requests.id.in_(request_ids))
    return {row.id: RequestRow._make(row) for row in read.rows(query)}


def requests_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[RequestRow]:
    """What was relayed to the account, newest first, older than `before_id`."""
    query = _shown(account_id)
    if before_id is not None:
        query = query.where(_requests.id < before_id)
    return [RequestRow._make(row) for row in read.rows(query.order_by(_requests.id.desc()).limit(limit))]


def any_request(read: Read, request_id: str) -> RequestRow | None:
    """A request to whichever account: for the company, and for who has its receipt."""
    row = read.first(_rows().where(_requests.id == request_id)) if is_id(request_id, "rrq") else None
    return None if row is None else RequestRow._make(row)


def queue(read: Read, limit: int, after: tuple[int, int, str] | None = None) -> Sequence[RequestRow]:
    """The open requests, escalated ones first and unverified ones last, each by due date, behind a rank, an instant
    (microseconds) and an id."""
    query = _rows().where(_requests.queue_rank.is_not(None))
    place = (_requests.queue_rank, _requests.due_at, _requests.id)
    if after is not None:
        rank, instant, request_id = after
        query = query.where(tuple_(*place) > tuple_(rank, from_micros(instant), request_id, types=_PLACE))
    return [RequestRow._make(row) for row in read.rows(query.order_by(*place).limit(limit))]


_PLACE = [each.type for each in (_requests.queue_rank, _requests.due_at, _requests.id)]


def _shown(account_id: str) -> Select[Any]:
    """What the account may see: not what is unverified, for anybody can ask in anybody's name."""
    return _rows().where(_requests.account_id == account_id, _requests.status.not_in(_UNVERIFIED))


def _rows() -> Select[Any]:
    return select(*[_requests[name] for name in RequestRow._fields])
