"""The benchmarks of a fleet on real engines, in a very short form: what they count agrees, whatever it took."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from benchmarks import capacity, unit_costs
from benchmarks import fleet as comparing
from benchmarks.customers import Customers, fill, settings_on
from benchmarks.engines import Engines, postmaster_pid
from benchmarks.fleet import ONE, TWO, Fleet
from benchmarks.load.fleet import LOAD
from benchmarks.model import Ceilings, Demand
from benchmarks.servers import Server
from benchmarks.unit_costs import HERE, NATS, POSTGRES, THERE, Effort
from tests.databases import Databases
from tests.faults.processes import Process
from tests.fleet.conftest import new_database
from tests.fleet.engines import NatsServer

ACCOUNTS = 4
SHORT = Effort(seconds=0.2, idle_seconds=0.5, sockets=(0, 10, 20), watchers=(2, 12), batches=20)


@dataclass
class Found:
    """Two servers on NATS, the customers of both, and the engines."""

    fleet: Fleet
    engines: Engines


@pytest.fixture(scope="module")
def found(
    postgres_server: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Found]:
    folder = tmp_path_factory.mktemp("capacity")
    nats = NatsServer(monitored=True)
    nats.start()
    with (
        new_database(postgres_server, databases) as url,
        new_database(postgres_server, databases) as keys_url,
    ):
        customers = fill(settings_on(folder, url, keys_url), ACCOUNTS)
        processes = [_process(folder, customers, nats.url) for _ in range(2)]
        try:
            for process in processes:
                process.start()
            engines = Engines(postgres_server, nats)
            servers = [
                _server(process, name, customers)
                for process, name in zip(processes, (HERE, THERE), strict=True)
            ]
            yield Found(Fleet(customers, servers, engines.pids), engines)
        finally:
            for process in processes:
                process.end()
            nats.kill()


def _process(folder: Path, customers: Customers, bus_url: str) -> Process:
    settings = customers.settings
    variables = {
        f"POSTMETER_{name.upper()}": str(getattr(settings, name)) for name in settings.model_fields_set
    }
    return Process(folder, settings.database_url, variables=variables | {"POSTMETER_BUS_URL": bus_url})


def _server(process: Process, name: str, customers: Customers) -> Server:
    port = urlsplit(process.origin).port
    assert port is not None
    running: Any = process  # of which only the id is looked at
    return Server(name, port, running, customers.api_key)


def test_every_debit_is_counted_once_and_every_delivery_arrives(found: Found) -> None:
    measured = comparing.measure(found.fleet, "compared", SHORT.seconds, watchers=10)
    assert set(measured) == set(comparing.LOADS)
    for load in ("hot", "spread"):
        assert measured[load].operations > 0
        assert measured[load].deliveries == 0
    assert measured["watched"].deliveries == measured["watched"].operations > 0
    assert measured["fanout"].deliveries == 10 * measured["fanout"].operations > 0
    delays = measured["fanout"].delays_since_sent
    assert len(delays) == measured["fanout"].deliveries
    assert min(delays) > 0
    assert set(measured["spread"].cpu_seconds) == {HERE, THERE, POSTGRES, NATS, LOAD}

    console = Console(file=io.StringIO(), width=200)
    results = {("both", servers, load): [one] for servers in (ONE, TWO) for load, one in measured.items()}
    comparing.show(results, console)
    assert "1.00 (1.00 to 1.00)" in console.file.getvalue()  # type: ignore[attr-defined]


def test_unit_costs_are_measured_and_make_a_plan(found: Found) -> None:
    over = capacity.Over(found.fleet, found.engines, SHORT)
    assert over.debits.messages > 0  # debits of one account that come together are told of once
    assert over.debits.wal_bytes > 0
    assert over.watched.deliveries == over.watched.operations
    assert over.idle.process_memory_bytes > 0
    notified = unit_costs.notifying(found.engines.postgres_url, SHORT)
    costs = capacity.costs_of(over, (0.0, 0.0), notified)
    assert all(cost >= 0 for cost in asdict(costs).values())

    console = Console(file=io.StringIO(), width=200)
    capacity.show(costs, Demand(1_000, 10), Ceilings(), console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    for title in (
        "Measured",
        "Assumed",
        "Extrapolated: the bus is PostgreSQL",
        "Extrapolated: the bus is NATS",
    ):
        assert title in shown
    assert postmaster_pid(found.engines.postgres_url) == found.engines.pids[POSTGRES]
