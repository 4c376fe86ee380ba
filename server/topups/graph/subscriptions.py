"""Top-ups live."""

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
from server.topups import reads
from server.topups.actions.changes import CHANGES
from server.topups.graph.types import READ, TopUpType, TopUpUpdate
from server.topups.reads import TopUpRow


class TopUpFeed(SubjectFeed):
    """The changes of one top-up, or of all of the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> TopUpRow | None:
        return reads.top_up(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[TopUpRow]:
        return reads.top_ups_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, TopUpRow]:
        return reads.top_ups(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: TopUpRow) -> TopUpRow:
        """An authentication's secret serves only while it is asked for."""
        state = orjson.loads(event.data)
        return row._replace(
            status=state["status"],
            received_minor=state["received_minor"],
            failure_code=state["failure_code"],
            next_action=state["next_action"],
            client_secret=row.client_secret if state["next_action"] else None,
            # Older events do not tell these: nothing was refunded, or taken in part, then.
            refunded_minor=state.get("refunded_minor", 0),
            reversed_minor=state.get("reversed_minor", 0),
            updated_at=event.at,
        )

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: TopUpRow | None,
        newest: Sequence[TopUpRow],
    ) -> TopUpUpdate:
        return TopUpUpdate(
            kind=kind,
            sequence=sequence,
            top_up=None if row is None else TopUpType.of(row),
            newest=[TopUpType.of(each) for each in newest],
        )


@strawberry.type
class TopUpSubscriptions:
    @strawberry.subscription(
        description="Every change of one top-up, or of all of the account, in order and once.",
        metadata=declare(READ, feed=TopUpFeed.opened),
    )
    def top_up_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[TopUpUpdate]:
        raise AssertionError("the engine opens the feed")
