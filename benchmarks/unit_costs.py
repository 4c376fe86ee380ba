"""The unit costs of the capacity model, measured on PostgreSQL and NATS with servers that do one thing at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from benchmarks.engines import Engines, postmaster_pid, written
from benchmarks.fleet import CONNECTIONS, Fleet, spend
from benchmarks.load.fleet import Measured, Meter, Spec
from benchmarks.model import slope
from benchmarks.servers import load_fleet
from server.kit.bus.nats import PREFIX
from server.kit.bus.postgres import CHANNEL, payloads

HERE, THERE = "server 1", "server 2"
POSTGRES, NATS = "PostgreSQL", "NATS"
LISTENERS = (1, 17)
TOPICS = (1, 51)
_TOPIC = "acc_01h455vb4pex5vsknk084sn02q"
"""As long as an account's id."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done for a figure: the less, the coarser."""

    seconds: float = 10.0
    idle_seconds: float = 30.0
    sockets: tuple[int, ...] = (0, 500, 1_000, 1_500)
    watchers: tuple[int, int] = (50, 500)
    batches: int = 3_000


@dataclass(frozen=True, slots=True)
class Idle:
    """What watchers cost to whom nothing happens; the first three for each, the last two for each execution."""

    process_memory_bytes: float
    socket_memory_bytes: float
    ping_cpu_seconds: float
    execution_memory_bytes: float
    followed_nats_memory_bytes: float
    look_cpu_seconds: float
    look_database_cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What a debit costs: `measured` has the CPU, the rest is a debit's share."""

    measured: Measured
    wal_bytes: float
    storage_bytes: float
    messages: float
    message_bytes: float

    def cpu_seconds(self, name: str) -> float:
        return self.measured.cpu_seconds[name] / self.measured.operations


@dataclass(frozen=True, slots=True)
class Notified:
    """Seconds of CPU for each batch that PostgreSQL carries, of the process that notifies and of all of PostgreSQL."""

    own_cpu_seconds: float
    database_cpu_seconds: float


