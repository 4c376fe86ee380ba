"""The soak by command: a server of its own, so many minutes, and an exit code.

python -m tests.soak --minutes 30
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from random import SystemRandom

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults.processes import Process
from tests.soak.soaking import Plan, Report, soak

VARIABLES = {"POSTMETER_METRICS_PORT": "0", "POSTMETER_LOG_LEVEL": "INFO"}
SHOWN = ("mutation", "event", "resumed", "vanished", "stalled", "misbehaved", "fault")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long")
    parser.add_argument("--seed", type=int, default=None, help="repeat the dice of an earlier run")
    given = parser.parse_args()
    seed = SystemRandom().randrange(2**32) if given.seed is None else given.seed
    plan = Plan(seconds=given.minutes * 60, seed=seed)
    out = Console()
    out.print(f"SOAK_SEED={seed}", highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        process = Process(Path(folder), variables=VARIABLES)
        try:
            process.start()
            report = _run(process, plan, out)
        finally:
            process.end()
    for line in report.lines():
        out.print(line, highlight=False, soft_wrap=True)
    return 1 if report.faults else 0


def _run(process: Process, plan: Plan, out: Console) -> Report:
    columns = (TimeElapsedColumn(), BarColumn(bar_width=12), TextColumn("{task.description}"))
    with Progress(*columns, console=out) as shown:
        task = shown.add_task("Warming up", total=plan.seconds)

        def progress(seconds: float, report: Report) -> None:
            counts = report.counts.done
            said = " · ".join(f"{counts[name]:,} {name}" for name in SHOWN if counts[name])
            text = f"{said} · {report.samples[-1].memory_mb:.0f} MB"
            shown.update(task, completed=seconds, description=text)

        return asyncio.run(soak(process, plan, progress))


if __name__ == "__main__":
    sys.exit(main())
