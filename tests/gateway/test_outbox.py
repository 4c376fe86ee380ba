"""The way out of one connection, against a `send` that the test opens and closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.gateway.lifeline import Lifeline
from server.gateway.limits import GatewayLimits
from server.gateway.outbox import Outbox, start

pytestmark = pytest.mark.anyio

LIMITS = GatewayLimits(send_queue_messages_max=4, send_timeout_seconds=0.1)


class Network:
    """An ASGI `send` with the flow control of a server: it waits while the way is blocked."""

    def __init__(self) -> None:
        self.way_is_free = asyncio.Event()
        self.way_is_free.set()
        self.arrived: list[int] = []
        self.failure: Exception | None = None
        self.calls: list[str] = []

    async def send(self, message: Any) -> None:
        await self.way_is_free.wait()
        if self.failure is not None:
            raise self.failure
        self.arrived.append(message["n"])

    def overflow(self) -> None:
        self.calls.append("overflow")

    def stuck(self) -> None:
        self.calls.append("stuck")


@pytest.fixture
async def network() -> Network:
    return Network()


@pytest.fixture
async def outbox(network: Network) -> AsyncIterator[Outbox]:
    outbox = Outbox(network.send, LIMITS, network.overflow, network.stuck)
    yield outbox
    await outbox.aclose()


async def drained(outbox: Outbox) -> None:
    async with asyncio.timeout(2):
        for _ in range(10_000):
            if outbox.backlog == 0:
                return
            await asyncio.sleep(0)


async def test_a_free_way_takes_no_task_and_no_switch(network: Network, outbox: Outbox) -> None:
    tasks = len(asyncio.all_tasks())
    for n in range(3):
        outbox.put({"n": n})
    assert network.arrived == [0, 1, 2]
    assert outbox.backlog == 0
    assert len(asyncio.all_tasks()) == tasks


async def test_order_is_kept_across_a_blocked_way(network: Network, outbox: Outbox) -> None:
    outbox.put({"n": 0})
    network.way_is_free.clear()
    for n in (1, 2, 3):
        outbox.put({"n": n})
    assert (network.arrived, outbox.backlog) == ([0], 3)
    network.way_is_free.set()
    outbox.put({"n": 4})
    await drained(outbox)
    outbox.put({"n": 5})
    assert network.arrived == [0, 1, 2, 3, 4, 5]


async def test_a_full_backlog_is_told_and_the_last_message_can_replace_it(
    network: Network, outbox: Outbox
) -> None:
    network.way_is_free.clear()
    for n in range(5):
        outbox.put({"n": n})
    assert network.calls == ["overflow"]
    assert outbox.backlog == 4
    outbox.put_last({"n": 9}, drop_backlog=True)
    outbox.put({"n": 10})
    network.way_is_free.set()
    await drained(outbox)
    assert network.arrived == [0, 9]


async def test_the_last_message_comes_after_the_backlog(network: Network, outbox: Outbox) -> None:
    network.way_is_free.clear()
    outbox.put({"n": 0})
    outbox.put({"n": 1})
    outbox.put_last({"n": 2})
    outbox.put_last({"n": 3})
    network.way_is_free.set()
    await drained(outbox)
    assert network.arrived == [0, 1, 2]


async def test_a_way_that_stays_blocked_is_told_after_the_time_limit(
    network: Network, outbox: Outbox
) -> None:
    network.way_is_free.clear()
    outbox.put({"n": 0})
    outbox.put({"n": 1})
    await asyncio.sleep(0.2)
    assert network.calls == ["stuck"]
    network.way_is_free.set()
    outbox.put({"n": 2})
    await drained(outbox)
    assert network.arrived == []


@pytest.mark.parametrize("blocked", [False, True])
async def test_a_client_that_is_gone_is_no_error(network: Network, outbox: Outbox, blocked: bool) -> None:
    network.failure = ConnectionResetError()
    if blocked:
        network.way_is_free.clear()
    outbox.put({"n": 0})
    network.way_is_free.set()
    await drained(outbox)
    network.failure = None
    outbox.put({"n": 1})
    assert network.arrived == []
    assert network.calls == []


async def test_closing_stops_the_writer(network: Network, outbox: Outbox) -> None:
    network.way_is_free.clear()
    outbox.put({"n": 0})
    await outbox.aclose()
    assert outbox.backlog == 0
    network.way_is_free.set()
    await asyncio.sleep(0)
    assert network.arrived == []


async def test_a_stalled_coroutine_goes_on_as_if_it_had_been_awaited() -> None:
    gate, steps = asyncio.Event(), []

    async def work() -> None:
        steps.append("begun")
        try:
            await gate.wait()
            await asyncio.sleep(0)
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except TimeoutError:
            steps.append("caught")
        finally:
            steps.append("ended")

    stalled = start(work())
    assert stalled is not None
    assert steps == ["begun"]
    asyncio.get_running_loop().call_soon(gate.set)
    await stalled
    assert steps == ["begun", "caught", "ended"]


async def test_a_cancellation_reaches_the_stalled_coroutine() -> None:
    ended = False

    async def work() -> None:
        nonlocal ended
        try:
            await asyncio.Event().wait()
        finally:
            ended = True

    stalled = start(work())
    assert stalled is not None
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await stalled
    assert ended


async def test_a_cut_lifeline_ends_the_wait_and_nothing_else() -> None:
    lifeline, after = Lifeline({}), []

    async def serve() -> str:
        with lifeline:
            await asyncio.Event().wait()
        after.append("released")
        await asyncio.sleep(0)
        return "returned"

    task = asyncio.create_task(serve())
    await asyncio.sleep(0)
    lifeline.cut()
    lifeline.cut()
    assert await task == "returned"
    lifeline.cut()
    assert after == ["released"]


async def test_a_cancellation_from_elsewhere_stays_one() -> None:
    lifeline = Lifeline({})

    async def serve() -> None:
        with lifeline:
            await asyncio.Event().wait()

    task = asyncio.create_task(serve())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
