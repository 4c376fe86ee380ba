"""`python -m benchmarks.fleet`: one server and two, on either bus, and the CPU of every process that takes part."""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks import documents
from benchmarks.customers import Customers, fill, settings_on
from benchmarks.engines import Engines, running_engines
from benchmarks.equality import available_in
from benchmarks.load.fleet import LOAD, Kind, Measured, Spec
from benchmarks.servers import Failed, Server, load_fleet, serving_postmeter

ACCOUNTS, CONNECTIONS, WATCHERS, WATCHED_ACCOUNTS = 50, 32, 1_000, 16
WARM_UP_SECONDS = 1.0
LOADS = {
    "hot": "Debits/s, of one account",
    "spread": "Debits/s, of all accounts in turn",
    "watched": "Deliveries/s, 16 accounts with a watcher each",
    "fanout": "Deliveries/s, all watchers of one balance",
}
ONE, TWO = "one server", "two servers"

out = Console(width=150)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Servers of one database that run at the moment, and all whose CPU is looked at."""

    customers: Customers
    servers: Sequence[Server]
    engine_pids: dict[str, int]

    @property
    def ports(self) -> list[int]:
        return [server.port for server in self.servers]

    @property
    def pids(self) -> dict[str, int]:
        return {server.name: server.process.pid for server in self.servers} | self.engine_pids

    def rest(self) -> None:
        """Wait until what the last load left to do is done."""
        for server in self.servers:
            server.wait_until_idle()

    def balances(self) -> int:
        """What all accounts have together, in credits."""
        with httpx.Client(
            base_url=f"http://127.0.0.1:{self.ports[0]}", timeout=30, trust_env=False
        ) as client:
            return sum(_available(client, key) for key in self.customers.api_keys)


Results = dict[tuple[str, str, str], list[Measured]]
"""By database with bus, by number of servers, and by load; one a round."""


def main() -> int:
    options = _options()
    results: Results = {}
    try:
        with running_engines() as engines, tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name:
            out.print("Making the data", highlight=False)
            houses = _houses(engines, Path(name), options.accounts)
            for number in range(options.rounds):
                for place, (fleet, title, servers) in enumerate(_fleets(houses, engines, Path(name), number)):
                    out.print(f"Round {number + 1}, {title}, {servers}", highlight=False)
                    for load, measured in measure(
                        fleet, f"{number}-{place}", options.seconds, options.watchers
                    ).items():
                        results.setdefault((title, servers, load), []).append(measured)
    except Failed as failed:
        out.print(f"[red]{failed}", highlight=False)
        return 2
    except KeyboardInterrupt:
        out.print("Interrupted: what was measured until then")
    show(results, out)
    return 0


@dataclass(frozen=True, slots=True)
class House:
    """A database with customers, and the engines behind it; `by_two` where two servers may share it."""

    title: str
    customers: Customers
    engines: tuple[str, ...] = field(default=())

    @property
    def by_two(self) -> bool:
        return bool(self.engines)


def _houses(engines: Engines, folder: Path, accounts: int) -> list[House]:
    """Both buses tell of the same database."""
    shared = fill(settings_on(folder, engines.new_database("main"), engines.new_database("keys")), accounts)
    alone = folder / "sqlite"
    alone.mkdir()
    return [
        House("SQLite", fill(settings_on(alone), accounts)),
        House("PostgreSQL, its bus", shared, ("PostgreSQL",)),
        House("PostgreSQL, NATS", shared.over(engines.nats.url), ("PostgreSQL", "NATS")),
    ]


def _fleets(
    houses: Sequence[House], engines: Engines, folder: Path, number: int
) -> Iterator[tuple[Fleet, str, str]]:
    """One after the other, freshly started; the order changes from round to round."""
    for house in houses if number % 2 == 0 else houses[::-1]:
        pids = {name: engines.pids[name] for name in house.engines}
        with contextlib.ExitStack() as stack:
            one = stack.enter_context(serving_postmeter(house.customers, folder, "server 1", pinned=False))
            alone = Fleet(house.customers, [one], pids), house.title, ONE
            if not house.by_two or number % 2 == 0:
                yield alone
            if house.by_two:
                with serving_postmeter(house.customers, folder, "server 2", pinned=False) as two:
                    yield Fleet(house.customers, [one, two], pids), house.title, TWO
                if number % 2:
                    yield alone


def measure(fleet: Fleet, run: str, seconds: float, watchers: int = WATCHERS) -> dict[str, Measured]:
    """Each load after the other. Raises Failed when what was spent is not what was answered."""
    warm_up(fleet, f"{run}-warm-up", min(seconds, WARM_UP_SECONDS))
    return {
        "hot": spend(fleet, f"{run}-hot", seconds, tokens=1),
        "spread": spend(fleet, f"{run}-spread", seconds),
        "watched": spend(
            fleet, f"{run}-watched", seconds, "fanout", tokens=WATCHED_ACCOUNTS, watchers=1, spenders=1
        ),
        "fanout": spend(fleet, f"{run}-fanout", seconds, "fanout", tokens=1, watchers=watchers, spenders=1),
    }


def warm_up(fleet: Fleet, run: str, seconds: float) -> None:
    """What the first requests cost is not measured."""
    spend(fleet, run, seconds)


def spend(
    fleet: Fleet,
    run: str,
    seconds: float,
    kind: Kind = "debits",
    *,
    tokens: int = ACCOUNTS,
    watchers: int = 0,
    spenders: int | None = None,
    watched: Sequence[int] | None = None,
) -> Measured:
    """Debits of so many accounts at the first `spenders` servers, watched at those of numbers `watched` (all).

    Raises Failed unless every debit that was answered, and no other, is in the balances.
    """
    fleet.rest()
    before = fleet.balances()
    measured = load_fleet(
        Spec(
            kind=kind,
            ports=fleet.ports[:spenders],
            tokens=fleet.customers.api_keys[:tokens],
            pids=fleet.pids,
            seconds=seconds,
            run=run,
            connections=CONNECTIONS,
            watchers=watchers,
            watched_ports=[fleet.ports[number] for number in watched] if watched else fleet.ports,
        )
    )
    spent = before - fleet.balances()
    if spent != measured.operations:
        raise Failed(f"{measured.operations} debits were answered and the balances fell by {spent}")
    if measured.deliveries != measured.operations * watchers:
        raise Failed(f"{measured.operations} debits made {measured.deliveries} deliveries to {watchers} each")
    return measured


def _available(client: httpx.Client, api_key: str) -> int:
    headers = {"authorization": f"Bearer {api_key}", "content-type": "application/json"}
    answer = client.post("/graphql", content=documents.body(documents.BALANCES), headers=headers)
    return available_in(answer.json()["data"])


def show(results: Results, out: Console) -> None:
    """Print a table for each load."""
    for load, heading in LOADS.items():
        delivers = load in ("watched", "fanout")
        table = Table(title=heading, title_justify="left")
        columns = ["a second", "in rounds", "two to one"]
        columns += ["delay p50, ms", "p99, ms"] if delivers else ["p50, ms", "p99, ms"]
        for column in ("", *columns, "CPU µs each: servers", "PostgreSQL", "NATS", "load"):
            table.add_column(column, justify="right" if column else "left")
        for (title, servers, one), rounds in results.items():
            if one == load:
                table.add_row(f"{title}, {servers}", *_row(results, (title, servers, load), rounds))
        out.print(table)


def _row(results: Results, key: tuple[str, str, str], rounds: Sequence[Measured]) -> list[str]:
    title, servers, load = key
    rates = [rate(one) for one in rounds]
    delays = [each for one in rounds for each in one.delays_since_answer or one.latencies_seconds]
    ratio = ""
    if servers == TWO:
        ratios = [two / rate(one) for two, one in zip(rates, results[title, ONE, load], strict=False)]
        ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    return [
        f"{statistics.median(rates):,.0f}",
        f"{min(rates):,.0f} to {max(rates):,.0f}",
        ratio,
        f"{percentile(delays, 0.5) * 1e3:.1f}",
        f"{percentile(delays, 0.99) * 1e3:.1f}",
        *(_micros(rounds, named) for named in (_is_server, "PostgreSQL".__eq__, "NATS".__eq__, LOAD.__eq__)),
    ]


def rate(measured: Measured) -> float:
    """Deliveries a second, or debits where nobody watches."""
    return _count(measured) / measured.seconds


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _count(measured: Measured) -> int:
    return measured.deliveries or measured.operations


def _is_server(name: str) -> bool:
    return name.startswith("server")


def _micros(rounds: Sequence[Measured], named: Callable[[str], bool]) -> str:
    """CPU time of each delivery or debit, of all processes of such a name."""
    each = [
        sum(seconds for name, seconds in one.cpu_seconds.items() if named(name)) / _count(one) * 1e6
        for one in rounds
    ]
    return f"{statistics.median(each):,.0f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each load lasts (3)")
    parser.add_argument("--watchers", type=int, default=WATCHERS, help=f"of one balance ({WATCHERS:,})")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS, help=f"how many customers ({ACCOUNTS})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
