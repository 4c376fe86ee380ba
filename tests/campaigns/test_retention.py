"""Statistics end after five years, bounces sooner: to the second, in bounded steps, and no sum changes before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from server.campaigns.model import (
    Bounce,
    Campaign,
    CampaignRecipient,
    LinkClicker,
    RecipientState,
    StatisticBucket,
    StatisticTotal,
    StatisticValue,
)
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.campaigns.rules.recording import RecordingTerms
from tests.campaigns.counting import ACCOUNT, Meter
from tests.campaigns.counting import meter as meter
from tests.campaigns.recounting import NOON, Recount, make_events

KEPT = (RecipientState, LinkClicker, Bounce, StatisticValue, StatisticTotal, StatisticBucket)
SECOND = timedelta(seconds=1)


@pytest.mark.rule("M093", "M096", "C21")
async def test_statistics_are_gone_after_five_years_and_revive_nobody(meter: Meter) -> None:
    meter.house.terms.add(replace(RecordingTerms(), rows_deleted_at_once=50))  # many steps
    campaign_id, other = await meter.begin(), await meter.begin()
    first_at = NOON - timedelta(days=3)
    first = MessageEvent("first", campaign_id, "reader@isp.example.com", EventKind.UNSUBSCRIBED, first_at)
    await meter.record([*make_events(3, 150, campaign_id), first])
    meter.clock.advance(timedelta(days=1))
    others = make_events(4, 40, other, until=NOON + timedelta(days=1))
    await meter.record([replace(event, key=f"other-{event.key}") for event in others])
    await meter.address(campaign_id, 60)
    suppressed, kept = await meter.reasons(), Recount(others).row()
    assert suppressed
    total = await meter.row(campaign_id)
    meter.clock.set(datetime(2031, 2, 27, 8, 59, 59, tzinfo=UTC))
    await meter.fall_due()
    assert await meter.row(campaign_id) == total
    meter.clock.advance(SECOND)
    await meter.fall_due()
    assert sum(await meter.row(campaign_id)) == 0
    assert await meter.row(ACCOUNT) == await meter.row(other) == kept
    assert await meter.series(ACCOUNT) == await meter.series(other)
    meter.clock.advance(timedelta(days=366))
    await meter.fall_due()
    assert [await meter.count(table) for table in (*KEPT[:4], CampaignRecipient)] == [0] * 5
    texts = await meter.units.read(lambda read: read.rows(select(Campaign.subject, Campaign.text)))
    assert [tuple(row) for row in texts] == [(None, None)] * 2
    assert await meter.series(ACCOUNT) == {}
    assert await meter.reasons() == suppressed


@pytest.mark.rule("M094", "M095")
@pytest.mark.parametrize(
    ("bounce", "ends"),
    [
        (BounceClass.SOFT, datetime(2026, 9, 2, 9, tzinfo=UTC)),
        (BounceClass.HARD, datetime(2027, 3, 2, 9, tzinfo=UTC)),
        (BounceClass.BLOCK, datetime(2027, 3, 2, 9, tzinfo=UTC)),
    ],
)
async def test_bounces_are_gone_in_time_and_the_sums_stay(
    meter: Meter, bounce: BounceClass, ends: datetime
) -> None:
    campaign_id = await meter.begin()
    given = MessageEvent(
        "one", campaign_id, "reader@isp.example.com", EventKind.BOUNCED, NOON, bounce, "5.0.0"
    )
    later = replace(given, key="two", recipient="other@isp.example.com", at=NOON + SECOND)
    await meter.record([later, given])
    total, suppressed = await meter.row(campaign_id), await meter.reasons()
    for at, left in ((ends - SECOND, 2), (ends, 1), (ends + SECOND, 0)):
        meter.clock.set(at)
        await meter.fall_due()
        assert await meter.count(Bounce) == left
    assert await meter.row(campaign_id) == total
    assert await meter.reasons() == suppressed


async def test_no_bounce_counts_twice_once_the_first_one_is_deleted(meter: Meter) -> None:
    campaign_id = await meter.begin()
    bounce = MessageEvent(
        "one", campaign_id, "reader@isp.example.com", EventKind.BOUNCED, NOON, BounceClass.SOFT
    )
    await meter.record([bounce])
    total = await meter.row(campaign_id)
    meter.clock.set(datetime(2026, 9, 2, 9, tzinfo=UTC))
    await meter.fall_due()
    assert await meter.count(Bounce) == 0
    again = replace(bounce, key="two", at=meter.clock.now())
    assert (await meter.record([again])).outdated == 1
    assert await meter.row(campaign_id) == total
