"""Statistics of campaigns and accounts: whole, in steps, in parts, compared, and as files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.campaigns import reads as campaign_reads
from server.campaigns.graph.statistics_types import (
    AccountStatistics,
    CampaignStatistics,
    ComparedCampaign,
    DimensionEnum,
    MessageCounts,
    SeriesPoint,
    StatisticsPart,
    StepEnum,
    statistics_of,
)
from server.campaigns.graph.types import READ, CampaignType
from server.campaigns.reads import CampaignRow
from server.campaigns.reads import statistics as reads
from server.campaigns.rules.metrics import Dimension, bucket_of, bucket_start
from server.campaigns.rules.series import (
    COMPARED_HOURS_MAX,
    COMPARED_MAX,
    SeriesTooLong,
    Step,
    TimeZoneUnknown,
    zone,
)
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.scalars import BigInt
from server.kit.ids import is_id
from server.kit.problems import PublicError
from server.kit.work import Read

CampaignId = Annotated[strawberry.ID, strawberry.argument(description="The campaign's id, `cmp_…`.")]
StepArgument = Annotated[StepEnum, strawberry.argument(description="How long each point is.")]
Zone = Annotated[
    str,
    strawberry.argument(description="The time zone of the steps, by its IANA name, such as Europe/Zurich."),
]
Since = Annotated[
    datetime | None,
    strawberry.argument(
        description="The step of this instant is the first; that of the first event when null."
    ),
]
Until = Annotated[
    datetime | None,
    strawberry.argument(
        description="The step that ends at or behind this instant is the last; that of the last event when null."
    ),
]


@strawberry.type
class StatisticsQueries:
    @strawberry.field(
        description="What is counted of a campaign; null when there is no such one.", metadata=declare(READ)
    )
    def campaign_statistics(self, info: Info, id: CampaignId) -> CampaignStatistics | None:
        row = _campaign(info, id)
        return None if row is None else CampaignStatistics.many(info.context.read, [row])[0]

    @strawberry.field(
        description="A campaign in steps of time, without gaps: their sum is what is counted in all. At most 3,000 "
        "steps; none before its first event, or when there is no such campaign.",
        metadata=declare(READ),
    )
    def campaign_series(
        self,
        info: Info,
        id: CampaignId,
        step: StepArgument,
        time_zone: Zone = "UTC",
        since: Since = None,
        until: Until = None,
    ) -> list[SeriesPoint]:
        row = _campaign(info, id)
        return [] if row is None else _series(info.context.read, row.id, step, time_zone, since, until)

    @strawberry.field(
        description="What is counted of a campaign by link, domain, country, device or bounce code, the most events "
        "first.",
        metadata=declare(READ),
    )
    def campaign_breakdown(
        self,
        info: Info,
        id: CampaignId,
        by: Annotated[DimensionEnum, strawberry.argument(description="By what.")],
        first: First = 20,
        after: After = None,
    ) -> Connection[StatisticsPart]:
        read, row = info.context.read, _campaign(info, id)
        scope = None if row is None else reads.scope(read, row.id)
        wanted, behind = rows_wanted(first), _place_after(after)
        found = [] if scope is None else reads.parts(read, scope.number, Dimension[by.name], wanted, behind)
        return page(found, first, after, StatisticsPart.of, lambda part: f"{part.weight}.{part.value}")

    @strawberry.field(
        description="Campaigns side by side, by the hours since each was launched; those that are not there are left "
        "out.",
        metadata=declare(READ),
    )
    def compare_campaigns(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Which campaigns, at most 10.")],
        hours: Annotated[int, strawberry.argument(description="For how many hours, at most 720.")] = 48,
    ) -> list[ComparedCampaign]:
        if not 1 <= len(ids) <= COMPARED_MAX or not 1 <= hours <= COMPARED_HOURS_MAX:
            message = f"Compare 1 to {COMPARED_MAX} campaigns over 1 to {COMPARED_HOURS_MAX} hours."
            raise PublicError("BAD_USER_INPUT", message)
        read = info.context.read
        rows = campaign_reads.campaigns(read, account_of(info), [each for each in ids if is_id(each, "cmp")])
        return [_compared(read, rows[each], hours) for each in dict.fromkeys(ids) if each in rows]

    @strawberry.field(
        description="What is counted of all campaigns of the signed-in account.", metadata=declare(READ)
    )
    def account_statistics(self, info: Info, since: Since = None, until: Until = None) -> AccountStatistics:
        read, account_id = info.context.read, account_of(info)
        whole = reads.whole(read, account_id)
        counts = whole.counts
        if since is not None or until is not None:
            counts = reads.between(read, account_id, since, until)
        return AccountStatistics(sequence=BigInt(whole.sequence), counts=MessageCounts.of(counts))

    @strawberry.field(
        description="All campaigns of the signed-in account in steps of time, without gaps. At most 3,000 steps.",
        metadata=declare(READ),
    )
    def account_series(
        self,
        info: Info,
        step: StepArgument,
        time_zone: Zone = "UTC",
        since: Since = None,
        until: Until = None,
    ) -> list[SeriesPoint]:
        return _series(info.context.read, account_of(info), step, time_zone, since, until)


@strawberry.field(description="What is counted of the campaign.", metadata=declare(READ, batch=statistics_of))
def statistics(campaign: strawberry.Parent[CampaignType], info: Info) -> CampaignStatistics:
    raise AssertionError("resolved in batches")


def _campaign(info: Info, id: str) -> CampaignRow | None:
    return campaign_reads.campaign(info.context.read, account_of(info), id)


def _series(
    read: Read,
    subject_id: str,
    step: StepEnum,
    time_zone: str,
    since: datetime | None,
    until: datetime | None,
) -> list[SeriesPoint]:
    try:
        found = reads.series(read, subject_id, Step[step.name], zone(time_zone), since, until)
    except (TimeZoneUnknown, SeriesTooLong) as refused:
        raise PublicError("BAD_USER_INPUT", refused.message) from None
    return [
        SeriesPoint(starts_at=starts, ends_at=ends, counts=MessageCounts.of(counts))
        for starts, ends, counts in found
    ]


def _compared(read: Read, row: CampaignRow, hours: int) -> ComparedCampaign:
    scope = reads.scope(read, row.id)
    starts = row.launched_at or (None if scope is None else scope.first_at)
    if scope is None or starts is None:
        return ComparedCampaign(campaign_id=strawberry.ID(row.id), starts_at=starts, hours=[])
    start = bucket_of(starts)
    counted = reads.hours(read, scope.number, start, hours)
    return ComparedCampaign(
        campaign_id=strawberry.ID(row.id),
        starts_at=bucket_start(start),
        hours=[MessageCounts.of(counts) for counts in counted],
    )


def _place_after(after: str | None) -> tuple[int, int] | None:
    key = key_after(after)
    if key is None:
        return None
    weight, _, value = key.partition(".")
    if not (weight.isdigit() and value.isdigit() and len(weight) <= 18 and len(value) <= 9):
        raise PublicError("BAD_USER_INPUT", "`after` is not a cursor of this list.")
    return int(weight), int(value)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(CampaignType, statistics)]
