"""`python -m benchmarks.load.fleet`: load on any number of servers, and the CPU of all processes that take part."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import psutil  # type: ignore[import-untyped]
import uvloop

from benchmarks import documents
from benchmarks.load import answers, http, sockets

WAIT_SECONDS_MAX = 60.0
JOIN_SECONDS_MAX = 280.0
SETTLE_SECONDS = 1.0
LOAD = "load generator"
Kind = Literal["debits", "queries", "fanout", "idle"]


@dataclass(frozen=True, slots=True)
class Spec:
    """What to do. Debits go to `ports` in turn, and turn by turn from the accounts of `tokens`.

    - debits: `connections` of them at work, over all ports; queries: the same with the first account's dashboard.
    - fanout: each account has `watchers`, which sit at `watched_ports` in turn, and spends again when all have it.
    - idle: `steps` are numbers of watchers, those of the accounts in turn; each time the memory is looked at, and
      at the end the CPU for `seconds`.

    `pids` are of the processes to look at, children included. `run` makes idempotency keys unique.
    """

    kind: Kind
    ports: list[int]
    tokens: list[str]
    pids: dict[str, int]
    seconds: float
    run: str
    connections: int = 0
    watchers: int = 0
    watched_ports: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it. `cpu_seconds` are by process, the load generator's own among them.

    Delays are those of each delivery, in seconds: since its debit was sent, and since its answer was here, which
    leaves the server after the commit. A delivery may be here before the answer is: then that delay is negative.
    """

    operations: int
    seconds: float
    cpu_seconds: dict[str, float]
    faults: list[str]
    deliveries: int = 0
    latencies_seconds: list[float] = field(default_factory=list)
    delays_since_sent: list[float] = field(default_factory=list)
    delays_since_answer: list[float] = field(default_factory=list)
    bytes_each: int = 0
    pings: int = 0
    resident_bytes: list[dict[str, int]] = field(default_factory=list)
    """For each of the steps, by process."""


class Meter:
    """CPU time since it was made, and memory."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._before = self._now()

    def cpu_seconds(self) -> dict[str, float]:
        return {name: now - self._before[name] for name, now in self._now().items()}

    def resident_bytes(self) -> dict[str, int]:
        """Of each process without its children, which share memory with it."""
        return {name: int(process.memory_info().rss) for name, process in self._processes.items()}

    def _now(self) -> dict[str, float]:
        used = {name: _used_seconds(process) for name, process in self._processes.items()}
        return used | {LOAD: time.process_time()}


def _used_seconds(process: psutil.Process) -> float:
    own = process.cpu_times()
    seconds = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        with suppress(
            psutil.NoSuchProcess
        ):  # one that has ended is counted by its parent, from the next time on
            times = child.cpu_times()
            seconds += times.user + times.system
    return float(seconds)


def main() -> None:
    spec = Spec(**json.load(sys.stdin))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gc.disable()
    kinds: dict[Kind, Callable[[Spec], Awaitable[Measured]]] = {
        "debits": debits,
        "queries": queries,
        "fanout": fanout,
        "idle": idle,
    }
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_awaited(kinds[spec.kind](spec)))
    json.dump(dataclasses.asdict(measured), sys.stdout)


async def _awaited(measuring: Awaitable[Measured]) -> Measured:
    return await measuring


async def debits(spec: Spec) -> Measured:
    """Single debits, each with a key of its own."""
    bodies = Debits(spec)
    return await _closed_loops(spec, lambda port: lambda: bodies.next(port), answers.charged)


async def queries(spec: Spec) -> Measured:
    body = documents.body(documents.DASHBOARD)

    def next_of(port: int) -> http.Next:
        request = http.request(port, spec.tokens[0], body)
        return lambda: request

    return await _closed_loops(spec, next_of, answers.Same())


class Debits:
    """Requests whose accounts take turns."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._numbers = count()

    def next(self, port: int, token: str | None = None) -> bytes:
        number, tokens = next(self._numbers), self._spec.tokens
        body = documents.debit(f"{self._spec.run}-{number}", f"{self._spec.run}:{number}")
        return http.request(port, token or tokens[number % len(tokens)], body)


