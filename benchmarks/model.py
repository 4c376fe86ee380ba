"""What unit costs make of a load: processes, memory, database and bus, and which of them gives out first.

Pure arithmetic. A second of CPU is one of a core like those that the costs were measured on; rates are a second's.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

PROCESSES_MAX = 10_000_000
"""More are not tried: then nothing that can be had is enough."""
POOL_CONNECTIONS = 16 + 4
"""To the database and to the key store, of each process."""
TOPICS_FOLLOWED = 2
"""By each execution: the account's changes, and its revocations."""
DAY_SECONDS = 86_400
_SCALE_STEPS = 24
_SCALE_RANGE = 1e4


class Bus(Enum):
    POSTGRESQL = "PostgreSQL"
    NATS = "NATS"


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """What one of each costs. `database` is PostgreSQL, everything else without a name is a server process.

    An *execution* is what all watchers in one process of one balance share: it reads, renders and encodes for all.
    A *wake* is the work for a change in a process with at least one watcher, the first delivery included.
    """

    process_memory_bytes: float
    socket_memory_bytes: float
    execution_memory_bytes: float
    ping_cpu_seconds: float
    look_cpu_seconds: float
    """An execution that has heard nothing for a while reads all the same."""
    look_database_cpu_seconds: float
    wake_cpu_seconds: float
    wake_database_cpu_seconds: float
    delivery_cpu_seconds: float
    """To each further watcher of an execution."""
    delivery_bytes: float
    debit_cpu_seconds: float
    debit_database_cpu_seconds: float
    debit_wal_bytes: float
    debit_storage_bytes: float
    debit_messages: float
    message_bytes: float
    query_cpu_seconds: float
    query_database_cpu_seconds: float
    message_in_nats_cpu_seconds: float
    message_out_nats_cpu_seconds: float
    followed_nats_memory_bytes: float
    notify_cpu_seconds: float
    """Of the PostgreSQL process that notifies: all of it under the lock, so one at a time."""
    notify_listener_cpu_seconds: float
    """The same for each process that listens."""
    hear_database_cpu_seconds: float
    """Of PostgreSQL, to hand one batch to one listening process."""
    hear_batch_cpu_seconds: float
    hear_topic_cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What customers do. `watched_share`: of the debits, those of an account that somebody watches just then."""

    sockets: float
    debits_per_second: float
    watchers_per_account: float = 2.0
    watched_share: float = 0.5
    queries_per_second: float = 2_000.0

    def times(self, factor: float) -> Demand:
        """So many times as many customers, who do the same."""
        return replace(
            self,
            sockets=self.sockets * factor,
            debits_per_second=self.debits_per_second * factor,
            queries_per_second=self.queries_per_second * factor,
        )


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What there is of each thing. `utilisation_max` is the share of any CPU or disk that is planned to be used."""

    utilisation_max: float = 0.6
    process_memory_bytes: float = 4e9
    process_descriptors: float = 65_536
    process_sockets: float = 20_000
    """The server's own limits: connections_max of server/gateway/limits.py, and channels_max of kit/graph/live."""
    process_executions: float = 10_000
    database_cores: float = 64
    database_connections: float = 2_000
    wal_bytes_per_second: float = 500e6
    nats_cores: float = 16
    ping_seconds: float = 20.0
    look_seconds: float = 15.0
    batch_seconds: float = 0.005


@dataclass(frozen=True, slots=True)
class Plan:
    """How many processes the load needs, each reason taken alone and all together, and what they use then."""

    bus: Bus
    processes: int
    processes_by: dict[str, int]
    cpu_share: float
    """Of the core of each process."""
    memory_bytes: float
    executions: float
    deliveries_per_second: float
    database_cores: float
    wal_bytes_per_second: float
    storage_bytes_per_day: float
    database_connections: float
    bus_messages_in_per_second: float
    bus_messages_out_per_second: float
    process_hears_per_second: float
    process_hears_bytes_per_second: float
    process_says_per_second: float
    process_says_bytes_per_second: float
    nats_cores: float
    nats_memory_bytes: float
    notify_share: float
    """Of all time, how long some commit holds PostgreSQL's lock of notifications."""
    hearing_share: float
    """Of the core of each process, what it takes to hear of all commits. No further process makes it less."""


_Used = Callable[[Plan], float]


class Infeasible(Exception):
    """No number of processes is enough."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A shared resource: at `factor` times the load it is at its ceiling. `step` is what to do then."""

    resource: str
    factor: float
    used: float
    ceiling: float
    step: str


