"""`python -m benchmarks.capacity`: unit costs, and what a million sockets and ten thousand debits a second take."""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import unit_costs
from benchmarks.customers import Customers, fill, settings_on
from benchmarks.engines import Engines, running_engines
from benchmarks.fleet import Fleet, warm_up
from benchmarks.model import (
    TOPICS_FOLLOWED,
    Bottleneck,
    Bus,
    Ceilings,
    Demand,
    Infeasible,
    Plan,
    UnitCosts,
    bottlenecks,
    plan,
    slope,
)
from benchmarks.servers import Failed, serving_postmeter
from benchmarks.unit_costs import HERE, LISTENERS, NATS, POSTGRES, THERE, Effort

ACCOUNTS = 100
ASKED = Demand(sockets=1_000_000, debits_per_second=10_000)
_MICRO, _KILO, _MEGA, _GIGA = 1e-6, 1e3, 1e6, 1e9

out = Console(width=110)


def main() -> int:
    options = _options()
    try:
        costs = _costs_of(options.costs) if options.costs else _measured(options.accounts)
    except Failed as failed:
        out.print(f"[red]{failed}", highlight=False)
        return 2
    if options.save:
        options.save.write_text(json.dumps(asdict(costs), indent=2) + "\n")
    demand = Demand(
        options.sockets,
        options.debits_per_second,
        options.watchers_per_account,
        options.watched_share,
        options.queries_per_second,
    )
    show(costs, demand, Ceilings(utilisation_max=options.utilisation_max), out)
    return 0


def _measured(accounts: int) -> UnitCosts:
    with running_engines() as engines, tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name:
        folder = Path(name)
        out.print("Making the data", highlight=False)
        databases = engines.new_database("main"), engines.new_database("keys")
        customers = fill(settings_on(folder, *databases), accounts)
        return _of_servers(customers, engines, folder)


def _of_servers(customers: Customers, engines: Engines, folder: Path) -> UnitCosts:
    effort = Effort()
    by_topic = customers.over(engines.nats.url)
    with (
        serving_postmeter(by_topic, folder, HERE, pinned=False) as one,
        serving_postmeter(by_topic, folder, THERE, pinned=False) as two,
    ):
        over_nats = Over(Fleet(by_topic, [one, two], engines.pids), engines, effort)
    with serving_postmeter(customers, folder, HERE, pinned=False) as one:
        heard = unit_costs.hearing(Fleet(customers, [one], engines.pids), effort)
    return costs_of(over_nats, heard, unit_costs.notifying(engines.postgres_url, effort))


class Over:
    """All that is measured with two servers on NATS, one measurement after the other."""

    def __init__(self, fleet: Fleet, engines: Engines, effort: Effort) -> None:
        out.print("Measuring debits and queries", highlight=False)
        warm_up(fleet, "warm-up", effort.seconds)
        self.debits = unit_costs.debits(fleet, engines, effort)
        self.queries = unit_costs.queries(fleet, effort)
        out.print("Measuring deliveries", highlight=False)
        self.watched = unit_costs.watched(fleet, effort)
        self.delivery_cpu_seconds, self.delivery_bytes = unit_costs.delivery_cpu_seconds(fleet, effort)
        out.print("Measuring idle sockets", highlight=False)
        self.idle = unit_costs.idle(fleet, effort, Ceilings().look_seconds, TOPICS_FOLLOWED)


def costs_of(over: Over, heard: tuple[float, float], notified: Sequence[unit_costs.Notified]) -> UnitCosts:
    """What was measured, as the cost of one each."""
    debits, watched, queries, idle = over.debits, over.watched, over.queries, over.idle
    messages = max(1.0, debits.messages)
    woken = {name: seconds / watched.operations for name, seconds in watched.cpu_seconds.items()}
    listener = _each([one.own_cpu_seconds for one in notified])
    return UnitCosts(
        process_memory_bytes=idle.process_memory_bytes,
        socket_memory_bytes=idle.socket_memory_bytes,
        execution_memory_bytes=idle.execution_memory_bytes,
        ping_cpu_seconds=idle.ping_cpu_seconds,
        look_cpu_seconds=idle.look_cpu_seconds,
        look_database_cpu_seconds=idle.look_database_cpu_seconds,
        wake_cpu_seconds=woken[THERE],
        wake_database_cpu_seconds=max(0.0, woken[POSTGRES] - debits.cpu_seconds(POSTGRES)),
        delivery_cpu_seconds=max(0.0, over.delivery_cpu_seconds),
        delivery_bytes=over.delivery_bytes,
        debit_cpu_seconds=debits.cpu_seconds(HERE),
        debit_database_cpu_seconds=debits.cpu_seconds(POSTGRES),
        debit_wal_bytes=debits.wal_bytes,
        debit_storage_bytes=debits.storage_bytes,
        debit_messages=debits.messages,
        message_bytes=debits.message_bytes,
        query_cpu_seconds=queries.cpu_seconds[HERE] / queries.operations,
        query_database_cpu_seconds=queries.cpu_seconds[POSTGRES] / queries.operations,
        message_in_nats_cpu_seconds=debits.cpu_seconds(NATS) / messages,
        message_out_nats_cpu_seconds=max(0.0, woken[NATS] - debits.cpu_seconds(NATS)),
        followed_nats_memory_bytes=idle.followed_nats_memory_bytes,
        notify_cpu_seconds=max(0.0, notified[0].own_cpu_seconds - LISTENERS[0] * listener),
        notify_listener_cpu_seconds=listener,
        hear_database_cpu_seconds=max(0.0, _each([one.database_cpu_seconds for one in notified]) - listener),
        hear_batch_cpu_seconds=heard[0],
        hear_topic_cpu_seconds=heard[1],
    )


