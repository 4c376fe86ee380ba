"""Senders live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.senders import reads
from server.senders.actions.events import CHANGES
from server.senders.graph.types import READ, SenderType, SenderUpdate
from server.senders.reads import SenderRow


class SenderFeed(SubjectFeed):
    """The changes of one sender, or of all of the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> SenderRow | None:
        return reads.sender(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[SenderRow]:
        return reads.senders_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, SenderRow]:
        return reads.senders(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: SenderRow) -> SenderRow:
        state = orjson.loads(event.data)
        return row._replace(status=state["status"], reason_code=state["reason_code"], updated_at=event.at)

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: SenderRow | None,
        newest: Sequence[SenderRow],
    ) -> SenderUpdate:
        return SenderUpdate(
            kind=kind,
            sequence=sequence,
            sender=None if row is None else SenderType.of(read, row),
            newest=SenderType.many(read, newest),
        )


@strawberry.type
class SenderSubscriptions:
    @strawberry.subscription(
        description="Every change of one sender, or of all of the account, in order and once.",
        metadata=declare(READ, feed=SenderFeed.opened),
    )
    def sender_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[SenderUpdate]:
        raise AssertionError("the engine opens the feed")
