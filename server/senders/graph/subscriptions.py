"""Senders live."""

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
from server.senders import reads
from server.senders.actions.events import CHANGES
from server.senders.graph.types import READ, SenderType, SenderUpdate, account_of
from server.senders.reads import SenderRow

SNAPSHOT_SENDERS_MAX = 20


class SenderFeed(EventFeed):
    """The changes of one sender, or of all of the account."""

    events = CHANGES

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.sender(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> SenderUpdate:
        if self.subject_id is None:
            row, newest = None, reads.senders_of_account(read, self.account_id, SNAPSHOT_SENDERS_MAX)
        else:
            row, newest = reads.sender(read, self.account_id, self.subject_id), []
        return SenderUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            sender=None if row is None else SenderType.of(read, row),
            newest=SenderType.many(read, newest),
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[SenderUpdate]:
        rows = reads.senders(read, self.account_id, {event.subject_id for event in stored})
        return [_change(read, event, rows.get(event.subject_id)) for event in stored]


def _change(read: Read, event: StoredEvent, row: SenderRow | None) -> SenderUpdate:
    return SenderUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        sender=None if row is None else SenderType.of(read, _as_of(event, row)),
        newest=[],
    )


def _as_of(event: StoredEvent, row: SenderRow) -> SenderRow:
    """The sender in the status that it had right after the event."""
    state = orjson.loads(event.data)
    return row._replace(status=state["status"], reason_code=state["reason_code"], updated_at=event.at)


def _feed(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> SenderFeed:
    return SenderFeed(account_of(info), id, after, mode)


@strawberry.type
class SenderSubscriptions:
    @strawberry.subscription(
        description="Every change of one sender, or of all of the account, in order and once.",
        metadata=declare(READ, feed=_feed),
    )
    def sender_changed(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this sender; all when null.")
        ] = None,
        after: Annotated[
            BigInt | None,
            strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
        ] = None,
        mode: Annotated[
            FeedMode,
            strawberry.argument(
                description="LATEST skips intermediate changes; without `id`, those of other senders too."
            ),
        ] = FeedMode.EVERY,
    ) -> AsyncIterator[SenderUpdate]:
        raise AssertionError("the engine opens the feed")
