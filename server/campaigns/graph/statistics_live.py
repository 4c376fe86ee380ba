"""Statistics live: some updates a second, each with all that is counted by then, shared by all who watch the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Hashable, Sequence
from typing import Annotated, Any

import strawberry

from server.campaigns import reads as campaign_reads
from server.campaigns.actions.statistics import live_topic
from server.campaigns.graph.statistics_types import (
    AccountActivityUpdate,
    CampaignStatistics,
    CampaignStatsUpdate,
    MessageCounts,
    newest_statistics,
)
from server.campaigns.graph.types import READ
from server.campaigns.reads import statistics as reads
from server.kit.graph.access import declare
from server.kit.graph.context import Info, account_of
from server.kit.graph.feed import FeedEvent, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.problems import PublicError
from server.kit.work import Read

CAMPAIGNS_SHOWN = 20
UPDATES_PER_SECOND_MAX = 4.0


class StatisticsFeed(ABC):
    """What is counted of a campaign or an account. Batches follow each other fast: only the newest state is sent."""

    mode = FeedMode.LATEST
    updates_per_second_max = UPDATES_PER_SECOND_MAX

    def __init__(self, account_id: str, subject_id: str, after: int | None) -> None:
        self.account_id = account_id
        self.subject_id = subject_id
        self.after = after
        self.topic = live_topic(subject_id)
        self.key: Hashable = (type(self).__qualname__, subject_id)

    @abstractmethod
    def update(self, read: Read, kind: FeedEventKind, sequence: int) -> Any:
        """What is counted now, as a message of the feed."""

    def head(self, read: Read) -> int:
        return reads.sequence(read, self.subject_id)

    def oldest(self, read: Read) -> int:
        return 0  # a state needs no history

    def state(self, read: Read, kind: FeedEventKind) -> FeedEvent:
        sequence = self.head(read)
        return FeedEvent(sequence, self.update(read, kind, sequence))

    def since(self, read: Read, after: int, limit: int) -> Sequence[FeedEvent]:
        newest = self.latest(read, after)
        return [] if newest is None else [newest]

    def latest(self, read: Read, after: int) -> FeedEvent | None:
        state = self.state(read, FeedEventKind.CHANGE)
        return state if state.sequence > after else None


class CampaignStatsFeed(StatisticsFeed):
    """One campaign's."""

    def head(self, read: Read) -> int:
        if campaign_reads.campaign(read, self.account_id, self.subject_id) is None:
            raise PublicError("NOT_FOUND", "There is nothing with this id.")  # foreign reads the same (Q014)
        return super().head(read)

    def update(self, read: Read, kind: FeedEventKind, sequence: int) -> CampaignStatsUpdate:
        row = campaign_reads.campaign(read, self.account_id, self.subject_id)
        assert row is not None, "`head` found it in this snapshot"
        (statistics,) = CampaignStatistics.many(read, [row])
        return CampaignStatsUpdate(kind=kind, sequence=BigInt(sequence), statistics=statistics)


class AccountActivityFeed(StatisticsFeed):
    """All of an account's."""

    def update(self, read: Read, kind: FeedEventKind, sequence: int) -> AccountActivityUpdate:
        return AccountActivityUpdate(
            kind=kind,
            sequence=BigInt(sequence),
            counts=MessageCounts.of(reads.whole(read, self.account_id).counts),
            campaigns=newest_statistics(read, self.account_id, CAMPAIGNS_SHOWN),
        )


def _campaign_feed(info: Info, id: str, after: int | None = None) -> CampaignStatsFeed:
    return CampaignStatsFeed(account_of(info), id, after)


def _account_feed(info: Info, after: int | None = None) -> AccountActivityFeed:
    account_id = account_of(info)
    return AccountActivityFeed(account_id, account_id, after)


@strawberry.type
class StatisticsSubscriptions:
    @strawberry.subscription(
        description="What is counted of a campaign, a few times a second at most while it changes.",
        metadata=declare(READ, feed=_campaign_feed),
    )
    def campaign_stats(
        self,
        id: Annotated[strawberry.ID, strawberry.argument(description="The campaign's id, `cmp_…`.")],
        after: ResumeAfter = None,
    ) -> AsyncIterator[CampaignStatsUpdate]:
        raise AssertionError("the engine opens the feed")

    @strawberry.subscription(
        description="What is counted of all campaigns of the signed-in account, a few times a second at most while it "
        "changes.",
        metadata=declare(READ, feed=_account_feed),
    )
    def account_activity(self, after: ResumeAfter = None) -> AsyncIterator[AccountActivityUpdate]:
        raise AssertionError("the engine opens the feed")
