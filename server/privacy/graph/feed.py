"""Recipients' requests live."""

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
from server.privacy.actions.recipient_events import CHANGES
from server.privacy.graph.types import ANSWER, RecipientRequestType, RecipientRequestUpdate
from server.privacy.reads import recipient_requests as reads
from server.privacy.reads.recipient_requests import RequestRow


class RecipientRequestFeed(SubjectFeed):
    """The changes of one request, or of all to the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> RequestRow | None:
        return reads.request(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[RequestRow]:
        return reads.requests_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, RequestRow]:
        return reads.requests(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: RequestRow) -> RequestRow:
        return row._replace(status=orjson.loads(event.data)["status"], updated_at=event.at)

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: RequestRow | None,
        newest: Sequence[RequestRow],
    ) -> RecipientRequestUpdate:
        return RecipientRequestUpdate(
            kind=kind,
            sequence=sequence,
            request=None if row is None else RecipientRequestType.of(read, row),
            newest=[RecipientRequestType.of(read, each) for each in newest],
        )


@strawberry.type
class RecipientRequestSubscriptions:
    @strawberry.subscription(
        description="Every change of one recipient's request, or of all to the account, in order and once.",
        metadata=declare(ANSWER, feed=RecipientRequestFeed.opened),
    )
    def recipient_request_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[RecipientRequestUpdate]:
        raise AssertionError("the engine opens the feed")