async def _closed_loops(spec: Spec, next_of: Callable[[int], http.Next], accept: http.Accept) -> Measured:
    """One loop a port, all at once."""
    meter, started_at = Meter(spec.pids), time.perf_counter()
    loops = [http.Loop(next_of(port), accept, spec.seconds) for port in spec.ports]
    each = max(1, spec.connections // len(loops))
    running = [http.run(port, each, loop) for port, loop in zip(spec.ports, loops, strict=True)]
    await asyncio.wait_for(asyncio.gather(*running), spec.seconds + WAIT_SECONDS_MAX)
    latencies = [latency for loop in loops for latency in loop.latencies]
    return Measured(
        operations=len(latencies),
        seconds=max(loop.finished_at for loop in loops) - started_at,
        cpu_seconds=meter.cpu_seconds(),
        faults=[fault for loop in loops for fault in loop.faults],
        latencies_seconds=latencies,
        bytes_each=loops[0].body_bytes,
    )


async def fanout(spec: Spec) -> Measured:
    """Debits of accounts that are watched: of each the next one when all of its watchers have the one before."""
    groups = [Watched(spec, number, token) for number, token in enumerate(spec.tokens)]
    for group in groups:
        await asyncio.wait_for(group.join(), JOIN_SECONDS_MAX)
    bodies = Debits(spec)
    await asyncio.sleep(SETTLE_SECONDS)  # what joining left to do is not part of it
    meter, started_at = Meter(spec.pids), time.perf_counter()
    until = started_at + spec.seconds
    await asyncio.gather(*(group.spend(bodies, until) for group in groups))
    seconds, cpu_seconds = time.perf_counter() - started_at, meter.cpu_seconds()
    for group in groups:
        group.leave()
    return Measured(
        operations=sum(len(group.latencies) for group in groups),
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        faults=[fault for group in groups for fault in group.faults],
        deliveries=sum(len(group.since_sent) for group in groups),
        latencies_seconds=[each for group in groups for each in group.latencies],
        delays_since_sent=[each for group in groups for each in group.since_sent],
        delays_since_answer=[each for group in groups for each in group.since_answer],
        bytes_each=groups[0].bytes_each,
    )


class Watched:
    """One account, its watchers at some ports, and its debits at one."""

    def __init__(self, spec: Spec, number: int, token: str) -> None:
        self._token = token
        self._port = spec.ports[number % len(spec.ports)]
        seats = [
            spec.watched_ports[(number + seat) % len(spec.watched_ports)] for seat in range(spec.watchers)
        ]
        self._fleets = {port: _fleet(port, token) for port in dict.fromkeys(seats)}
        self._seats = {port: seats.count(port) for port in self._fleets}
        self._faults: list[str] = []
        self.latencies: list[float] = []
        self.since_sent: list[float] = []
        self.since_answer: list[float] = []

    @property
    def faults(self) -> list[str]:
        return self._faults + [fault for fleet in self._fleets.values() for fault in fleet.faults]

    @property
    def bytes_each(self) -> int:
        return next(iter(self._fleets.values())).bytes_each

    async def join(self) -> None:
        for port, fleet in self._fleets.items():
            await fleet.join(port, self._seats[port])

    async def spend(self, bodies: Debits, until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while time.perf_counter() < until:
            arrived = [fleet.expect() for fleet in self._fleets.values()]
            sent_at = time.perf_counter()
            writer.write(bodies.next(self._port, self._token))
            body = await asyncio.wait_for(_answer(reader), WAIT_SECONDS_MAX)
            answered_at = time.perf_counter()
            if not answers.charged(body):
                self._faults.append(body[:300].decode(errors="replace"))
                break
            await asyncio.wait_for(asyncio.gather(*arrived), WAIT_SECONDS_MAX)
            arrivals = [moment for fleet in self._fleets.values() for moment in fleet.arrivals]
            self.latencies.append(answered_at - sent_at)
            self.since_sent += [moment - sent_at for moment in arrivals]
            self.since_answer += [moment - answered_at for moment in arrivals]
        writer.close()

    def leave(self) -> None:
        for fleet in self._fleets.values():
            fleet.leave()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    """The body of the next response."""
    head = await reader.readuntil(b"\r\n\r\n")
    return await reader.readexactly(http.content_length(head))


async def idle(spec: Spec) -> Measured:
    """Watchers to whom nothing happens."""
    fleets = [_fleet(spec.ports[0], token) for token in spec.tokens]
    meter, seen = Meter(spec.pids), []
    joined = 0
    for step in spec.steps:
        for number in _shares(step - joined, len(fleets), joined):
            await asyncio.wait_for(fleets[number[0]].join(spec.ports[0], number[1]), JOIN_SECONDS_MAX)
        joined = step
        await asyncio.sleep(SETTLE_SECONDS)
        seen.append(meter.resident_bytes())
    pings, meter, started_at = sum(fleet.pings for fleet in fleets), Meter(spec.pids), time.perf_counter()
    await asyncio.sleep(spec.seconds)
    seconds, cpu_seconds = time.perf_counter() - started_at, meter.cpu_seconds()
    pings = sum(fleet.pings for fleet in fleets) - pings
    for fleet in fleets:
        fleet.leave()
    faults = [fault for fleet in fleets for fault in fleet.faults]
    return Measured(joined, seconds, cpu_seconds, faults, pings=pings, resident_bytes=seen)


def _shares(number: int, among: int, start: int) -> Iterator[tuple[int, int]]:
    """Which of those that take turns gets how many of a number, when `start` have had theirs."""
    for turn in range(among):
        mine = len(range((turn - start) % among, number, among))
        if mine:
            yield turn, mine


def _fleet(port: int, token: str) -> sockets.Fleet:
    return sockets.Fleet(
        sockets.handshake(port, token),
        sockets.subscribe(documents.body(documents.WATCH, {"unit": documents.UNIT})),
    )


if __name__ == "__main__":
    main()
