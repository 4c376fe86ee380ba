"""One execution for many subscribers: sharing, slow clients, pace, limits, and what is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.kit.graph.feed import FeedMode
from server.kit.graph.live import LiveLimits
from server.kit.graph.sink import CloseReason
from server.kit.problems import PublicError
from server.kit.work import Units
from tests.kit.live_world import STREAM, Asked, ManualTimer, Recorder, Rows, World

LATEST = Asked(FeedMode.LATEST)


@pytest.fixture
def timer() -> ManualTimer:
    return ManualTimer()


@pytest.fixture
async def world(units: Units, timer: ManualTimer) -> AsyncIterator[World]:
    limits = LiveLimits(every_backlog_messages_max=5, latest_backlog_messages_max=2, latest_per_second_max=10)
    world = World(units, timer, limits)
    await world.start()
    yield world
    await world.live.close()


async def settle(world: World) -> None:
    """Until the database has answered whatever the hub has asked so far."""
    for _ in range(5):
        await world.units.read(lambda read: None)
        await asyncio.sleep(0)


async def test_a_thousand_subscribers_share_one_rendering_and_one_payload(world: World) -> None:
    sinks = [Recorder() for _ in range(1000)]
    for number, sink in enumerate(sinks):
        await world.subscribe(Asked(), sink, f"ses_{number}")
    other = Recorder()
    await world.subscribe(Asked(), other, "key_1", scopes=frozenset({"balance:read"}))
    assert world.live.channel_count == 2
    everybody = [*sinks, other]
    await world.spend()
    for sink in everybody:
        await sink.reached(1)  # whoever joined while a read was under way is served by the one after it
    world.rendered.clear()
    await world.spend(3)
    for sink in everybody:
        await sink.reached(4)
        assert sink.sequences == [0, 1, 2, 3, 4]
    assert set(world.rendered.values()) == {1}
    assert len(world.rendered) == 6, "three sequences, under two authorities"
    assert len({id(payload) for sink in sinks for payload in sink.payloads[2:]}) == 3


async def test_a_slow_every_subscriber_is_closed_and_resumes(world: World) -> None:
    slow, quick = Recorder(reads=False), Recorder()
    await world.subscribe(Asked(), slow)
    await world.subscribe(Asked(), quick)
    for expected in range(1, 9):
        await world.spend()
        await quick.reached(expected)
    assert slow.closed is CloseReason.TOO_SLOW
    assert slow.sequences == list(range(len(slow.sequences)))
    resumed = Recorder()
    await world.subscribe(Asked(after=slow.sequences[-1]), resumed)
    await resumed.reached(8)
    assert slow.sequences + resumed.sequences == list(range(9))


async def test_a_slow_latest_subscriber_is_passed_over_and_ends_at_the_newest(world: World) -> None:
    slow, quick = Recorder(reads=False), Recorder()
    await world.subscribe(LATEST, slow)
    await world.subscribe(LATEST, quick)
    for expected in range(1, 8):
        await world.spend()
        await world.pass_time(lambda expected=expected: quick.has(expected))  # type: ignore[misc]
    assert slow.closed is None
    assert len(slow.payloads) == 2
    slow.drain()
    await world.pass_time(lambda: slow.has(7))
    assert slow.events[-1]["total"] == 7


async def test_latest_keeps_its_pace_and_always_ends_at_the_newest(world: World) -> None:
    sink = Recorder()
    await world.subscribe(LATEST, sink)
    await world.spend()
    await world.pass_time(lambda: sink.has(1))
    for _ in range(5):
        await world.spend(6)
        await settle(world)
    assert sink.sequences == [0, 1], "no second change before a tenth of a second has passed"
    await world.pass_time(lambda: sink.has(31))
    assert sink.sequences == [0, 1, 31]


async def test_a_feed_may_ask_for_a_slower_pace(
    world: World, timer: ManualTimer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Rows, "updates_per_second_max", 2.0, raising=False)
    sink = Recorder()
    await world.subscribe(LATEST, sink)
    await world.spend()
    await world.pass_time(lambda: sink.has(1))
    await world.spend(6)
    timer.advance(0.3)
    await settle(world)
    assert sink.sequences == [0, 1], "no second change before half a second has passed"
    await world.pass_time(lambda: sink.has(7))
    assert sink.sequences == [0, 1, 7]


@pytest.mark.parametrize("mode", list(FeedMode))
async def test_a_lost_wake_up_costs_delay_only(world: World, mode: FeedMode) -> None:
    sink = Recorder()
    await world.subscribe(Asked(mode), sink)
    await world.spend()
    await world.pass_time(lambda: sink.has(1))
    world.units.house.bus.publish = lambda topics: None  # type: ignore[method-assign]
    await world.spend(2)
    await settle(world)
    assert sink.sequences == [0, 1]
    await world.pass_time(lambda: sink.has(3), step_seconds=5)
    assert sink.sequences == ([0, 1, 2, 3] if mode is FeedMode.EVERY else [0, 1, 3])


async def test_a_sink_that_stops_while_being_served_harms_nobody(world: World) -> None:
    sinks = [Recorder() for _ in range(5)]
    subscriptions = [await world.subscribe(Asked(), sink) for sink in sinks]
    leaving = asyncio.gather(*(subscription.cancel() for subscription in subscriptions[:2]))
    await world.spend()
    await leaving
    for sink in sinks[2:]:
        await sink.reached(1)
    assert world.live.subscription_count == 3


async def test_nothing_is_left_after_the_last_has_gone(world: World) -> None:
    before = asyncio.all_tasks()
    await world.spend(300)
    sinks = [Recorder(reads=number % 2 == 0) for number in range(8)]
    asked = [Asked(), LATEST, Asked(after=0), Asked(after=299)]
    subscriptions = [await world.subscribe(asked[n % 4], sink) for n, sink in enumerate(sinks)]
    for subscription in subscriptions:
        await subscription.cancel()
        await subscription.cancel()
    assert (world.live.channel_count, world.live.subscription_count) == (0, 0)
    await asyncio.gather(*(asyncio.all_tasks() - before))
    assert not world.units.house.bus._listeners  # type: ignore[attr-defined]
    sent = [len(sink.payloads) for sink in sinks]
    await world.spend()
    await settle(world)
    assert [len(sink.payloads) for sink in sinks] == sent


async def test_cancelling_a_join_leaves_nothing(world: World) -> None:
    joining = asyncio.ensure_future(world.subscribe(Asked(), Recorder()))
    await asyncio.sleep(0)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert (world.live.channel_count, world.live.subscription_count) == (0, 0)


@pytest.mark.parametrize(
    "limit", ["subscriptions_per_account_max", "subscribers_per_channel_max", "subscriptions_max"]
)
async def test_limits_refuse_and_are_given_back(units: Units, limit: str) -> None:
    world = World(units, limits=LiveLimits(**{limit: 2}))
    await world.start()
    first = await world.subscribe(Asked(), Recorder())
    await world.subscribe(Asked(), Recorder())
    refused = Recorder()
    with pytest.raises(PublicError) as caught:
        await world.subscribe(Asked(), refused)
    assert caught.value.code == ("OVERLOADED" if limit == "subscriptions_max" else "LIMITED")
    assert refused.payloads == []
    await first.cancel()
    await world.subscribe(Asked(), refused)
    assert refused.sequences == [0]
    await world.live.close()


async def test_channels_are_limited(units: Units) -> None:
    world = World(units, limits=LiveLimits(channels_max=1))
    await world.start()
    await world.subscribe(Asked(), Recorder())
    with pytest.raises(PublicError, match="too many"):
        await world.subscribe(LATEST, Recorder())
    assert world.live.subscription_count == 1
    await world.live.close()


async def test_an_unavailable_database_costs_delay_only(world: World, timer: ManualTimer) -> None:
    sink = Recorder()
    await world.subscribe(Asked(), sink)
    await world.spend()
    await sink.reached(1)
    world.fault = ConnectionError("gone")
    await world.spend(3)
    retried_until = timer.time() + 10
    await world.pass_time(lambda: timer.time() >= retried_until)
    assert sink.sequences == [0, 1]
    assert sink.closed is None
    with pytest.raises(PublicError) as caught:
        await world.subscribe(Asked(), Recorder())
    assert caught.value.code == "OVERLOADED"
    world.fault = None
    await world.pass_time(lambda: sink.has(4))
    assert sink.sequences == [0, 1, 2, 3, 4]


async def test_a_bug_closes_the_subscribers_of_its_channel_once(world: World) -> None:
    sinks = [Recorder() for _ in range(3)]
    for sink in sinks:
        await world.subscribe(Asked(), sink)
    world.fault = ZeroDivisionError()
    await world.spend()
    for sink in sinks:
        await sink.ended()
        assert sink.closed is CloseReason.ERROR
    assert world.live.channel_count == 0
    world.fault = None
    again = Recorder()
    await world.subscribe(Asked(after=0), again)
    await again.reached(1)
    assert again.sequences == [1]
    assert STREAM in world.units.house.bus._listeners  # type: ignore[attr-defined]
