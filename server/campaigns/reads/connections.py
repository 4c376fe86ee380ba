"""Queries about the connections over which providers report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from server.campaigns.model.connections import EventConnection
from server.campaigns.rules.connections import ConnectionState
from server.kit.crypto import Shredded
from server.kit.ids import is_id
from server.kit.work import Read

CREDENTIAL_COLUMN = "event_connections.credential"
PREFIX = "con"
_connections = EventConnection.__table__.c


class ConnectionRow(NamedTuple):
    """A connection: the columns of its table, by the same names."""

    id: str
    account_id: str | None
    provider: str
    state: str
    credential: bytes | None
    previous_credential: bytes | None
    previous_until: datetime | None
    events_known: int
    events_unknown: int
    last_event_at: datetime | None
    last_failure_at: datetime | None
    last_failure_code: str | None
    created_at: datetime
    rotated_at: datetime | None
    revoked_at: datetime | None


def connection(read: Read, connection_id: str) -> ConnectionRow | None:
    """The connection with this id, whose ever it is."""
    if not is_id(connection_id, PREFIX):
        return None
    row = read.first(_rows().where(_connections.id == connection_id))
    return None if row is None else ConnectionRow._make(row)


def connections_of(
    read: Read, account_id: str | None, limit: int, before_id: str | None = None
) -> Sequence[ConnectionRow]:
    """The connections of the account, or the operator's own, newest first, older than `before_id`."""
    query = _rows().where(_connections.account_id == account_id)
    if before_id is not None:
        query = query.where(_connections.id < before_id)
    return [
        ConnectionRow._make(row) for row in read.rows(query.order_by(_connections.id.desc()).limit(limit))
    ]


def live_connections(read: Read, account_id: str | None) -> int:
    """How many of them are not revoked."""
    live = _connections.state != ConnectionState.REVOKED.value
    return int(read.scalar(select(func.count()).where(_connections.account_id == account_id, live)) or 0)


def credentials_of(read: Read, row: ConnectionRow) -> Sequence[str]:
    """What a delivery may be verified by now, the newest first; nothing once it was revoked or erased."""
    stands = row.previous_until is not None and read.now < row.previous_until
    sealed = (row.credential, row.previous_credential if stands else None)
    try:
        return [read.open(CREDENTIAL_COLUMN, one) for one in sealed if one is not None]
    except Shredded:
        return []


def _rows() -> Select[Any]:
    return select(*[_connections[name] for name in ConnectionRow._fields])
