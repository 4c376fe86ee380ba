"""Recipients' requests live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Annotated

import orjson
import strawberry

from server.campaigns.graph.types import account_of
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.context import Info
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import FeedEventKind, FeedMode
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


def _feed(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> RecipientRequestFeed:
    return RecipientRequestFeed(account_of(info), id, after, mode)


@strawberry.type
class RecipientRequestSubscriptions:
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
