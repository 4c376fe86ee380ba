"""Notices live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.notices import reads
from server.notices.actions import NoticePosted
from server.notices.graph.types import READ, NoticeType, NoticeUpdate
from server.notices.reads import NoticeRow

SNAPSHOT_NOTICES_MAX = 20


class NoticeFeed(EventFeed):
    """The account's new notices."""

    events = (NoticePosted,)

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> NoticeUpdate:
        newest = reads.notices_of_account(read, self.account_id, SNAPSHOT_NOTICES_MAX)
        return NoticeUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            notice=None,
            newest=[NoticeType.of(row) for row in newest],
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[NoticeUpdate]:
        posted = reads.notices(read, self.account_id, {event.subject_id for event in stored})
        return [_change(event, posted.get(event.subject_id)) for event in stored]


def _change(event: StoredEvent, row: NoticeRow | None) -> NoticeUpdate:
    """The notice as it was posted: unread, also when it was read since."""
    return NoticeUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        notice=NoticeType.of(row._replace(read_at=None)) if row is not None else None,
        newest=[],
    )


@strawberry.type
class NoticeSubscriptions:
    @strawberry.subscription(
        description="Every new notice of the account, in order and once.",
        metadata=declare(READ, feed=NoticeFeed.opened),
    )
    def notice_posted(
        self,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[NoticeUpdate]:
        raise AssertionError("the engine opens the feed")
