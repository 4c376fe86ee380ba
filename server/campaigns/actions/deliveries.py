"""What a provider delivered, taken in one transaction; and the health of the connection that it came over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from server.campaigns.actions.hasty import suspect_hasty_clicks
from server.campaigns.actions.recording import record_events
from server.campaigns.model.connections import EventConnection, WebhookToken
from server.campaigns.reads.connections import connection
from server.campaigns.rules.connections import (
    ConnectionState,
    DeliveryFault,
    EventProvider,
    WebhookTerms,
    source_of,
)
from server.campaigns.rules.events import MessageEvent
from server.kit.work import Work


class ConnectionGone(Exception):
    """It was revoked while the delivery was on its way; nothing of it is kept."""


class DeliveryReplayed(Exception):
    """Its token came before, with another body; nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class OnceToken:
    """What makes a delivery one that is taken once: hashes of its token and of its body, kept until `expires_at`."""

    token_hash: bytes
    body_hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """A verified delivery. `unknown` counts what it says that means nothing here.

    `server_like` has the keys of the clicks that may be a server's. `confirms` says that it proves the subscription.
    """

    events: Sequence[MessageEvent] = field(repr=False)
    unknown: int = 0
    server_like: Collection[str] = ()
    once: OnceToken | None = None
    confirms: bool = False


def take_delivery(work: Work, connection_id: str, delivered: Delivered) -> bool:
    """Record the events of a delivery; False when it is a repetition of one that was taken.

    The operator's own connections report of all campaigns and decide bills, an account's of its own only. Raises
    ConnectionGone or DeliveryReplayed.
    """
    row = connection(work, connection_id)
    if row is None or row.state == ConnectionState.REVOKED.value:
        raise ConnectionGone
    if delivered.once is not None and not _claim(work, connection_id, delivered.once):
        return False
    source = source_of(EventProvider(row.provider), row.account_id)
    events = suspect_hasty_clicks(work, delivered.events, delivered.server_like)
    recorded = record_events(work, source, events, account_id=row.account_id, billable=row.account_id is None)
    # Last, so that locks are taken in one order: those of accounts come before those of connections.
    known = recorded.accepted + recorded.duplicates
    _count(work, connection_id, known, len(events) - known + delivered.unknown)
    if delivered.confirms and row.state == ConnectionState.PENDING.value:
        confirm_connection(work, connection_id)
    return True


def confirm_connection(work: Work, connection_id: str) -> None:
    """Amazon SNS confirmed the subscription. Repeating it changes nothing."""
    pending = EventConnection.state == ConnectionState.PENDING.value
    mine = EventConnection.id == connection_id
    work.execute(update(EventConnection).where(mine, pending).values(state=ConnectionState.ACTIVE.value))


def end_subscription(work: Work, connection_id: str) -> None:
    """Amazon SNS ended the subscription: the connection waits for another one."""
    active = EventConnection.state == ConnectionState.ACTIVE.value
    mine = EventConnection.id == connection_id
    work.execute(
        update(EventConnection)
        .where(mine, active)
        .values(
            state=ConnectionState.PENDING.value,
            last_failure_at=work.now,
            last_failure_code=DeliveryFault.UNSUBSCRIBED.value,
        )
    )


def note_failure(work: Work, connection_id: str, fault: DeliveryFault) -> None:
    """Let the owner see that a delivery was not taken, and why; not more often than the terms say."""
    since = work.now - work.terms(WebhookTerms).failure_noted_every
    noted = EventConnection.last_failure_at
    work.execute(
        update(EventConnection)
        .where(
            EventConnection.id == connection_id,
            EventConnection.state != ConnectionState.REVOKED.value,
            or_(noted.is_(None), noted <= since),
        )
        .values(last_failure_at=work.now, last_failure_code=fault.value)
    )


def _claim(work: Work, connection_id: str, once: OnceToken) -> bool:
    """Whether the token is new. Raises DeliveryReplayed when it came with another body."""
    mine = WebhookToken.connection_id == connection_id
    work.execute(delete(WebhookToken).where(mine, WebhookToken.expires_at < work.now))
    claim = insert(WebhookToken).values(
        connection_id=connection_id,
        token_hash=once.token_hash,
        body_hash=once.body_hash,
        expires_at=once.expires_at,
    )
    first = claim.on_conflict_do_nothing(index_elements=["connection_id", "token_hash"])
    if work.first(first.returning(WebhookToken.token_hash)) is not None:
        return True
    body_hash = work.scalar(
        select(WebhookToken.body_hash).where(mine, WebhookToken.token_hash == once.token_hash)
    )
    if body_hash != once.body_hash:
        raise DeliveryReplayed
    return False


def _count(work: Work, connection_id: str, known: int, unknown: int) -> None:
    """Raises ConnectionGone when it was revoked in the meantime."""
    live = EventConnection.state != ConnectionState.REVOKED.value
    counted = (
        update(EventConnection)
        .where(EventConnection.id == connection_id, live)
        .values(
            events_known=EventConnection.events_known + known,
            events_unknown=EventConnection.events_unknown + unknown,
            last_event_at=work.now if known else EventConnection.last_event_at,
        )
        .returning(EventConnection.id)
    )
    if work.first(counted) is None:
        raise ConnectionGone
