"""Complaints live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import orjson
import strawberry

from server.campaigns.actions.complaints_events import CHANGES
from server.campaigns.graph.complaints_types import ANSWER, ComplaintType, ComplaintUpdate
from server.campaigns.graph.types import account_of
from server.campaigns.reads import complaints as reads
from server.campaigns.reads.complaints import CaseRow
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.context import Info
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.graph.scalars import BigInt
from server.kit.work import Read

SNAPSHOT_COMPLAINTS_MAX = 20


class ComplaintFeed(EventFeed):
    """The changes of one complaint, or of all about the account."""

    events = CHANGES

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.case(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> ComplaintUpdate:
        if self.subject_id is None:
            row, newest = None, reads.cases_of_account(read, self.account_id, SNAPSHOT_COMPLAINTS_MAX)
        else:
            row, newest = reads.case(read, self.account_id, self.subject_id), []
        return ComplaintUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            complaint=None if row is None else ComplaintType.of(read, row),
            newest=ComplaintType.many(read, newest),
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[ComplaintUpdate]:
        rows = reads.cases(read, self.account_id, {event.subject_id for event in stored})
        return [_change(read, event, rows.get(event.subject_id)) for event in stored]


def _change(read: Read, event: StoredEvent, row: CaseRow | None) -> ComplaintUpdate:
    return ComplaintUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        complaint=None if row is None else ComplaintType.of(read, _as_of(event, row)),
        newest=[],
    )


def _as_of(event: StoredEvent, row: CaseRow) -> CaseRow:
    """The complaint in the status that it had right after the event."""
    return row._replace(status=orjson.loads(event.data)["status"], updated_at=event.at)


def _feed(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> ComplaintFeed:
    return ComplaintFeed(account_of(info), id, after, mode)


@strawberry.type
class ComplaintSubscriptions:
    @strawberry.subscription(
        description="Every change of one complaint, or of all about the account, in order and once.",
        metadata=declare(ANSWER, feed=_feed),
    )
    def complaint_changed(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this complaint; all when null.")
        ] = None,
        after: Annotated[
            BigInt | None,
            strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
        ] = None,
        mode: Annotated[
            FeedMode,
            strawberry.argument(
                description="LATEST skips intermediate changes; without `id`, those of other complaints too."
            ),
        ] = FeedMode.EVERY,
    ) -> AsyncIterator[ComplaintUpdate]:
        raise AssertionError("the engine opens the feed")
