"""Complaints live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import orjson
import strawberry

from server.campaigns.actions.complaints_events import CHANGES
from server.campaigns.graph.complaints_types import ANSWER, ComplaintType, ComplaintUpdate
from server.campaigns.reads import complaints as reads
from server.campaigns.reads.complaints import CaseRow
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read


class ComplaintFeed(SubjectFeed):
    """The changes of one complaint, or of all about the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> CaseRow | None:
        return reads.case(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[CaseRow]:
        return reads.cases_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, CaseRow]:
        return reads.cases(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: CaseRow) -> CaseRow:
        return row._replace(status=orjson.loads(event.data)["status"], updated_at=event.at)

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: CaseRow | None,
        newest: Sequence[CaseRow],
    ) -> ComplaintUpdate:
        return ComplaintUpdate(
            kind=kind,
            sequence=sequence,
            complaint=None if row is None else ComplaintType.of(read, row),
            newest=ComplaintType.many(read, newest),
        )


@strawberry.type
class ComplaintSubscriptions:
    @strawberry.subscription(
        description="Every change of one complaint, or of all about the account, in order and once.",
        metadata=declare(ANSWER, feed=ComplaintFeed.opened),
    )
    def complaint_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[ComplaintUpdate]:
        raise AssertionError("the engine opens the feed")
