"""Events in: totals, uniques, series and parts are those of a recount, whatever the order, batches and repetitions."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.campaigns.actions.recording import Recorded, record_events
from server.campaigns.model import SeenEvent
from server.campaigns.reads import statistics as reads
from server.campaigns.rules.counting import Counted, Known, count, rows
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.campaigns.rules.metrics import (
    DEVICES,
    WIDTH,
    Dimension,
    bucket_start,
    code_number,
    country_number,
    moment,
    second_of,
)
from server.campaigns.rules.recording import RecordingTerms
from server.campaigns.rules.series import Step, zone
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from tests.campaigns.counting import ACCOUNT, Meter
from tests.campaigns.counting import meter as meter
from tests.campaigns.recounting import NOON, Recount, make_events

PARTS = [dimension for dimension in Dimension if dimension is not Dimension.ALL]


def counted(event: MessageEvent) -> Counted:
    domain = int(event.recipient.partition("@")[2].removeprefix("isp")[0]) + 1
    device = DEVICES.index(event.device)
    return Counted(
        recipient=event.recipient.encode(),
        kind=event.kind,
        moment=moment(second_of(event.at), domain, country_number(event.country), device),
        bounce=event.bounce,
        code=code_number(event.code),
        link=0 if event.link is None else int(event.link.rpartition("/")[2]) + 1,
        machine=event.machine,
        suspect_bot=event.suspect_bot,
    )


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 40), dice=st.randoms(use_true_random=False))
def test_any_order_in_any_batches_counts_the_same(seed: int, size: int, dice: random.Random) -> None:
    events = make_events(seed, 40, "cmp_1", recipients=4, repeated=0)
    recount = Recount(events)
    dice.shuffle(events)
    known, totals, series = Known(), [0] * WIDTH, {}
    for start in range(0, len(events), size):
        changes = count([counted(event) for event in events[start : start + size]], known)
        totals = [one + two for one, two in zip(totals, changes.totals()[Dimension.ALL, 0], strict=True)]
        for bucket, row in rows(changes.buckets).items():
            before = series.get(bucket_start(bucket), [0] * WIDTH)
            series[bucket_start(bucket)] = [one + two for one, two in zip(before, row, strict=True)]
    assert totals == recount.row()
    assert {start: row for start, row in series.items() if any(row)} == recount.series()


async def test_what_is_stored_equals_a_recount(meter: Meter) -> None:
    mine, other = await meter.begin(), await meter.begin()
    of_mine, of_other = make_events(1, 400, mine), make_events(2, 300, other)
    of_other = [replace(event, key=f"other-{event.key}") for event in of_other]
    events = [*of_mine, *of_other]
    random.Random(3).shuffle(events)
    recorded = await meter.record(events, batch=97)
    assert recorded == Recorded(accepted=700, duplicates=35)
    for campaign_id, of_campaign in ((mine, of_mine), (other, of_other)):
        recount = Recount(of_campaign)
        assert await meter.row(campaign_id) == recount.row()
        assert await meter.series(campaign_id) == recount.series()
        for dimension in PARTS:
            found = await meter.breakdown(campaign_id, dimension)
            assert found == recount.breakdown(dimension), dimension
    one, two = Recount(of_mine), Recount(of_other)
    assert await meter.row(ACCOUNT) == [a + b for a, b in zip(one.row(), two.row(), strict=True)]
    assert set(await meter.series(ACCOUNT)) == {*one.series(), *two.series()}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_many_events_equal_a_brute_force_recount(meter: Meter, request: pytest.FixtureRequest) -> None:
    count = 1_000_000 if request.config.getoption("--full") else 50_000
    campaign_id = await meter.begin()
    events = make_events(11, count, campaign_id)
    recorded = await meter.record(events, batch=5_000)
    assert recorded == Recorded(accepted=count, duplicates=count // 20)
    recount = Recount(events)
    assert await meter.row(campaign_id) == recount.row()
    assert await meter.series(campaign_id) == recount.series()
    for dimension in PARTS:
        assert await meter.breakdown(campaign_id, dimension) == recount.breakdown(dimension), dimension


async def test_list_detail_and_every_series_agree(meter: Meter) -> None:
    campaign_id = await meter.begin()
    await meter.record(make_events(5, 300, campaign_id))
    total = await meter.row(campaign_id)
    for name in ("UTC", "Asia/Kathmandu", "Europe/Zurich"):
        for step in Step:
            series = await meter.units.read(
                lambda read, step=step, name=name: reads.series(
                    read, campaign_id, step, zone(name), None, None
                )
            )
            assert [
                sum(column) for column in zip(*[counts.row for *_, counts in series], strict=True)
            ] == total
            assert [ends for _, ends, _ in series][:-1] == [starts for starts, *_ in series][1:]
    listed = await meter.units.read(lambda read: reads.wholes(read, [campaign_id, ACCOUNT]))
    assert [list(listed[each].counts.row) for each in (campaign_id, ACCOUNT)] == [total, total]
    since = NOON - timedelta(days=9)
    between = await meter.units.read(
        lambda read: reads.between(read, ACCOUNT, since, NOON + timedelta(hours=1))
    )
    assert list(between.row) == total


async def test_a_repetition_is_one_from_the_same_source_only(meter: Meter) -> None:
    campaign_id = await meter.begin()
    (event,) = make_events(1, 1, campaign_id, repeated=0)
    assert await meter.record([event, event]) == Recorded(accepted=1, duplicates=1)
    assert await meter.record([replace(event, at=event.at - timedelta(hours=1))]) == Recorded(duplicates=1)
    assert await meter.record([event], source="another") == Recorded(accepted=1)


async def test_what_names_no_campaign_of_the_account_or_comes_too_late_is_not_counted(meter: Meter) -> None:
    mine, foreign = await meter.begin(), await meter.begin(account_id="acc_other")
    (event,) = make_events(1, 1, mine, repeated=0)
    late = replace(event, key="late", at=meter.clock.now() - timedelta(days=30, seconds=1))
    events = [event, late, replace(event, campaign_id=foreign), replace(event, campaign_id="cmp_none")]

    def record(work: Work) -> Recorded:
        return record_events(work, "test", events, account_id=ACCOUNT, billable=False)

    recorded = await meter.units.run(Call("test", SYSTEM), record)
    assert recorded == Recorded(accepted=1, unknown=2, outdated=1)
    assert sum(await meter.row(foreign)) == 0


def at_reader(campaign_id: str, number: int, kind: EventKind, **changes: Any) -> MessageEvent:
    recipient = f"reader{number}@isp0.example.com"
    event = MessageEvent(f"{kind}-{number}", campaign_id, recipient, kind, NOON - timedelta(hours=1))
    return replace(event, **changes)


async def test_who_must_not_be_written_to_is_suppressed_and_a_block_suppresses_nobody(meter: Meter) -> None:
    campaign_id = await meter.begin()
    harmless = [
        at_reader(campaign_id, 1, EventKind.BOUNCED, bounce=BounceClass.BLOCK, code="5.7.1"),
        at_reader(campaign_id, 2, EventKind.BOUNCED, bounce=BounceClass.SOFT, code="4.2.2"),
        at_reader(campaign_id, 3, EventKind.BOUNCED, bounce=BounceClass.UNDETERMINED),
        at_reader(campaign_id, 4, EventKind.CLICKED),
        at_reader(campaign_id, 5, EventKind.DEFERRED),
    ]
    await meter.record(harmless)
    assert await meter.reasons() == []
    await meter.record(
        [
            at_reader(campaign_id, 6, EventKind.UNSUBSCRIBED),
            at_reader(campaign_id, 7, EventKind.COMPLAINED),
            at_reader(campaign_id, 8, EventKind.BOUNCED, bounce=BounceClass.HARD, code="5.1.1"),
        ]
    )
    assert await meter.reasons() == ["COMPLAINED", "HARD_BOUNCE", "UNSUBSCRIBED"]


async def test_what_was_seen_is_forgotten_once_it_is_too_old_to_be_repeated(meter: Meter) -> None:
    meter.house.terms.add(replace(RecordingTerms(), seen_pruned_in_parts=3))
    campaign_id = await meter.begin()
    events = [replace(event, at=NOON) for event in make_events(1, 20, campaign_id, repeated=0)]
    await meter.record(events)
    total = await meter.row(campaign_id)
    meter.clock.set(NOON + timedelta(days=30))
    await meter.prune()
    assert await meter.count(SeenEvent) == 20
    assert await meter.record(events) == Recorded(duplicates=20)
    meter.clock.advance(timedelta(seconds=1))
    assert await meter.record(events) == Recorded(outdated=20)
    meter.clock.advance(timedelta(days=1))
    await meter.prune()
    assert await meter.count(SeenEvent) == 0
    assert await meter.record(events) == Recorded(outdated=20)
    assert await meter.row(campaign_id) == total