def idle(fleet: Fleet, effort: Effort, look_seconds: float, topics_followed: int) -> Idle:
    """First watchers who share an execution, then as many executions as there are accounts."""
    keys = fleet.customers.api_keys
    nothing = _sit(fleet, keys[:1], (0,), effort.idle_seconds)
    shared = _sit(fleet, keys[:1], effort.sockets, effort.idle_seconds)
    steps = tuple(range(0, len(keys) + 1, max(1, len(keys) // 5)))
    apart = _sit(fleet, keys, steps, effort.idle_seconds)

    def more_than_nothing(measured: Measured, name: str) -> float:
        per_second = [one.cpu_seconds[name] / one.seconds for one in (measured, nothing)]
        return max(0.0, per_second[0] - per_second[1]) * measured.seconds

    socket_bytes = max(0.0, slope(effort.sockets, [seen[HERE] for seen in shared.resident_bytes]))
    ping = more_than_nothing(shared, HERE) / max(1, shared.pings)
    looks = apart.operations * apart.seconds / look_seconds
    return Idle(
        process_memory_bytes=nothing.resident_bytes[0][HERE],
        socket_memory_bytes=socket_bytes,
        ping_cpu_seconds=ping,
        execution_memory_bytes=max(
            0.0, slope(steps, [seen[HERE] for seen in apart.resident_bytes]) - socket_bytes
        ),
        followed_nats_memory_bytes=max(
            0.0, slope(steps, [seen[NATS] for seen in apart.resident_bytes]) / topics_followed
        ),
        look_cpu_seconds=max(0.0, more_than_nothing(apart, HERE) - apart.pings * ping) / looks,
        look_database_cpu_seconds=more_than_nothing(apart, POSTGRES) / looks,
    )


def _sit(fleet: Fleet, keys: Sequence[str], steps: Sequence[int], seconds: float) -> Measured:
    fleet.rest()
    spec = Spec("idle", fleet.ports[:1], list(keys), fleet.pids, seconds, "idle", steps=list(steps))
    return load_fleet(spec)


def debits(fleet: Fleet, engines: Engines, effort: Effort) -> Spent:
    """Of all accounts in turn, at the first server; nobody watches."""
    url = fleet.customers.settings.database_url
    carried, before = engines.carried(), written(url)
    measured = spend(fleet, "unit-debits", effort.seconds, spenders=1)
    now, after = engines.carried(), written(url)
    count, messages = measured.operations, now.messages_in - carried.messages_in
    return Spent(
        measured,
        wal_bytes=(after.wal_bytes - before.wal_bytes) / count,
        storage_bytes=(after.storage_bytes - before.storage_bytes) / count,
        messages=messages / count,
        message_bytes=len(_subject()),
    )


def _subject() -> str:
    """What is sent of a topic: its subject, and no payload. The protocol adds some bytes."""
    return PREFIX + _TOPIC


def watched(fleet: Fleet, effort: Effort) -> Measured:
    """Debits at the first server of accounts with one watcher each, at the second."""
    return spend(
        fleet,
        "unit-watched",
        effort.seconds,
        "fanout",
        tokens=CONNECTIONS,
        watchers=1,
        spenders=1,
        watched=[1],
    )


def delivery_cpu_seconds(fleet: Fleet, effort: Effort) -> tuple[float, int]:
    """Of the second server for each further watcher of an execution, and the bytes of a message."""
    runs = [
        spend(
            fleet,
            f"unit-fanout-{watchers}",
            effort.seconds,
            "fanout",
            tokens=1,
            watchers=watchers,
            spenders=1,
            watched=[1],
        )
        for watchers in effort.watchers
    ]
    return slope(effort.watchers, [run.cpu_seconds[THERE] / run.operations for run in runs]), runs[
        0
    ].bytes_each


def queries(fleet: Fleet, effort: Effort) -> Measured:
    """The dashboard, at the first server."""
    fleet.rest()
    spec = Spec(
        "queries",
        fleet.ports[:1],
        fleet.customers.api_keys[:1],
        fleet.pids,
        effort.seconds,
        "q",
        connections=8,
    )
    return load_fleet(spec)


def hearing(fleet: Fleet, effort: Effort) -> tuple[float, float]:
    """Of the server, on PostgreSQL's bus: the CPU for a batch that does not concern it, and for a topic in it."""
    nothing = _sit(fleet, fleet.customers.api_keys[:1], (0,), effort.seconds)
    each = []
    for topics in TOPICS:
        meter, began = Meter({HERE: fleet.pids[HERE]}), time.monotonic()
        asyncio.run(_notify(fleet.customers.settings.database_url, effort.batches, topics, 0, CHANNEL))
        fleet.rest()
        own = nothing.cpu_seconds[HERE] / nothing.seconds * (time.monotonic() - began)
        each.append((meter.cpu_seconds()[HERE] - own) / effort.batches)
    topic = max(0.0, slope(TOPICS, each))
    return max(0.0, each[0] - topic), topic


def notifying(url: str, effort: Effort) -> list[Notified]:
    """With so many other connections that listen, as LISTENERS says; no server is among them."""
    return [asyncio.run(_notify(url, effort.batches, 1, count, "benchmark")) for count in LISTENERS]


async def _notify(url: str, batches: int, topics: int, listeners: int, channel: str) -> Notified:
    heard, all_heard = 0, asyncio.Event()

    def hear(*_said: object) -> None:
        nonlocal heard
        heard += 1
        if heard == batches * listeners:
            all_heard.set()

    connections: list[Any] = [await asyncpg.connect(url) for _ in range(listeners)]
    for connection in connections:
        await connection.add_listener(channel, hear)
    own = await asyncpg.connect(url, server_settings={"synchronous_commit": "off"})
    meter = Meter({"own": own.get_server_pid(), POSTGRES: postmaster_pid(url)})
    said = list(payloads([_TOPIC] * topics))
    for _ in range(batches):
        await own.execute(
            "SELECT count(pg_notify($1, payload)) FROM unnest($2::text[]) AS payload", channel, said
        )
    if listeners:
        await all_heard.wait()
    used = meter.cpu_seconds()
    for connection in (own, *connections):
        await connection.close()
    return Notified(used["own"] / batches, used[POSTGRES] / batches)
