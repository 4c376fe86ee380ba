"""What was measured, as a table for people and as JSON for comparison."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.load.spec import Measured

Results = Mapping[str, Mapping[str, Sequence[Measured]]]
"""By kind of load and by server, one a round."""

EXPECTED = {"dashboard": 4.0, "debits": 6.0, "fanout": 4.0}
"""How many times the stock server Postmeter is expected to reach."""

TITLES = {
    "fanout": "Fan-out, deliveries/s",
    "dashboard": "Dashboard query, requests/s",
    "debits": "Durable debits/s",
}
_PACKAGES = (
    "strawberry-graphql",
    "starlette",
    "uvicorn",
    "sqlalchemy",
    "aiosqlite",
    "graphql-core",
    "uvloop",
)


def show(results: Results, out: Console) -> bool:
    """Print the table; whether every expected ratio was reached."""
    title = "Postmeter and the stock equivalent: medians of interleaved rounds"
    table = Table(title=title, box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("", "Postmeter", "stock", "ratio", "in rounds", "goal"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    reached = True
    for kind, servers in results.items():
        ratio = median_ratio(servers)
        reached &= ratio >= EXPECTED[kind]
        low, high = spread(servers)
        colour = "green" if ratio >= EXPECTED[kind] else "red"
        table.add_row(
            f"[bold]{TITLES[kind]}",
            *_both(servers, _rate),
            f"[bold {colour}]{ratio:.1f}",
            f"{low:.1f} to {high:.1f}",
            f"≥ {EXPECTED[kind]:.0f}",
        )
        for title, value in _DETAILS[kind].items():
            table.add_row(f"  {title}", *_both(servers, value), _cpu_ratio(servers, title), style="dim")
        table.add_section()
    out.print(table)
    return reached


def median_ratio(servers: Mapping[str, Sequence[Measured]]) -> float:
    return statistics.median(_ratios(servers))


def spread(servers: Mapping[str, Sequence[Measured]]) -> tuple[float, float]:
    """The smallest and the largest ratio of any round."""
    ratios = _ratios(servers)
    return min(ratios), max(ratios)


def document(results: Results) -> dict[str, Any]:
    """The figures with what they were measured on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "packages": {name: version(name) for name in _PACKAGES},
        "results": {
            kind: {
                "ratio": round(median_ratio(servers), 2),
                "ratio_by_round": [round(ratio, 2) for ratio in _ratios(servers)],
                **{name: _figures(kind, rounds) for name, rounds in servers.items()},
            }
            for kind, servers in results.items()
        },
    }


def _figures(kind: str, rounds: Sequence[Measured]) -> dict[str, Any]:
    details = {title: round(_median(rounds, value), 3) for title, value in _DETAILS[kind].items()}
    return {
        "rate": round(_median(rounds, _rate), 1),
        "rates": [round(one.rate, 1) for one in rounds],
        **details,
    }


def _ratios(servers: Mapping[str, Sequence[Measured]]) -> list[float]:
    return [
        ours.rate / theirs.rate for ours, theirs in zip(servers["Postmeter"], servers["stock"], strict=True)
    ]


def _median(rounds: Sequence[Measured], value: Callable[[Measured], float]) -> float:
    return statistics.median(value(one) for one in rounds)


def _both(servers: Mapping[str, Sequence[Measured]], value: Callable[[Measured], float]) -> list[str]:
    return [_shown(_median(servers[name], value)) for name in ("Postmeter", "stock")]


def _cpu_ratio(servers: Mapping[str, Sequence[Measured]], title: str) -> str:
    """What other programs on the machine disturb least: how much less CPU time one operation costs."""
    if title != _CPU_EACH:
        return ""
    ours, theirs = (_median(servers[name], _CPU[title]) for name in ("Postmeter", "stock"))
    return f"{theirs / ours:.1f}"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _rate(measured: Measured) -> float:
    return measured.rate


def _percentile(share: float) -> Callable[[Measured], float]:
    def milliseconds(measured: Measured) -> float:
        ordered = sorted(measured.latencies_seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1e3

    return milliseconds


_CPU_EACH = "server CPU, µs each"
_CPU: dict[str, Callable[[Measured], float]] = {
    _CPU_EACH: lambda one: one.server_cpu_micros_each,
    "server CPU, % of a core": lambda one: one.server_cpu_share * 100,
    "load generator CPU, %": lambda one: one.client_cpu_share * 100,
    "bytes of an answer": lambda one: one.bytes_each,
}
_LATENCY = {"median, ms": _percentile(0.5), "99th percentile, ms": _percentile(0.99)}
_DETAILS: dict[str, dict[str, Callable[[Measured], float]]] = {
    "dashboard": {**_LATENCY, **_CPU},
    "debits": {**_LATENCY, **_CPU},
    "fanout": {
        "to the last, median, ms": _percentile(0.5),
        "to the last, slowest, ms": _percentile(1.0),
        **_CPU,
        "memory a watcher, kB": lambda one: one.memory_bytes_each / 1000,
    },
}
