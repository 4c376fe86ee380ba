"""The buses of several processes, on real engines: what they wake, what they catch up with, and what is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import repeat
from typing import ClassVar

import pytest

from server.kit.bus.nats import NatsWire
from server.kit.bus.postgres import PAYLOAD_BYTES_MAX, PostgresWire, payloads
from server.kit.bus.shared import Pace, SharedBus
from tests.fleet.conftest import BUSES, Wires, wires_of
from tests.fleet.engines import NatsServer

QUICK = Pace(batch_seconds=0.001, ask_seconds=0.2, retry_seconds_min=0.01, retry_seconds_max=0.05)
WAIT_SECONDS_MAX = 20


class Ear:
    """A listener that counts, and can be waited for."""

    def __init__(self, bus: SharedBus, topic: str) -> None:
        self.heard = 0
        self._rung = asyncio.Event()
        self.stop = bus.listen(topic, self._ring)

    def _ring(self) -> None:
        self.heard += 1
        self._rung.set()

    async def wait(self) -> None:
        """For the next time, or the one that was not waited for."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            await self._rung.wait()
        self._rung.clear()


@pytest.fixture(params=BUSES)
def wires(request: pytest.FixtureRequest, postgres_server: str, nats_server: NatsServer) -> Iterator[Wires]:
    with wires_of(request.param, postgres_server, nats_server) as wires:
        yield wires


def bus_on(wires: Wires, pace: Pace = QUICK) -> SharedBus:
    return SharedBus(NatsWire(wires.url) if wires.nats else PostgresWire(wires.url), pace)


@asynccontextmanager
async def running(*buses: SharedBus) -> AsyncIterator[None]:
    """All of them, connected: then they wake everybody for the first time."""
    async with AsyncExitStack() as stack:
        for bus in buses:
            ready = Ear(bus, "ready")
            await stack.enter_async_context(bus.running())
            await ready.wait()
            ready.stop()
        yield


async def test_a_publication_wakes_each_listener_of_each_process_once(wires: Wires) -> None:
    one, other = bus_on(wires), bus_on(wires)
    mine, theirs, deaf = Ear(one, "acc_1"), Ear(other, "acc_1"), Ear(other, "authority:acc_1")
    async with running(one, other):
        for ear in (mine, theirs):
            await ear.wait()
        before = mine.heard, theirs.heard, deaf.heard
        one.publish(["acc_1", "acc_1", "due"])
        assert mine.heard == before[0] + 1, "its own at once"
        await theirs.wait()
        other.publish(["acc_1"])
        await mine.wait()
        answered = Ear(one, "answer")
        if wires.nats:
            await answered.wait()
        other.publish(["answer"])
        await answered.wait()
        assert (mine.heard, theirs.heard, deaf.heard) == (before[0] + 2, before[1] + 2, before[2])


async def test_who_listens_later_hears_and_who_stopped_does_not(wires: Wires) -> None:
    one, other = bus_on(wires), bus_on(wires)
    async with running(one, other):
        late, also = Ear(other, "acc_2"), Ear(other, "acc_3")
        if wires.nats:
            await late.wait()  # what was said before the wire knew of it is caught up with
            await also.wait()
        one.publish(["acc_2"])
        await late.wait()
        late.stop()
        heard = late.heard
        one.publish(["acc_2", "acc_3"])
        await also.wait()
        assert late.heard == heard


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        for pause_seconds in repeat(0.01):
            if holds():
                return
            await asyncio.sleep(pause_seconds)


async def test_what_is_said_while_the_wire_is_away_is_said_when_it_is_back(wires: Wires) -> None:
    one, other = bus_on(wires), bus_on(wires)
    theirs = Ear(other, "acc_1")
    async with running(one, other):
        await theirs.wait()
        wires.kill()
        one.publish(["acc_1"])
        await until(lambda: not one.connected and not other.connected)
        again = Ear(other, "acc_1")
        wires.restart()
        await again.wait()
        again.stop()
        one.publish(["acc_1"])
        await theirs.wait()


async def test_at_its_end_it_says_what_waits(wires: Wires) -> None:
    """As a command does that ends a moment after it has committed."""
    server, command = bus_on(wires), bus_on(wires)
    served = Ear(server, "authority:acc_1")
    async with running(server):
        await served.wait()
        async with command.running():
            command.publish(["authority:acc_1"])
        await served.wait()


async def test_too_much_to_be_said_one_by_one_wakes_everybody(wires: Wires) -> None:
    one, other = bus_on(wires, replace(QUICK, topics_waiting_max=10)), bus_on(wires)
    anybody = Ear(other, "acc_1")
    async with running(other):
        await anybody.wait()
        one.publish(f"acc_{number}" for number in range(2, 20))
        async with one.running():
            await anybody.wait()


class SlowWire:
    """Takes its time to leave a topic; nothing is said over it."""

    by_topic: ClassVar[bool] = True

    def __init__(self) -> None:
        self.followed: set[str] = set()
        self.leaving = asyncio.Event()
        self.may_leave = asyncio.Event()

    async def open(self, hear: Callable[[Sequence[str]], None], lost: Callable[[], None]) -> None:
        self.followed.clear()

    async def follow(self, topics: Collection[str]) -> None:
        self.followed.update(topics)

    async def leave(self, topics: Collection[str]) -> None:
        self.leaving.set()
        await self.may_leave.wait()
        self.followed.difference_update(topics)

    async def tell(self, topics: Sequence[str]) -> None:
        pass

    async def close(self) -> None:
        pass


async def test_who_listens_again_while_the_wire_leaves_the_topic_is_followed() -> None:
    wire = SlowWire()
    bus = SharedBus(wire, QUICK)
    ear = Ear(bus, "acc_1")
    async with running(bus):
        await ear.wait()
        ear.stop()
        await wire.leaving.wait()
        again = Ear(bus, "acc_1")
        wire.may_leave.set()
        await again.wait()
        assert "acc_1" in wire.followed


@pytest.mark.parametrize("count", [0, 1, 1_000])
def test_payloads_are_few_and_postgres_takes_them(count: int) -> None:
    topics = [f"authority:acc_{number:026}" for number in range(count)]
    made = list(payloads(topics))
    assert " ".join(made).split() == topics
    assert all(len(payload) <= PAYLOAD_BYTES_MAX for payload in made)
    assert len(made) == -(-count * 41 // PAYLOAD_BYTES_MAX)
