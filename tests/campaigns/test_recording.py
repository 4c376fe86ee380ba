"""Events in: totals, uniques, series and parts are those of a recount, whatever the order, batches and repetitions."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.campaigns.actions.recording import Recorded
from server.campaigns.model import SeenEvent
from server.campaigns.rules.counting import Counted, Known, cell, count, rows
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.campaigns.rules.metrics import (
    COLUMNS,
    DEVICES,
    WIDTH,
    Dimension,
    bucket_start,
    code_number,
    country_number,
    moment,
    second_of,
)
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


@given(seed=st.integers(0, 2**32), size=st.integers(1, 60), dice=st.randoms(use_true_random=False))
def test_any_order_in_any_batches_counts_the_same(seed: int, size: int, dice: random.Random) -> None:
    events = make_events(seed, 60, "cmp_1", recipients=5, repeated=0)
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
    random.Random(3).shuffle(events)  # noqa: S311
    recorded = await meter.record(events, batch=97)
    assert recorded == Recorded(accepted=700, duplicates=35)
    for campaign_id, given in ((mine, of_mine), (other, of_other)):
        recount = Recount(given)
        assert await meter.row(campaign_id) == recount.row()
        assert await meter.series(campaign_id) == recount.series()
        for dimension in PARTS:
            found = await meter.breakdown(campaign_id, dimension)
            assert found == recount.breakdown(dimension), dimension
    one, two = Recount(of_mine), Recount(of_other)
    assert await meter.row(ACCOUNT) == [a + b for a, b in zip(one.row(), two.row(), strict=True)]
    assert set(await meter.series(ACCOUNT)) == {*one.series(), *two.series()}
