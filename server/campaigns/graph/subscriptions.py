"""Campaigns live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import orjson
import strawberry

from server.campaigns import reads
from server.campaigns.actions.events import CHANGES
from server.campaigns.graph.types import READ, CampaignType, CampaignUpdate, account_of
from server.campaigns.reads import CampaignRow
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.context import Info
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.graph.scalars import BigInt
from server.kit.work import Read

SNAPSHOT_CAMPAIGNS_MAX = 20


class CampaignFeed(EventFeed):
    """The changes of one campaign, or of all of the account."""

    events = CHANGES

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.campaign(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> CampaignUpdate:
        if self.subject_id is None:
            row, newest = None, reads.campaigns_of_account(read, self.account_id, SNAPSHOT_CAMPAIGNS_MAX)
        else:
            row, newest = reads.campaign(read, self.account_id, self.subject_id), []
        return CampaignUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            campaign=None if row is None else CampaignType.of(read, row),
            newest=[CampaignType.of(read, each) for each in newest],
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[CampaignUpdate]:
        rows = reads.campaigns(read, self.account_id, {event.subject_id for event in stored})
        return [_change(read, event, rows.get(event.subject_id)) for event in stored]


def _change(read: Read, event: StoredEvent, row: CampaignRow | None) -> CampaignUpdate:
    return CampaignUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        campaign=None if row is None else CampaignType.of(read, _as_of(event, row)),
        newest=[],
    )


def _as_of(event: StoredEvent, row: CampaignRow) -> CampaignRow:
    """The campaign with the state that it had right after the event."""
    return row._replace(**orjson.loads(event.data), updated_at=event.at)


def _feed(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> CampaignFeed:
    return CampaignFeed(account_of(info), id, after, mode)


@strawberry.type
class CampaignSubscriptions:
    @strawberry.subscription(
        description="Every change of one campaign, or of all of the account, in order and once. What its messages cost "
        "meanwhile is told by its statistics and by `balance`.",
        metadata=declare(READ, feed=_feed),
    )
    def campaign_changed(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this campaign; all when null.")
        ] = None,
        after: Annotated[
            BigInt | None,
            strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
        ] = None,
        mode: Annotated[
            FeedMode,
            strawberry.argument(
                description="LATEST skips intermediate changes; without `id`, those of other campaigns too."
            ),
        ] = FeedMode.EVERY,
    ) -> AsyncIterator[CampaignUpdate]:
        raise AssertionError("the engine opens the feed")
