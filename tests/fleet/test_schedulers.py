"""Two schedulers of one queue: each step is done once, and either of them wakes the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from server.kit.bus import open_bus
from server.kit.clock import ManualClock
from server.kit.db import open_database
from server.kit.due import DueRunner, DueWork, schedule
from server.kit.work import House, Units
from tests.fleet.conftest import BUSES, Wires, wires_of
from tests.fleet.engines import NatsServer

STEPS = 60
WAKE_SECONDS_MAX = 12.0
"""Without the bus it would be half a minute."""

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)


@pytest.fixture(params=BUSES)
def wires(request: pytest.FixtureRequest, database_url: str, nats_server: NatsServer) -> Iterator[Wires]:
    with wires_of(request.param, database_url, nats_server) as wires:
        yield wires


@pytest.fixture
async def both(house: House, database_url: str, wires: Wires) -> AsyncIterator[tuple[Units, Units]]:
    """Two servers of one database, with a bus between them."""
    second = open_database(database_url)
    await second.start()
    houses = [
        replace(house, bus=open_bus(wires.url)),
        replace(house, database=second, bus=open_bus(wires.url)),
    ]
    async with houses[0].bus.running(), houses[1].bus.running():
        yield Units(houses[0]), Units(houses[1])
    await second.close()


@asynccontextmanager
async def serving(*runners: DueRunner) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(runner.serve()) for runner in runners]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_each_step_is_done_once(both: tuple[Units, Units], clock: ManualClock) -> None:
    done: Counter[str] = Counter()
    finished = asyncio.Event()

    async def handler(units: Units, subject_id: str) -> None:
        await units.read(lambda read: None)
        done[subject_id] += 1
        if len(done) == STEPS:
            finished.set()

    async with serving(*(DueRunner(units, {"step": handler}) for units in both)):
        for number in range(STEPS):
            units = both[number % 2]
            subject_id = f"sub_{number}"
            await units.run_unaudited(
                lambda work, subject_id=subject_id: schedule(work, "step", subject_id, clock.now())  # type: ignore[misc]
            )
        async with asyncio.timeout(60):
            await finished.wait()
            while await both[0].read(lambda read: read.first(select(DueWork.id))):
                await both[1].read(lambda read: None)  # the last of them are put away a moment later
    assert set(done.values()) == {1}


async def test_what_one_plans_the_other_does_at_once(both: tuple[Units, Units], clock: ManualClock) -> None:
    done = asyncio.Event()

    async def handler(_units: Units, _subject_id: str) -> None:
        done.set()

    async with serving(DueRunner(both[1], {"step": handler})):
        await both[1].read(lambda read: None)
        await both[0].run_unaudited(lambda work: schedule(work, "step", "sub_1", clock.now()))
        async with asyncio.timeout(WAKE_SECONDS_MAX):
            await done.wait()
