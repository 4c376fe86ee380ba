"""The short form of the soak; `python -m tests.soak --minutes 30` is the long one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import SystemRandom

import pytest

from tests.faults.processes import Process
from tests.soak.__main__ import VARIABLES
from tests.soak.gauges import Sample, growth_mb_per_minute
from tests.soak.soaking import Plan, Report, soak

SECONDS = float(os.environ.get("SOAK_SECONDS", "6"))


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A server of its own, which nobody else uses."""
    process = Process(tmp_path_factory.mktemp("soak"), variables=VARIABLES)
    process.start()
    yield process
    process.end()


async def test_nothing_is_left_of_clients_that_vanish_stall_and_misbehave(process: Process) -> None:
    seed = int(os.environ.get("SOAK_SEED") or SystemRandom().randrange(2**32))
    print(f"SOAK_SEED={seed}")
    told: list[float] = []

    def progress(seconds: float, _report: Report) -> None:
        told.append(seconds)

    report = await soak(process, Plan(seconds=SECONDS, seed=seed), progress)
    print("\n".join(report.lines()))
    assert report.faults == []
    assert told[-1] == SECONDS
    measured = report.samples[-1].values
    assert min(measured["delivery_seconds_count"], measured["operation_cost_count"]) > 0
    for kind in ("mutation", "event", "resumed", "vanished", "misbehaved", "stalled"):
        assert report.counts.done[kind] > 0, kind


def test_the_growth_is_the_slope_of_the_second_half() -> None:
    def sample(seconds: float, mb: float) -> Sample:
        return Sample(seconds, {"process_resident_memory_bytes": mb * 2**20})

    warming = [sample(second, 100 + 20 * second) for second in range(4)]
    growing = [sample(60 + second, 200 + second / 30) for second in range(0, 60, 10)]
    assert growth_mb_per_minute([*warming, *growing][2:]) == pytest.approx(2.0)
    assert growth_mb_per_minute(growing[:1]) == 0.0


def test_what_is_left_is_named() -> None:
    quiet = dict.fromkeys(
        (
            "tcp_connections",
            "connections_open",
            "subscriptions",
            "shared_executions",
            "subscriber_backlog_max",
        ),
        0.0,
    ) | dict.fromkeys(
        ("mutations_in_flight", "writes_waiting", "transactions_open", "passwords_pending"), 0.0
    )
    baseline = Sample(0, quiet | {"tasks": 12, "process_open_fds": 40})
    assert Sample(1, baseline.values | {"tasks": 11}).left(baseline) == []
    leaking = Sample(1, baseline.values | {"subscriptions": 2, "process_open_fds": 41})
    assert leaking.left(baseline) == ["subscriptions: 2, not 0", "process_open_fds: 41, was 40"]
