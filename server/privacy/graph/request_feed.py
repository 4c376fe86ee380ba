"""Customers' requests live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.privacy.actions.request_changes import CHANGES
from server.privacy.graph.request_types import ASK, PrivacyRequestType, PrivacyRequestUpdate
from server.privacy.reads import requests as reads
from server.privacy.reads.requests import PrivacyRequestRow


class PrivacyRequestFeed(SubjectFeed):
    """The changes of one request, or of all of the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> PrivacyRequestRow | None:
        return reads.request(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[PrivacyRequestRow]:
        return reads.requests_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, PrivacyRequestRow]:
        return reads.requests(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: PrivacyRequestRow) -> PrivacyRequestRow:
        told = orjson.loads(event.data)
        due_at = datetime.fromisoformat(told["due_at"])
        return row._replace(status=told["status"], due_at=due_at, updated_at=event.at)

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: PrivacyRequestRow | None,
        newest: Sequence[PrivacyRequestRow],
    ) -> PrivacyRequestUpdate:
        return PrivacyRequestUpdate(
            kind=kind,
            sequence=sequence,
            request=None if row is None else PrivacyRequestType.of(read, row),
            newest=[PrivacyRequestType.of(read, each) for each in newest],
        )


@strawberry.type
class PrivacyRequestSubscriptions:
    @strawberry.subscription(
        description="Every change of one request about the account's data, or of all, in order and once.",
        metadata=declare(ASK, feed=PrivacyRequestFeed.opened),
    )
    def privacy_request_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[PrivacyRequestUpdate]:
        raise AssertionError("the engine opens the feed")
