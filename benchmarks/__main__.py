"""`python -m benchmarks`: everything, in one interleaved run."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import report
from benchmarks.dataset import Dataset, make
from benchmarks.equality import available, check_same_answers, check_spent
from benchmarks.load.spec import Measured
from benchmarks.servers import Failed, Server, load, running

CONNECTIONS = {"fanout": 1000, "dashboard": 16, "debits": 32}
"""In this order: watchers first, on servers whose memory nothing else has touched yet."""
WARM_UP_SECONDS = 0.5
RESULTS = Path(__file__).parent / "results.json"

out = Console()


def main() -> int:
    options = _options()
    rounds, seconds = (1, 1.0) if options.quick else (options.rounds, options.seconds)
    kinds = [options.only] if options.only else list(CONNECTIONS)
    results: dict[str, dict[str, list[Measured]]] = {kind: {"Postmeter": [], "stock": []} for kind in kinds}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name,
            _progress(rounds, kinds) as step,
        ):
            folder = Path(name)
            dataset = make(folder)
            step("Comparing answers")
            for number in range(rounds):
                _round(number, dataset, folder, seconds, results, step)
    except Failed as failed:
        out.print(f"[red]{failed}", highlight=False)
        return 2
    reached = report.show(results, out)
    if options.save:
        RESULTS.write_text(json.dumps(report.document(results), indent=2) + "\n")
        out.print(f"Written to {RESULTS}.")
    return 0 if reached else 1


def _round(
    number: int,
    dataset: Dataset,
    folder: Path,
    seconds: float,
    results: dict[str, dict[str, list[Measured]]],
    step: Step,
) -> None:
    """Each kind of load on both servers, freshly started; who goes first changes from round to round."""
    with running(dataset, folder) as servers:
        if number == 0:
            check_same_answers(*servers)
        for server in servers:
            for kind in ("dashboard", "debits"):
                load(server, kind, WARM_UP_SECONDS, CONNECTIONS[kind], f"warm-{number}")
        for kind, rounds_of in results.items():
            for server in servers if number % 2 == 0 else servers[::-1]:
                step(f"Round {number + 1}, {kind}, {server.name}")
                rounds_of[server.name].append(
                    _measure(server, servers, kind, seconds, f"round-{number}-{kind}")
                )


def _measure(server: Server, servers: tuple[Server, Server], kind: str, seconds: float, run: str) -> Measured:
    for each in servers:
        each.wait_until_idle()
    before = available(server)
    measured = load(server, kind, seconds, CONNECTIONS[kind], run)
    if kind == "debits":
        check_spent(server, before, measured.operations)
    return measured


class Step:
    """Advances the progress bar by one piece of load."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("Making the data", total=total)

    def __call__(self, text: str) -> None:
        self._progress.update(self._task, description=text, advance=1)


@contextmanager
def _progress(rounds: int, kinds: list[str]) -> Iterator[Step]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        yield Step(progress, 1 + rounds * len(kinds) * 2)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how often everything is measured (4)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each load lasts (3)")
    parser.add_argument("--quick", action="store_true", help="one round of a second: a first impression")
    parser.add_argument("--only", choices=CONNECTIONS, help="measure one kind of load only")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name} beside this program")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
