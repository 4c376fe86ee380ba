"""Campaigns live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import orjson
import strawberry

from server.campaigns import reads
from server.campaigns.actions.events import CHANGES
from server.campaigns.graph.types import READ, CampaignType, CampaignUpdate
from server.campaigns.reads import CampaignRow
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read


class CampaignFeed(SubjectFeed):
    """The changes of one campaign, or of all of the account."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> CampaignRow | None:
        return reads.campaign(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[CampaignRow]:
        return reads.campaigns_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, CampaignRow]:
        return reads.campaigns(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: CampaignRow) -> CampaignRow:
        return row._replace(**orjson.loads(event.data), updated_at=event.at)

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: CampaignRow | None,
        newest: Sequence[CampaignRow],
    ) -> CampaignUpdate:
        return CampaignUpdate(
            kind=kind,
            sequence=sequence,
            campaign=None if row is None else CampaignType.of(read, row),
            newest=[CampaignType.of(read, each) for each in newest],
        )


@strawberry.type
class CampaignSubscriptions:
    @strawberry.subscription(
        description="Every change of one campaign, or of all of the account, in order and once. What its messages cost "
        "meanwhile is told by its statistics and by `balance`.",
        metadata=declare(READ, feed=CampaignFeed.opened),
    )
    def campaign_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[CampaignUpdate]:
        raise AssertionError("the engine opens the feed")
