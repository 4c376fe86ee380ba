"""Recipients' requests live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import orjson
import strawberry

from server.campaigns.graph.types import account_of
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.context import Info
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.privacy.actions.recipient_events import CHANGES
from server.privacy.graph.types import ANSWER, RecipientRequestType, RecipientRequestUpdate
from server.privacy.reads import recipient_requests as reads
from server.privacy.reads.recipient_requests import RequestRow

SNAPSHOT_REQUESTS_MAX = 20


class RecipientRequestFeed(EventFeed):
    """The changes of one request, or of all to the account."""

    events = CHANGES

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.request(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> RecipientRequestUpdate:
        row, newest = None, []
        if self.subject_id is None:
            newest = list(reads.requests_of_account(read, self.account_id, SNAPSHOT_REQUESTS_MAX))
        else:
            row = reads.request(read, self.account_id, self.subject_id)
        return RecipientRequestUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            request=None if row is None else RecipientRequestType.of(read, row),
            newest=[RecipientRequestType.of(read, each) for each in newest],
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[RecipientRequestUpdate]:
        rows = reads.requests(read, self.account_id, {event.subject_id for event in stored})
        return [_change(read, event, rows.get(event.subject_id)) for event in stored]


def _change(read: Read, event: StoredEvent, row: RequestRow | None) -> RecipientRequestUpdate:
    return RecipientRequestUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        request=None if row is None else RecipientRequestType.of(read, _as_of(event, row)),
        newest=[],
    )


def _as_of(event: StoredEvent, row: RequestRow) -> RequestRow:
    """The request in the status that it had right after the event."""
    return row._replace(status=orjson.loads(event.data)["status"], updated_at=event.at)


def _feed(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> RecipientRequestFeed:
    return RecipientRequestFeed(account_of(info), id, after, mode)


@strawberry.type
class PrivacySubscriptions:
    @strawberry.subscription(
        description="Every change of one recipient's request, or of all to the account, in order and once.",
        metadata=declare(ANSWER, feed=_feed),
    )
    def recipient_request_changed(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this request; all when null.")
        ] = None,
        after: Annotated[
            BigInt | None,
            strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
        ] = None,
        mode: Annotated[
            FeedMode,
            strawberry.argument(
                description="LATEST skips intermediate changes; without `id`, those of other requests too."
            ),
        ] = FeedMode.EVERY,
    ) -> AsyncIterator[RecipientRequestUpdate]:
        raise AssertionError("the engine opens the feed")
