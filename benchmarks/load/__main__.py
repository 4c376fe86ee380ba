"""`python -m benchmarks.load`: a Spec as JSON on stdin, what was Measured as JSON on stdout."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import json
import resource
import sys
import time
from itertools import count

import psutil  # type: ignore[import-untyped]
import uvloop

from benchmarks import cores, documents
from benchmarks.load import answers, http, sockets
from benchmarks.load.spec import Measured, Spec

WAIT_SECONDS_MAX = 60.0
SPENDS_MIN = 5


def main() -> None:
    spec = Spec(**json.load(sys.stdin))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gc.disable()
    cores.pin(cores.LOAD)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(_KINDS[spec.kind](spec))
    json.dump(dataclasses.asdict(measured), sys.stdout)


class Meter:
    """CPU time of the server and of this process, between two moments."""

    def __init__(self, server_pid: int) -> None:
        self._server = psutil.Process(server_pid)
        self._started = self._now()

    def cpu_seconds(self) -> tuple[float, float]:
        server, client = self._now()
        return server - self._started[0], client - self._started[1]

    def resident_bytes(self) -> int:
        return int(self._server.memory_info().rss)

    def _now(self) -> tuple[float, float]:
        times = self._server.cpu_times()
        return times.user + times.system, time.process_time()


async def dashboard(spec: Spec) -> Measured:
    """The same query over and over; every answer is, byte for byte, the first one.

    Behind the data Postmeter reports what the query cost and what is left, which differs.
    """
    request = http.request(spec.port, spec.token, documents.body(documents.DASHBOARD))
    return await _closed_loop(spec, http.Loop(lambda: request, answers.Same(), spec.seconds))


async def debits(spec: Spec) -> Measured:
    """Single debits, each with a key of its own; every answer says that it was charged and not replayed."""
    numbers = count()

    def next_request() -> bytes:
        number = next(numbers)
        return http.request(
            spec.port, spec.token, documents.debit(f"{spec.run}-{number}", f"{spec.run}:{number}")
        )

    return await _closed_loop(spec, http.Loop(next_request, answers.charged, spec.seconds))


async def fanout(spec: Spec) -> Measured:
    """Watchers of one balance, and one debit after the other, each sent when all watchers have the one before."""
    fleet = sockets.Fleet(
        sockets.handshake(spec.port, spec.token),
        sockets.subscribe(documents.body(documents.WATCH, {"unit": documents.UNIT})),
    )
    await _spend(
        spec, fleet, 0
    )  # what the first debit and the first look at memory cost is not the watchers'
    before = Meter(spec.server_pid).resident_bytes()
    await asyncio.wait_for(fleet.join(spec.port, spec.connections), WAIT_SECONDS_MAX)
    memory = Meter(spec.server_pid).resident_bytes() - before
    meter = Meter(spec.server_pid)
    started_at = time.perf_counter()
    latencies = []
    for number in count(1):
        latencies.append(await _spend(spec, fleet, number))
        if number >= SPENDS_MIN and time.perf_counter() - started_at >= spec.seconds:
            break
    seconds = time.perf_counter() - started_at
    server, client = meter.cpu_seconds()
    fleet.leave()
    return Measured(
        operations=len(latencies) * spec.connections,
        seconds=seconds,
        latencies_seconds=latencies,
        faults=fleet.faults,
        server_cpu_seconds=server,
        client_cpu_seconds=client,
        bytes_each=fleet.bytes_each,
        memory_bytes_each=memory // spec.connections,
    )


async def _spend(spec: Spec, fleet: sockets.Fleet, number: int) -> float:
    """One debit; returns the seconds until the last of the watchers had it."""
    all_arrived = fleet.expect()
    body = documents.debit(f"{spec.run}-{number}", f"{spec.run}:{number}")
    debit = http.request(spec.port, spec.token, body)
    loop = http.Loop(lambda: debit, answers.charged, 0)
    sent_at = time.perf_counter()
    await asyncio.wait_for(http.run(spec.port, 1, loop), WAIT_SECONDS_MAX)
    for fault in loop.faults:
        fleet.fault(fault)
    if fleet.watchers:
        await asyncio.wait_for(all_arrived, WAIT_SECONDS_MAX)
    return fleet.last_at - sent_at


async def _closed_loop(spec: Spec, loop: http.Loop) -> Measured:
    meter = Meter(spec.server_pid)
    started_at = time.perf_counter()
    loop.deadline = started_at + spec.seconds
    await asyncio.wait_for(http.run(spec.port, spec.connections, loop), spec.seconds + WAIT_SECONDS_MAX)
    server, client = meter.cpu_seconds()
    return Measured(
        operations=len(loop.latencies),
        seconds=loop.finished_at - started_at,
        latencies_seconds=loop.latencies,
        faults=loop.faults,
        server_cpu_seconds=server,
        client_cpu_seconds=client,
        bytes_each=loop.body_bytes,
    )


_KINDS = {"dashboard": dashboard, "debits": debits, "fanout": fanout}

if __name__ == "__main__":
    main()
