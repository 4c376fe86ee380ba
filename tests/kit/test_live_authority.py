"""Access while a subscription runs: nothing committed after a revocation reaches the revoked (DESIGN §4, P046)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from server.kit.clock import ManualClock
from server.kit.graph.feed import FeedMode
from server.kit.graph.live import LiveLimits
from server.kit.graph.sink import CloseReason
from server.kit.problems import PublicError
from server.kit.work import Call, Read, Units, Work
from tests.kit.live_world import Asked, ManualTimer, Recorder, World, revoke, spend

T = TypeVar("T")
MODES = pytest.mark.parametrize("mode", list(FeedMode))


@pytest.fixture
async def world(units: Units) -> AsyncIterator[World]:
    world = World(units)
    await world.start()
    yield world
    await world.live.close()


@pytest.mark.rule("P046")
@MODES
async def test_a_revoked_idle_subscriber_is_closed_at_once_and_alone(world: World, mode: FeedMode) -> None:
    gone, kept = Recorder(), Recorder()
    await world.subscribe(Asked(mode), gone, "ses_1")
    await world.subscribe(Asked(mode), kept, "ses_2")
    await world.revoke("ses_1")
    await gone.ended()
    assert gone.closed is CloseReason.REVOKED
    await world.spend()
    await kept.reached(1)
    assert kept.closed is None
    assert gone.sequences == [0]


@pytest.mark.parametrize("seed", range(6))
async def test_revoking_races_with_spending(world: World, seed: int) -> None:
    gone, kept, late = Recorder(), Recorder(), Recorder()
    await world.subscribe(Asked(), gone, "ses_1")
    await world.subscribe(Asked(), kept, "ses_2")
    at_revocation: list[int] = []

    def revoke_and_note(work: Work) -> None:
        at_revocation.append(spend(work))  # under the stream's lock, so the order of commits is known
        revoke(work, "ses_1")

    async def revoking() -> None:
        for _ in range(seed * 3):
            await asyncio.sleep(0)
        resuming = asyncio.ensure_future(world.subscribe(Asked(after=0), late, "ses_1"))
        await world.units.run(Call("revoke"), revoke_and_note)
        await asyncio.gather(resuming, return_exceptions=True)

    await asyncio.gather(*(world.spend(10) for _ in range(4)), revoking())
    await gone.ended()
    await kept.reached(41)
    assert kept.sequences == list(range(42))
    for sink in (gone, late):
        assert all(sequence < at_revocation[-1] for sequence in sink.sequences)
    assert gone.sequences == list(range(len(gone.sequences)))


async def test_a_revoked_or_expired_credential_cannot_join(world: World, clock: ManualClock) -> None:
    await world.revoke("ses_1")
    for credential, expires_at in (("ses_1", None), ("ses_2", clock.now())):
        sink = Recorder()
        with pytest.raises(PublicError) as caught:
            await world.subscribe(Asked(), sink, credential, expires_at=expires_at)
        assert caught.value.code == "UNAUTHENTICATED"
        assert sink.payloads == []
    assert (world.live.channel_count, world.live.subscription_count) == (0, 0)


async def test_an_expired_subscriber_is_closed_before_the_next_change(
    world: World, clock: ManualClock
) -> None:
    gone, kept = Recorder(), Recorder()
    await world.subscribe(Asked(), gone, "ses_1", expires_at=clock.now() + timedelta(minutes=5))
    await world.subscribe(Asked(), kept, "ses_2", expires_at=clock.now() + timedelta(minutes=9))
    clock.advance(timedelta(minutes=5))
    await world.spend()
    await kept.reached(1)
    assert (gone.closed, gone.sequences) == (CloseReason.REVOKED, [0])


async def test_an_idle_expired_subscriber_is_closed_by_the_fallback_read(
    units: Units, clock: ManualClock
) -> None:
    timer = ManualTimer()
    world = World(units, timer)
    await world.start()
    sink = Recorder()
    await world.subscribe(Asked(), sink, expires_at=clock.now() + timedelta(seconds=5))
    clock.advance(timedelta(seconds=15))
    await world.pass_time(lambda: sink.closed is not None, step_seconds=5)
    assert sink.closed is CloseReason.REVOKED
    await world.live.close()


async def test_a_passed_over_subscriber_gets_nothing_after_its_revocation(units: Units) -> None:
    timer = ManualTimer()
    world = World(units, timer, LiveLimits(latest_backlog_messages_max=1))
    await world.start()
    slow = Recorder(reads=False)
    await world.subscribe(Asked(FeedMode.LATEST), slow)
    await world.revoke("ses_1")
    await world.spend()
    slow.drain()
    await world.pass_time(lambda: slow.closed is not None)
    assert (slow.closed, slow.sequences) == (CloseReason.REVOKED, [0])
    await world.live.close()


class Delayed(Units):
    """The reads of some tasks answer late: when the test says so."""

    def __init__(self, units: Units) -> None:
        super().__init__(units.house)
        self.tasks: set[asyncio.Task[Any] | None] = set()
        self.have_read = asyncio.Semaphore(0)
        self.go_on = asyncio.Event()

    async def read(self, function: Callable[[Read], T]) -> T:
        result = await super().read(function)
        if asyncio.current_task() in self.tasks:
            self.have_read.release()
            await self.go_on.wait()
        return result


async def test_a_revocation_between_authorising_and_joining_is_seen(units: Units) -> None:
    delayed = Delayed(units)
    world = World(delayed)
    await world.start()
    gone, kept, later = Recorder(), Recorder(), Recorder()
    await world.subscribe(Asked(), kept, "ses_2")
    await world.spend()
    await kept.reached(1)

    async def join(sink: Recorder, credential_id: str) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(world.subscribe(Asked(), sink, credential_id))
        delayed.tasks.add(task)
        await delayed.have_read.acquire()
        return task

    before = await join(gone, "ses_1")
    await world.revoke("ses_1")
    await world.spend()
    await kept.reached(2)  # the channel has seen the revocation, without this subscriber
    after = await join(later, "ses_3")  # enters together with it, and was authorised since
    delayed.go_on.set()
    await asyncio.gather(before, after)
    await gone.ended()
    assert (gone.closed, gone.sequences) == (CloseReason.REVOKED, [1])
    await world.spend()
    for sink, first in ((kept, 0), (later, 2)):
        await sink.reached(3)
        assert sink.sequences == list(range(first, 4))
    await world.live.close()


@pytest.mark.rule("Q014")
async def test_a_feed_that_the_authority_no_longer_opens_ends(world: World) -> None:
    sink = Recorder()
    await world.subscribe(Asked(), sink, "ses_2")
    world.barred = True  # such as a membership that was withdrawn while the session stays
    await world.revoke("ses_1")
    await sink.ended()
    assert sink.closed is CloseReason.REVOKED
    with pytest.raises(PublicError, match="not for you"):
        await world.subscribe(Asked(), Recorder(), "ses_2")
