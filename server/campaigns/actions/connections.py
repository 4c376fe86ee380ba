"""The verbs of a connection's owner: make it, give it another secret, revoke it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update

from server.campaigns.model.connections import EventConnection, WebhookToken
from server.campaigns.reads.connections import (
    CREDENTIAL_COLUMN,
    PREFIX,
    ConnectionRow,
    live_connections,
)
from server.campaigns.rules.connections import (
    ConnectionState,
    EventConnectionLimitReached,
    EventConnectionNotFound,
    EventProvider,
    WebhookTerms,
    check_credential,
)
from server.kit.crypto import token_hash
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work

OPERATOR = "operator"
"""Whose key seals the credentials of the operator's own connections."""
_PASSWORD_BYTES = 32


@dataclass(frozen=True, slots=True)
class EventConnectionChange(DomainEvent):
    """What every change of a connection tells. The operator's are told to the account of whoever made them."""

    provider: str
    state: str


class EventConnectionCreated(EventConnectionChange):
    """A provider may report over it."""


class EventConnectionRotated(EventConnectionChange):
    """It has another secret."""


class EventConnectionRevoked(EventConnectionChange):
    """Nothing is taken over it any more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection, with the password that was made for it and is shown this once; None where the provider makes it."""

    row: ConnectionRow
    password: str | None = field(repr=False)


def create_connection(
    work: Work, account_id: str | None, provider: EventProvider, credential: str | None
) -> Opened:
    """Let a provider report. With None as the account it is the operator's own, and decides bills.

    Raises EventCredentialInvalid or EventConnectionLimitReached.
    """
    check_credential(provider, credential)
    limit = work.terms(WebhookTerms).connections_max
    if live_connections(work, account_id) >= limit:
        raise EventConnectionLimitReached(limit)
    kept, password = _credential(work, provider, credential)
    waits = provider is EventProvider.SES
    values = {
        "id": work.ids.new(PREFIX),
        "account_id": account_id,
        "provider": provider.value,
        "state": (ConnectionState.PENDING if waits else ConnectionState.ACTIVE).value,
        "credential": _sealed(work, account_id, kept),
        "events_known": 0,
        "events_unknown": 0,
        "created_at": work.now,
    }
    row = work.execute(insert(EventConnection).values(values).returning(*EventConnection.__table__.c)).one()
    return Opened(_told(work, row, EventConnectionCreated), password)


def rotate_secret(work: Work, account_id: str | None, connection_id: str, credential: str | None) -> Opened:
    """Give a connection of the account, or of the operator, another secret; the old one stands a little while beside
    it. Another topic waits for its confirmation.

    Raises EventConnectionNotFound or EventCredentialInvalid.
    """
    row = _locked(work, account_id, connection_id)
    provider = EventProvider(row.provider)
    check_credential(provider, credential)
    kept, password = _credential(work, provider, credential)
    waits = provider is EventProvider.SES
    changed = _change(
        work,
        row.id,
        state=ConnectionState.PENDING.value if waits else row.state,
        credential=_sealed(work, row.account_id, kept),
        previous_credential=row.credential,
        previous_until=work.now + work.terms(WebhookTerms).previous_credential_stands,
        rotated_at=work.now,
    )
    return Opened(_told(work, changed, EventConnectionRotated), password)


def revoke_connection(work: Work, account_id: str | None, connection_id: str) -> ConnectionRow:
    """End a connection of the account, or of the operator, at once, and forget its secrets.

    Raises EventConnectionNotFound.
    """
    return _revoke(work, _locked(work, account_id, connection_id))


def revoke_connections(work: Work, account_id: str) -> None:
    """End every connection of an account that is closed. Repeating it changes nothing."""
    live = EventConnection.state != ConnectionState.REVOKED.value
    query = select(EventConnection.__table__).where(EventConnection.account_id == account_id, live)
    for row in work.rows(query.order_by(EventConnection.id).with_for_update()):
        _revoke(work, ConnectionRow(**row._mapping))


def _locked(work: Work, account_id: str | None, connection_id: str) -> ConnectionRow:
    """Raises EventConnectionNotFound, also for what is another's (Q014), and once it is revoked."""
    query = select(EventConnection.__table__).where(EventConnection.id == connection_id)
    row = work.first(query.with_for_update()) if is_id(connection_id, PREFIX) else None
    if row is None or row.account_id != account_id or row.state == ConnectionState.REVOKED.value:
        raise EventConnectionNotFound
    return ConnectionRow(**row._mapping)


def _revoke(work: Work, row: ConnectionRow) -> ConnectionRow:
    work.execute(delete(WebhookToken).where(WebhookToken.connection_id == row.id))
    changed = _change(
        work,
        row.id,
        state=ConnectionState.REVOKED.value,
        credential=None,
        previous_credential=None,
        previous_until=None,
        revoked_at=work.now,
    )
    return _told(work, changed, EventConnectionRevoked)


def _credential(work: Work, provider: EventProvider, credential: str | None) -> tuple[str, str | None]:
    """What is kept to verify by, and the password to show, where it is made here."""
    if provider is not EventProvider.POSTMARK:
        assert credential is not None, "it was checked"
        return credential, None
    password = base64.b32encode(work.entropy.bytes(_PASSWORD_BYTES)).decode().rstrip("=").lower()
    return token_hash(password).hex(), password


def _sealed(work: Work, account_id: str | None, credential: str) -> bytes:
    return work.seal(account_id or OPERATOR, "content", CREDENTIAL_COLUMN, credential)


def _change(work: Work, connection_id: str, **changes: object) -> Any:
    statement = update(EventConnection).where(EventConnection.id == connection_id).values(**changes)
    return work.execute(statement.returning(*EventConnection.__table__.c)).one()


def _told(work: Work, row: Any, event: type[EventConnectionChange]) -> ConnectionRow:
    changed = ConnectionRow(**row._mapping)
    told_to = changed.account_id or work.actor.account_id
    if told_to is not None:
        work.record(event(told_to, changed.id, changed.provider, changed.state))
    return changed
