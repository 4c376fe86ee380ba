"""The soak itself: settle, measure, let all clients loose, and see that nothing but the ledger remembers them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any

from tests.faults.client import Api, connected, customer
from tests.faults.processes import Process
from tests.soak.counts import Counts
from tests.soak.gauges import Gauges, Sample, growth_mb_per_minute
from tests.soak.movers import Mover
from tests.soak.trouble import Misbehaving, Stalling, Vanishing
from tests.soak.watchers import Display, Watcher, caught_up

WARM_UP_SECONDS_MAX = 60.0
CATCH_UP_SECONDS_MAX = 60.0
SAMPLE_SECONDS = 1.0
HTTP_CONNECTIONS = 64


@dataclass(frozen=True)
class Plan:
    """How long, with which dice, and how many clients of each kind an account has."""

    seconds: float
    seed: int
    accounts: int = 2
    movers: int = 2
    vanishing: int = 2
    stalling: int = 1
    misbehaving: int = 2

    @property
    def warm_up_seconds(self) -> float:
        """So that what is made once, such as readers of the database, is made before the baseline."""
        return min(WARM_UP_SECONDS_MAX, self.seconds / 4)


@dataclass
class Report:
    """What happened, and all that went wrong."""

    plan: Plan
    counts: Counts
    baseline: Sample
    samples: list[Sample] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        done = ", ".join(f"{number:,} {name}" for name, number in sorted(self.counts.done.items()))
        memory = [sample.memory_mb for sample in self.samples]
        slope = growth_mb_per_minute(self.samples)
        return [
            f"Seed {self.plan.seed}, {self.plan.seconds:g} s: {done}.",
            f"Memory {memory[0]:.1f} MB, {memory[-1]:.1f} MB at the end; "
            f"over the second half {slope:+.2f} MB a minute.",
            *(f"FAULT: {fault}" for fault in self.faults),
            "Nothing is left but what the ledger has." if not self.faults else f"{len(self.faults)} faults.",
        ]


async def soak(process: Process, plan: Plan, progress: Callable[[float, Report], None]) -> Report:
    """Run the plan against a server that nobody else uses. `progress(seconds done, report)` is called often."""
    gauges, random = Gauges(process), Random(plan.seed)
    async with connected(process.origin) as http:
        customers = [await customer(http) for _ in range(plan.accounts)]
    await _let_loose(process.origin, customers, plan, random, Counts(), plan.warm_up_seconds, None)
    baseline, left = await gauges.settled()
    report = Report(plan, Counts(), baseline, [baseline], [f"before it began: {each}" for each in left])

    async def sampled(seconds: float) -> None:
        report.samples.append(await gauges.look())
        progress(seconds, report)

    late = await _let_loose(process.origin, customers, plan, random, report.counts, plan.seconds, sampled)
    _, left = await gauges.settled(baseline)
    report.samples.append(await gauges.look())
    verified = await asyncio.to_thread(process.verify_ledger)
    report.faults += [*report.counts.faults, *late, *(f"left: {each}" for each in left)]
    if verified.returncode:
        report.faults.append(f"ledger verify: {verified.stdout}{verified.stderr}")
    return report


async def _let_loose(
    origin: str,
    customers: list[Api],
    plan: Plan,
    random: Random,
    counts: Counts,
    seconds: float,
    sampled: Callable[[float], Any] | None,
) -> list[str]:
    """All clients of all customers for so long; what the subscribers lack at the end."""
    async with connected(origin, HTTP_CONNECTIONS) as http:
        for each in customers:
            each.http = http
        watchers = list(chain.from_iterable(_watchers(each, counts, random) for each in customers))
        patient = [*watchers, *(Display(each, counts) for each in customers)]
        restless = list(chain.from_iterable(_troublesome(each, plan, counts, random) for each in customers))
        watching, disturbing = _started(counts, patient), _started(counts, restless)
        try:
            await _wait(seconds, sampled)
            await _ended(disturbing)
            return await caught_up(watchers, CATCH_UP_SECONDS_MAX)
        finally:
            await _ended([*disturbing, *watching])


def _watchers(api: Api, counts: Counts, random: Random) -> list[Watcher]:
    """On both transports one that stays, and one whose network is gone again and again."""
    return [
        Watcher(api, counts, Random(random.getrandbits(64)), over_stream, cuts)
        for over_stream in (False, True)
        for cuts in (None, 30)
    ]


def _troublesome(api: Api, plan: Plan, counts: Counts, random: Random) -> list[Any]:
    def dice() -> Random:
        return Random(random.getrandbits(64))

    stalled_seconds_max = plan.seconds / 3
    return [
        *(Mover(api, counts, dice()) for _ in range(plan.movers)),
        *(Vanishing(api, counts, dice()) for _ in range(plan.vanishing)),
        *(Stalling(api, counts, dice(), stalled_seconds_max) for _ in range(plan.stalling)),
        *(Misbehaving(api, counts, dice()) for _ in range(plan.misbehaving)),
    ]


def _started(counts: Counts, clients: list[Any]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(counts.forever(type(one).__name__, one.once)) for one in clients]


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel them until they are: a library may lose a cancellation that comes while it closes a connection."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1.0)


async def _wait(seconds: float, sampled: Callable[[float], Any] | None) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (passed := loop.time() - began) < seconds:
        await asyncio.sleep(min(SAMPLE_SECONDS, seconds - passed))
        if sampled is not None:
            await sampled(min(loop.time() - began, seconds))
    if sampled is not None:
        await sampled(seconds)
