"""Joining and resuming a live feed: no gap, no duplicate, whatever is committed meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.graph.live import LiveLimits
from server.kit.graph.sink import CloseReason
from server.kit.work import Call, Units, Work
from tests.kit.live_world import Asked, Recorder, Rows, World, prune, spend

SMALL = LiveLimits(events_per_read_max=3, latest_per_second_max=1_000)


@pytest.fixture
async def world(units: Units) -> AsyncIterator[World]:
    world = World(units, limits=SMALL)
    await world.start()
    yield world
    await world.live.close()


def assert_contiguous(sequences: list[int]) -> None:
    assert sequences == list(range(sequences[0], sequences[-1] + 1))


async def test_a_join_gives_the_state_and_then_every_change(world: World) -> None:
    await world.spend(4)
    sink = Recorder()
    await world.subscribe(Asked(), sink)
    assert sink.events == [{"kind": "SNAPSHOT", "sequence": 4, "total": 4}]
    await world.spend(5)
    await sink.reached(9)
    assert sink.sequences == [4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("seed", range(12))
async def test_joins_race_with_writers_without_gap_or_duplicate(world: World, seed: int) -> None:
    chance = random.Random(seed)
    sinks = [Recorder() for _ in range(40)]

    async def join(sink: Recorder) -> None:
        for _ in range(chance.randrange(30)):
            await asyncio.sleep(0)
        await world.subscribe(Asked(), sink)

    await asyncio.gather(*(world.spend(15) for _ in range(4)), *(join(sink) for sink in sinks))
    for sink in sinks:
        await sink.reached(60)
        assert_contiguous(sink.sequences)


async def test_a_hundred_cuts_and_resumes_see_every_sequence_once(world: World) -> None:
    chance = random.Random(5)
    seen = [0]

    async def watch() -> None:
        for _ in range(100):
            sink = Recorder()
            subscription = await world.subscribe(Asked(after=seen[-1]), sink)
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            await subscription.cancel()
            seen.extend(sink.sequences)
        sink = Recorder()
        await world.subscribe(Asked(after=seen[-1]), sink)
        await asyncio.gather(*writers)
        if seen[-1] < 120:
            await sink.reached(120)
        seen.extend(sink.sequences)

    writers = [asyncio.ensure_future(world.spend(40)) for _ in range(3)]
    await watch()
    assert seen == list(range(121))


@pytest.mark.parametrize("after", [7, 11, 12])
async def test_resuming_far_behind_replays_in_batches(world: World, after: int) -> None:
    await world.spend(12)
    live, resumed = Recorder(), Recorder()
    await world.subscribe(Asked(), live)
    await world.subscribe(Asked(after=after), resumed)
    await world.spend()
    await resumed.reached(13)
    assert resumed.sequences == list(range(after + 1, 14))
    await live.reached(13)
    assert live.sequences == [12, 13]


async def test_a_slow_replay_waits_for_its_client_and_for_nobody_else(units: Units) -> None:
    limits = LiveLimits(events_per_read_max=3, every_backlog_messages_max=6, lag_check_seconds=0.001)
    world = World(units, limits=limits)
    await world.start()
    await world.spend(20)
    slow, quick = Recorder(reads=False), Recorder()
    await world.subscribe(Asked(after=0), slow)
    await world.subscribe(Asked(), quick)
    await world.spend(1)
    await quick.reached(21)
    assert slow.backlog <= 6
    assert slow.closed is None
    while slow.sequences[-1] < 21:
        slow.drain()
        await asyncio.sleep(0)
    assert slow.sequences == list(range(1, 22))
    await world.live.close()


async def test_an_unreachable_cursor_is_answered_by_a_reset(world: World) -> None:
    await world.spend(6)
    await world.units.run(Call("prune"), lambda work: prune(work, 4))
    for after, expected in ((3, "RESET"), (7, "RESET"), (4, "CHANGE")):
        sink = Recorder()
        await world.subscribe(Asked(after=after), sink)
        await sink.reached(5)
        assert sink.events[0]["kind"] == expected
        if expected == "RESET":
            assert sink.events[0]["sequence"] == 6


# ---- the three ways in which cursor streams of others lose rows (Hasura)


async def test_concurrent_commits_lose_no_row(world: World) -> None:
    sink = Recorder()
    await world.subscribe(Asked(), sink)
    await asyncio.gather(*(world.spend() for _ in range(60)))
    await sink.reached(60)
    assert sink.sequences == list(range(61))


async def test_a_batch_edge_loses_no_row(world: World) -> None:
    sink = Recorder()
    await world.subscribe(Asked(), sink)
    for batch in (2, 3, 4, 6, 7):  # around multiples of the batch size, each in one transaction and instant
        before = sink.sequences[-1]

        def many(work: Work, count: int = batch) -> None:
            for _ in range(count):
                spend(work)

        await world.units.run(Call("spend"), many)
        await sink.reached(before + batch)
    assert_contiguous(sink.sequences)


async def test_eviction_of_what_was_not_read_yet_is_told(world: World) -> None:
    sink = Recorder()
    await world.subscribe(Asked(), sink)
    await world.spend()
    await sink.reached(1)

    def spend_and_prune(work: Work) -> None:
        for _ in range(5):
            spend(work)
        prune(work, 4)

    await world.units.run(Call("spend"), spend_and_prune)
    await world.spend()
    await sink.reached(7)
    events = [event for event in sink.events if event["sequence"] > 1]
    assert events[0]["kind"] == "RESET"
    assert_contiguous([event["sequence"] for event in events])


@pytest.mark.parametrize("mode", list(FeedMode))
async def test_push_equals_refetch(world: World, mode: FeedMode) -> None:
    await world.spend(3)
    sink = Recorder()
    await world.subscribe(Asked(mode), sink)
    await asyncio.gather(*(world.spend(10) for _ in range(4)))
    await sink.reached(43)
    total = 0
    for event in sink.events:
        total = (
            event["total"] if mode is FeedMode.LATEST or "amount" not in event else total + event["amount"]
        )
    fetched = await world.units.read(lambda read: Rows(mode, None).state(read, FeedEventKind.SNAPSHOT))
    assert (sink.sequences[-1], total) == (fetched.sequence, fetched.value["total"])
    assert sink.sequences == sorted(set(sink.sequences))


async def test_the_end_of_the_server_is_told(world: World) -> None:
    sinks = [Recorder() for _ in range(3)]
    for sink in sinks:
        await world.subscribe(Asked(), sink)
    await world.live.close()
    assert {sink.closed for sink in sinks} == {CloseReason.GOING_AWAY}
    assert (world.live.channel_count, world.live.subscription_count) == (0, 0)