def _each(figures: Sequence[float]) -> float:
    """For each further connection that listens."""
    return max(0.0, slope(LISTENERS, figures))


def show(costs: UnitCosts, demand: Demand, ceilings: Ceilings, out: Console) -> None:
    """What is measured, what is assumed, and what follows."""
    out.print(
        _table("Measured", [(_words(name), _shown(name, each)) for name, each in asdict(costs).items()])
    )
    assumed = asdict(demand) | asdict(ceilings)
    out.print(_table("Assumed", [(_words(name), f"{each:,g}") for name, each in assumed.items()]))
    for bus in Bus:
        try:
            rows = _rows(plan(costs, demand, ceilings, bus))
        except Infeasible:
            rows = [("processes", "no number is enough")]
        out.print(_table(f"Extrapolated: the bus is {bus.value}", rows))
        ends = [_end(each, demand) for each in bottlenecks(costs, demand, ceilings, bus)]
        out.print(_table("What gives out first, when all of it grows alike", ends))


def _rows(found: Plan) -> list[tuple[str, str]]:
    by = ", ".join(f"{reason} {processes:,}" for reason, processes in found.processes_by.items())
    return [
        ("processes", f"{found.processes:,} ({by})"),
        ("of each, share of a core", f"{found.cpu_share:.0%}, of it {found.hearing_share:.0%} hearing"),
        ("memory of all processes", f"{found.memory_bytes / _GIGA:,.1f} GB"),
        ("executions; deliveries/s", f"{found.executions:,.0f}; {found.deliveries_per_second:,.0f}"),
        ("PostgreSQL cores in use", f"{found.database_cores:,.1f}"),
        ("PostgreSQL WAL", f"{found.wal_bytes_per_second / _MEGA:,.1f} MB/s"),
        ("PostgreSQL storage", f"{found.storage_bytes_per_day / _GIGA:,.0f} GB a day"),
        ("PostgreSQL connections", f"{found.database_connections:,.0f}"),
        ("lock of NOTIFY, share of time", f"{found.notify_share:.1%}"),
        (
            "bus messages/s, in and out",
            f"{found.bus_messages_in_per_second:,.0f}; {found.bus_messages_out_per_second:,.0f}",
        ),
        (
            "a process hears",
            f"{found.process_hears_per_second:,.0f}/s, {found.process_hears_bytes_per_second / _MEGA:,.3f} MB/s",
        ),
        (
            "a process says",
            f"{found.process_says_per_second:,.0f}/s, {found.process_says_bytes_per_second / _MEGA:,.3f} MB/s",
        ),
        ("NATS cores; memory", f"{found.nats_cores:,.2f}; {found.nats_memory_bytes / _GIGA:,.2f} GB"),
    ]


def _end(found: Bottleneck, demand: Demand) -> tuple[str, str]:
    if math.isinf(found.factor):
        return found.resource, "never"
    load = f"{demand.sockets * found.factor:,.0f} sockets and {demand.debits_per_second * found.factor:,.0f} debits/s"
    return found.resource, f"at {found.factor:,.2f} times the load ({load}); then {found.step}"


def _table(title: str, rows: Sequence[tuple[str, str]]) -> Table:
    table = Table("what", "figure", title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    return table


def _words(name: str) -> str:
    return name.replace("_", " ")


def _shown(name: str, value: float) -> str:
    """Times of CPU in microseconds, sizes in bytes."""
    return f"{value / _MICRO:,.1f} µs" if name.endswith("seconds") else f"{value:,.1f}"


def _costs_of(path: Path) -> UnitCosts:
    return UnitCosts(**json.loads(path.read_text()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help=f"how many customers ({ACCOUNTS})")
    parser.add_argument("--save", type=Path, help="write the unit costs to a file")
    parser.add_argument("--costs", type=Path, help="take them from there, and measure nothing")
    for each in fields(Demand):
        default = getattr(ASKED, each.name)
        parser.add_argument(
            f"--{each.name.replace('_', '-')}", type=float, default=default, help=f"{default:,g}"
        )
    parser.add_argument("--utilisation-max", type=float, default=Ceilings().utilisation_max, help="0.6")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
