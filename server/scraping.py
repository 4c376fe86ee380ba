"""Prometheus metrics on a port of their own: no credentials are asked for, so strangers must not reach it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from server.kit.due.overview import Count

LOOK_SECONDS_MAX = 2.0

Gauges = Mapping[str, tuple[str, Callable[[], float]]]
"""By name without the prefix: what it says, and how it is looked up on the event loop."""


class States(Collector):
    """What is a state, looked up on the event loop when somebody asks."""

    def __init__(self, gauges: Gauges, due: Callable[[], Awaitable[Sequence[Count]]]) -> None:
        self._gauges = gauges
        self._due = due
        self._loop = asyncio.get_running_loop()

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """None: registering must not look at anything."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Called by a thread of the metrics' own server. Raises TimeoutError when the event loop is stuck."""
        looked = asyncio.run_coroutine_threadsafe(self._look(), self._loop)
        values, due = looked.result(LOOK_SECONDS_MAX)
        for name, value in values.items():
            yield GaugeMetricFamily(f"postmeter_{name}", self._gauges[name][0], value=value)
        steps = GaugeMetricFamily(
            "postmeter_due_work", "Due work by kind and state.", labels=["kind", "state"]
        )
        for count in due:
            steps.add_metric([count.kind, count.state.value], count.count)
        yield steps

    async def _look(self) -> tuple[dict[str, float], Sequence[Count]]:
        due = await self._due()
        return {name: look() for name, (_, look) in self._gauges.items()}, due


@asynccontextmanager
async def metrics_server(
    host: str, port: int, registry: CollectorRegistry, states: States
) -> AsyncIterator[int]:
    """Serve both at `/metrics` for as long as the block runs; gives the port."""
    registry.register(states)
    server, thread = await asyncio.to_thread(start_http_server, port, host, registry)
    try:
        yield int(server.server_address[1])
    finally:
        registry.unregister(states)
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        await asyncio.to_thread(thread.join)
