"""Tickets live: for the account, and the queue for the staff."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.support import reads
from server.support.actions.events import CHANGES, SupportQueueMoved
from server.support.graph.types import (
    ASK,
    DESK,
    QueuedTicket,
    SupportQueueUpdate,
    TicketType,
    TicketUpdate,
)
from server.support.reads import TicketRow


class TicketFeed(SubjectFeed):
    """The changes of one ticket, or of all of the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> TicketRow | None:
        return reads.ticket(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[TicketRow]:
        return reads.tickets_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, TicketRow]:
        return reads.tickets(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: TicketRow) -> TicketRow:
        told = orjson.loads(event.data)
        closed_at = None if told["closed_at"] is None else datetime.fromisoformat(told["closed_at"])
        return row._replace(
            status=told["status"], messages=told["messages"], closed_at=closed_at, updated_at=event.at
        )

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: TicketRow | None,
        newest: Sequence[TicketRow],
    ) -> TicketUpdate:
        return TicketUpdate(
            kind=kind,
            sequence=sequence,
            ticket=None if row is None else TicketType.of(read, row),
            newest=[TicketType.of(read, each) for each in newest],
        )


class QueueFeed(SubjectFeed):
    """What comes into the staff's queue, changes in it, and leaves it: of all accounts, in the company's own events."""

    events = (SupportQueueMoved,)

    def one(self, read: Read, subject_id: str) -> TicketRow | None:
        return reads.any_ticket(read, subject_id)

    def newest(self, read: Read) -> Sequence[TicketRow]:
        return reads.queue(read, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, TicketRow]:
        return reads.confirmed(read, ids)

    def as_of(self, event: StoredEvent, row: TicketRow) -> TicketRow:
        told = orjson.loads(event.data)
        return row._replace(status=told["status"], messages=told["messages"])

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: TicketRow | None,
        newest: Sequence[TicketRow],
    ) -> SupportQueueUpdate:
        return SupportQueueUpdate(
            kind=kind,
            sequence=sequence,
            ticket=None if row is None else QueuedTicket.of(row),
            waiting=[QueuedTicket.of(each) for each in newest],
        )


@strawberry.type
class SupportSubscriptions:
    @strawberry.subscription(
        description="Every change of one ticket, or of all of the account, in order and once.",
        metadata=declare(ASK, feed=TicketFeed.opened),
    )
    def ticket_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[TicketUpdate]:
        raise AssertionError("the engine opens the feed")

    @strawberry.subscription(
        description="Every change of the staff's queue of tickets, in order and once, without a word of what they say. "
        "For the staff.",
        metadata=declare(DESK, feed=QueueFeed.opened),
    )
    def support_queue_changed(
        self, after: ResumeAfter = None, mode: DeliveryMode = FeedMode.EVERY
    ) -> AsyncIterator[SupportQueueUpdate]:
        raise AssertionError("the engine opens the feed")
