"""What the load generator is asked to do and what it reports, as JSON between two processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Spec:
    """One piece of load on one server. `run` makes idempotency keys and references unique."""

    kind: Literal["dashboard", "debits", "fanout"]
    port: int
    token: str
    server_pid: int
    seconds: float
    connections: int
    run: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it. A response that is not the expected one is a fault and counts nowhere else.

    `seconds` is the wall time of the load; for `fanout` each delivery is one operation and each latency is the time
    from sending a debit to the last watcher's delivery.
    """

    operations: int
    seconds: float
    latencies_seconds: list[float]
    faults: list[str]
    server_cpu_seconds: float
    client_cpu_seconds: float
    bytes_each: int
    memory_bytes_each: int = 0

    @property
    def rate(self) -> float:
        return self.operations / self.seconds

    @property
    def server_cpu_share(self) -> float:
        return self.server_cpu_seconds / self.seconds

    @property
    def client_cpu_share(self) -> float:
        return self.client_cpu_seconds / self.seconds

    @property
    def server_cpu_micros_each(self) -> float:
        return self.server_cpu_seconds / max(1, self.operations) * 1e6
