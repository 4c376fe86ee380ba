"""Clicks that come sooner after the delivery than anybody reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from server.campaigns.model import Campaign, RecipientState, StatisticScope
from server.campaigns.reads.addresses import address_hash
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.events import EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms, is_hasty
from server.campaigns.rules.metrics import STATE_HASH_BYTES, moment_at
from server.kit.work import Read

Deliveries = Mapping[tuple[str, str], datetime]
"""When a message was first delivered, by campaign and recipient."""


def suspect_hasty_clicks(
    read: Read, events: Sequence[MessageEvent], server_like: Collection[str]
) -> Sequence[MessageEvent]:
    """The events, with the hasty clicks among those in `server_like` (keys) marked as a suspected bot's.

    A delivery that is reported after its click and in another batch is not known yet: such a click stays unmarked.
    """
    doubtful = [event for event in events if event.key in server_like and not event.suspect_bot]
    if not doubtful:
        return events
    delivered = {**_delivered_before(read, doubtful), **_delivered_here(events)}
    terms = read.terms(MachineTerms)
    hasty = {
        event.key
        for event in doubtful
        if (at := delivered.get(_message(event))) is not None and is_hasty(event.at - at, terms)
    }
    return [replace(event, suspect_bot=True) if event.key in hasty else event for event in events]


def _delivered_here(events: Sequence[MessageEvent]) -> Deliveries:
    return {_message(event): event.at for event in events if event.kind is EventKind.DELIVERED}


def _delivered_before(read: Read, events: Sequence[MessageEvent]) -> Deliveries:
    """Two look-ups for any number of events."""
    ids = {event.campaign_id for event in events}
    query = (
        select(Campaign.id, Campaign.account_id, Campaign.channel, StatisticScope.number)
        .join(StatisticScope, StatisticScope.subject_id == Campaign.id)
        .where(Campaign.id.in_(ids))
    )
    campaigns: dict[str, Any] = {row.id: row for row in read.rows(query)}
    wanted = {
        (
            campaigns[event.campaign_id].number,
            _recipient(read, campaigns[event.campaign_id], event),
        ): _message(event)
        for event in events
        if event.campaign_id in campaigns
    }
    states = select(RecipientState.scope, RecipientState.recipient, RecipientState.delivered_unique).where(
        RecipientState.scope.in_({scope for scope, _ in wanted}),
        RecipientState.recipient.in_({recipient for _, recipient in wanted}),
        RecipientState.delivered_unique.is_not(None),
    )
    found = {(row.scope, row.recipient): moment_at(row.delivered_unique) for row in read.rows(states)}
    return {message: found[key] for key, message in wanted.items() if key in found}


def _recipient(read: Read, row: Any, event: MessageEvent) -> bytes:
    hashed = address_hash(read, row.account_id, MessageChannel(row.channel), event.recipient)
    return hashed[:STATE_HASH_BYTES]


def _message(event: MessageEvent) -> tuple[str, str]:
    return event.campaign_id, event.recipient.lower()
