"""What the server says of itself from outside, at /metrics, and how its memory grew."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tests.faults.processes import Process

SERVED_AT = re.compile(
    r'"port": (\d+)[^\n]*"event": "metrics_served"|"event": "metrics_served"[^\n]*"port": (\d+)'
)
ZERO = (
    "tcp_connections",
    "connections_open",
    "subscriptions",
    "shared_executions",
    "subscriber_backlog_max",
    "mutations_in_flight",
    "writes_waiting",
    "transactions_open",
    "passwords_pending",
)
"""Nobody is there: each of these is zero."""
SAME = ("tasks", "process_open_fds")
"""Each of these is what it was."""
SETTLE_SECONDS_MAX = 60.0
"""Longer than any time limit of the server for a client that says nothing."""
POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Sample:
    """One look; `at` in seconds of a monotonic clock."""

    at: float
    values: dict[str, float]

    @property
    def memory_mb(self) -> float:
        return self.values["process_resident_memory_bytes"] / 2**20

    def left(self, baseline: Sample | None) -> list[str]:
        """What is there that was not there in the baseline; a busy moment is no leak."""
        above = [f"{name}: {self.values[name]:g}, not 0" for name in ZERO if self.values[name]]
        if baseline is None:
            return above
        return above + [
            f"{name}: {self.values[name]:g}, was {baseline.values[name]:g}"
            for name in SAME
            if self.values[name] > baseline.values[name]
        ]


class Gauges:
    """Asks the metrics of one server."""

    def __init__(self, process: Process) -> None:
        found = SERVED_AT.search(process.log.read_text())
        assert found is not None, "the server serves no metrics"
        self._url = f"http://127.0.0.1:{found[1] or found[2]}/metrics"

    async def look(self) -> Sample:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            text = (await client.get(self._url)).text
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        values = {name.removeprefix("postmeter_"): float(value) for name, value in lines if "{" not in name}
        return Sample(asyncio.get_running_loop().time(), values)

    async def settled(self, baseline: Sample | None = None) -> tuple[Sample, list[str]]:
        """The first look at which nothing is left, or the last one in time, with what is left still."""
        ends_at = asyncio.get_running_loop().time() + SETTLE_SECONDS_MAX
        while True:
            sample = await self.look()
            left = sample.left(baseline)
            if not left or sample.at > ends_at:
                return sample, left
            await asyncio.sleep(POLL_SECONDS)


def growth_mb_per_minute(samples: Sequence[Sample]) -> float:
    """The slope of the memory, by least squares over the second half of the samples."""
    half = samples[len(samples) // 2 :]
    if len(half) < 2:
        return 0.0
    minutes = [sample.at / 60 for sample in half]
    memory = [sample.memory_mb for sample in half]
    mean_minute, mean_memory = sum(minutes) / len(half), sum(memory) / len(half)
    spread = sum((minute - mean_minute) ** 2 for minute in minutes)
    together = sum(
        (minute - mean_minute) * (mb - mean_memory) for minute, mb in zip(minutes, memory, strict=True)
    )
    return together / spread if spread else 0.0
