"""Top-ups live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.context import Info
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.topups import reads
from server.topups.actions.changes import CHANGES
from server.topups.graph.types import READ, TopUpType, TopUpUpdate, account_of
from server.topups.reads import TopUpRow

SNAPSHOT_TOP_UPS_MAX = 20


class TopUpFeed(EventFeed):
    """The changes of one top-up, or of all of the account."""

    events = CHANGES

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.top_up(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> TopUpUpdate:
        if self.subject_id is None:
            top_up, newest = None, reads.top_ups_of_account(read, self.account_id, SNAPSHOT_TOP_UPS_MAX)
        else:
            top_up, newest = reads.top_up(read, self.account_id, self.subject_id), []
        return TopUpUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            top_up=TopUpType.of(top_up) if top_up is not None else None,
            newest=[TopUpType.of(row) for row in newest],
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[TopUpUpdate]:
        top_ups = reads.top_ups(read, self.account_id, {event.subject_id for event in stored})
        return [_change(event, top_ups.get(event.subject_id)) for event in stored]


def _change(event: StoredEvent, top_up: TopUpRow | None) -> TopUpUpdate:
    return TopUpUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        top_up=TopUpType.of(_as_of(event, top_up)) if top_up is not None else None,
        newest=[],
    )


def _as_of(event: StoredEvent, top_up: TopUpRow) -> TopUpRow:
    """The top-up as it was right after the event, which tells the things that change.

    An authentication's secret serves only while it is asked for.
    """
    state = orjson.loads(event.data)
    return top_up._replace(
        status=state["status"],
        received_minor=state["received_minor"],
        failure_code=state["failure_code"],
        next_action=state["next_action"],
        client_secret=top_up.client_secret if state["next_action"] else None,
        # Older events do not tell these: nothing was refunded, or taken in part, then.
        refunded_minor=state.get("refunded_minor", 0),
        reversed_minor=state.get("reversed_minor", 0),
        updated_at=event.at,
    )


def _feed(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> TopUpFeed:
    return TopUpFeed(account_of(info), id, after, mode)


@strawberry.type
class TopUpSubscriptions:
    @strawberry.subscription(
        description="Every change of one top-up, or of all of the account, in order and once.",
        metadata=declare(READ, feed=_feed),
    )
    def top_up_changed(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this top-up; all when null.")
        ] = None,
        after: Annotated[
            BigInt | None,
            strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
        ] = None,
        mode: Annotated[
            FeedMode,
            strawberry.argument(
                description="LATEST skips intermediate changes; without `id`, those of other top-ups too."
            ),
        ] = FeedMode.EVERY,
    ) -> AsyncIterator[TopUpUpdate]:
        raise AssertionError("the engine opens the feed")