def plan(costs: UnitCosts, demand: Demand, ceilings: Ceilings, bus: Bus) -> Plan:
    """The smallest fleet that keeps every process below its ceilings. Raises Infeasible."""
    fleets = _Fleets(costs, demand, ceilings, bus)
    reasons: dict[str, Callable[[int], bool]] = {
        "CPU": lambda n: fleets.cpu_share(n) <= ceilings.utilisation_max,
        "memory": lambda n: fleets.memory_bytes(n) / n <= ceilings.process_memory_bytes,
        "file descriptors": lambda n: demand.sockets / n + fleets.connections <= ceilings.process_descriptors,
        "limit of sockets": lambda n: demand.sockets / n <= ceilings.process_sockets,
        "limit of executions": lambda n: fleets.executions(n) / n <= ceilings.process_executions,
    }
    by = {reason: _smallest(enough) for reason, enough in reasons.items()}
    processes = max(by.values())
    if not all(enough(processes) for enough in reasons.values()):  # each hears of all the others
        raise Infeasible
    return fleets.plan(processes, by)


def bottlenecks(costs: UnitCosts, demand: Demand, ceilings: Ceilings, bus: Bus) -> list[Bottleneck]:
    """The shared resources, the one that gives out first before the others, when all of the load grows alike."""
    made: dict[float, Plan | None] = {}

    def at(factor: float) -> Plan | None:
        if factor not in made:
            try:
                made[factor] = plan(costs, demand.times(factor), ceilings, bus)
            except Infeasible:
                made[factor] = None
        return made[factor]

    found, now = [], at(1.0)
    for resource, (used, ceiling, step) in _shared(ceilings, bus).items():
        factor = _largest_factor(_within(used, ceiling), at)
        found.append(Bottleneck(resource, factor, math.inf if now is None else used(now), ceiling, step))
    return sorted(found, key=lambda each: each.factor)


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Of the straight line with the least squares."""
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return across / sum((x - middle_x) ** 2 for x in xs)


def _within(used: _Used, ceiling: float) -> Callable[[Plan | None], bool]:
    return lambda found: found is not None and used(found) <= ceiling


class _Fleets:
    """The same load on any number of processes."""

    def __init__(self, costs: UnitCosts, demand: Demand, ceilings: Ceilings, bus: Bus) -> None:
        self._costs = costs
        self._demand = demand
        self._ceilings = ceilings
        self._by_topic = bus is Bus.NATS
        self._bus = bus
        self.connections = POOL_CONNECTIONS + (0 if self._by_topic else 1)

    def _places(self, processes: int) -> float:
        """In how many processes the watchers of one account are, when each comes to any of them alike."""
        return processes * (1 - math.pow(1 - 1 / processes, self._demand.watchers_per_account))

    def executions(self, processes: int) -> float:
        return self._demand.sockets / self._demand.watchers_per_account * self._places(processes)

    def memory_bytes(self, processes: int) -> float:
        costs = self._costs
        shared = self.executions(processes) * costs.execution_memory_bytes
        return (
            processes * costs.process_memory_bytes + self._demand.sockets * costs.socket_memory_bytes + shared
        )

    def cpu_share(self, processes: int) -> float:
        """Of a core, in each process."""
        costs, demand, ceilings = self._costs, self._demand, self._ceilings
        wakes = self._wakes(processes)
        seconds = (
            demand.sockets / ceilings.ping_seconds * costs.ping_cpu_seconds
            + self._looks(processes) * costs.look_cpu_seconds
            + wakes * costs.wake_cpu_seconds
            + max(0.0, self._deliveries - wakes) * costs.delivery_cpu_seconds
            + demand.debits_per_second * costs.debit_cpu_seconds
            + demand.queries_per_second * costs.query_cpu_seconds
        )
        return seconds / processes + self._hearing_share(processes)

    @property
    def _watched(self) -> float:
        return self._demand.debits_per_second * self._demand.watched_share

    @property
    def _deliveries(self) -> float:
        return self._watched * self._demand.watchers_per_account

    @property
    def _messages(self) -> float:
        return self._demand.debits_per_second * self._costs.debit_messages

    def _wakes(self, processes: int) -> float:
        return self._watched * self._places(processes)

    def _looks(self, processes: int) -> float:
        return self.executions(processes) / self._ceilings.look_seconds

    def _batches(self, processes: int) -> float:
        """Of all processes: each says what has come up at once, and then waits a little."""
        own = self._messages / processes
        return processes * own / (1 + own * self._ceilings.batch_seconds)

    def _hearing_share(self, processes: int) -> float:
        """With NATS a process hears only what it follows, and that is in the cost of a wake."""
        if self._by_topic:
            return 0.0
        others = (processes - 1) / processes
        batches = self._batches(processes) * self._costs.hear_batch_cpu_seconds
        return others * (batches + self._messages * self._costs.hear_topic_cpu_seconds)

    def _notify_seconds(self, processes: int) -> float:
        if self._by_topic:
            return 0.0
        each = self._costs.notify_cpu_seconds + processes * self._costs.notify_listener_cpu_seconds
        return self._batches(processes) * each

    def _database_cores(self, processes: int) -> float:
        costs, demand = self._costs, self._demand
        handed = 0.0 if self._by_topic else self._batches(processes) * processes
        return (
            demand.debits_per_second * costs.debit_database_cpu_seconds
            + demand.queries_per_second * costs.query_database_cpu_seconds
            + self._wakes(processes) * costs.wake_database_cpu_seconds
            + self._looks(processes) * costs.look_database_cpu_seconds
            + self._notify_seconds(processes)
            + handed * costs.hear_database_cpu_seconds
        )

    def plan(self, processes: int, by: dict[str, int]) -> Plan:
        costs, demand = self._costs, self._demand
        nats = self._by_topic
        said = self._messages if nats else self._batches(processes)
        heard = self._wakes(processes) if nats else said * (processes - 1)
        topics_heard = heard if nats else self._messages * (processes - 1)
        followed = self.executions(processes) * TOPICS_FOLLOWED
        nats_seconds = said * costs.message_in_nats_cpu_seconds + heard * costs.message_out_nats_cpu_seconds
        return Plan(
            bus=self._bus,
            processes=processes,
            processes_by=by,
            cpu_share=self.cpu_share(processes),
            memory_bytes=self.memory_bytes(processes),
            executions=self.executions(processes),
            deliveries_per_second=self._deliveries,
            database_cores=self._database_cores(processes),
            wal_bytes_per_second=demand.debits_per_second * costs.debit_wal_bytes,
            storage_bytes_per_day=demand.debits_per_second * costs.debit_storage_bytes * DAY_SECONDS,
            database_connections=processes * self.connections,
            bus_messages_in_per_second=said,
            bus_messages_out_per_second=heard,
            process_hears_per_second=heard / processes,
            process_hears_bytes_per_second=topics_heard / processes * costs.message_bytes,
            process_says_per_second=said / processes,
            process_says_bytes_per_second=self._messages / processes * costs.message_bytes,
            nats_cores=nats_seconds if nats else 0.0,
            nats_memory_bytes=followed * costs.followed_nats_memory_bytes if nats else 0.0,
            notify_share=self._notify_seconds(processes),
            hearing_share=self._hearing_share(processes),
        )


def _smallest(enough: Callable[[int], bool]) -> int:
    """The smallest number of processes that is enough, to be found in strides first. Raises Infeasible."""
    before, tried = 0, 1
    while not enough(tried):
        if tried > PROCESSES_MAX:
            raise Infeasible
        before, tried = tried, max(tried + 1, tried * 21 // 20)
    stride = range(before + 1, tried + 1)
    return stride[bisect_left(stride, True, key=enough)]


def _largest_factor(holds: Callable[[Plan | None], bool], at: Callable[[float], Plan | None]) -> float:
    """How many times the load may be there before it no longer holds; infinite when it always does."""
    low, high = math.log(1 / _SCALE_RANGE), math.log(_SCALE_RANGE)
    if holds(at(math.exp(high))):
        return math.inf
    if not holds(at(math.exp(low))):
        return 0.0
    for _ in range(_SCALE_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(at(math.exp(middle))) else (low, middle)
    return math.exp(low)


_PARTITION = "partition by account over several PostgreSQL; before that, read replicas for statistics"


def _shared(ceilings: Ceilings, bus: Bus) -> dict[str, tuple[_Used, float, str]]:
    """What all processes share: how much of it is used, how much may be, and the next step."""
    share = ceilings.utilisation_max
    found: dict[str, tuple[_Used, float, str]] = {
        "PostgreSQL cores": (lambda one: one.database_cores, ceilings.database_cores * share, _PARTITION),
        "PostgreSQL WAL, bytes/s": (
            lambda one: one.wal_bytes_per_second,
            ceilings.wal_bytes_per_second * share,
            "partition by account over several PostgreSQL",
        ),
        "PostgreSQL connections": (
            lambda one: one.database_connections,
            ceilings.database_connections,
            "a pooler before PostgreSQL (not before its bus), or partition by account",
        ),
    }
    if bus is Bus.NATS:
        found["NATS cores"] = (
            lambda one: one.nats_cores,
            ceilings.nats_cores * share,
            "a NATS cluster, and superclusters between regions",
        )
    else:
        found["lock of NOTIFY, share of time"] = (lambda one: one.notify_share, share, "NATS as the bus")
        # A process that hears of everything needs room for its own work, so half of what may be used is the end.
        found["hearing, share of each process's core"] = (
            lambda one: one.hearing_share,
            share / 2,
            "NATS as the bus",
        )
    return found
