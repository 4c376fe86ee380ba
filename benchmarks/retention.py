"""`python -m benchmarks.retention`: rows a second of a sweep, and of a copy of an account, and the memory of both."""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from benchmarks import cores
from benchmarks.dataset import Maker, settings_in
from server.accounts.model import ApiUse, PublicCall
from server.app import Postmeter
from server.kit.clock import ManualClock, SystemClock
from server.kit.work import Units, Work
from server.privacy.actions.exporting import begin_export
from server.privacy.jobs.retention import plan
from server.privacy.reads.owned import Subject
from server.privacy.rules.exporting import ExportScope

ROWS_AT_ONCE = 10_000

out = Console()


@dataclass(frozen=True, slots=True)
class Measured:
    """What was done, with how many rows, in how many seconds of the clock and of the processor."""

    name: str
    rows: int
    seconds: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retention", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many (1,000,000)")
    rows = parser.parse_args().rows
    cores.pin(cores.SERVERS)
    with tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name:
        measured = asyncio.run(_run(Path(name), rows))
    table = Table("What", "Rows", "Rows a second", "Rows a second of the processor")
    for each in measured:
        speeds = (each.rows / each.seconds, each.rows / each.cpu)
        table.add_row(each.name, f"{each.rows:,}", *(f"{speed:,.0f}" for speed in speeds))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    table.caption = f"At most {peak} MiB were used, with the caches of the database."
    out.print(table)


async def _run(folder: Path, rows: int) -> list[Measured]:
    postmeter = Postmeter(settings_in(folder))
    async with postmeter.storage():
        maker = Maker(postmeter, ManualClock(SystemClock().now()))
        viewer = await maker.register("measured")
        account_id = viewer.account_id
        assert account_id is not None
        await _add(postmeter.units, rows, _called)
        swept = await _timed("Sweep", rows, lambda: _work(postmeter, plan))
        await _add(postmeter.units, rows, lambda work, numbers: _used(work, account_id, numbers))
        subject = Subject(ExportScope.ACCOUNT, account_id, "")
        begin = await _timed(
            "Copy", rows, lambda: _work(postmeter, lambda work: begin_export(work, subject, None))
        )
        return [swept, begin]


async def _work(postmeter: Postmeter, begin: Callable[[Work], object]) -> None:
    await postmeter.units.run_unaudited(begin)
    await postmeter.due.run_due()


async def _timed(name: str, rows: int, action: Callable[[], Awaitable[None]]) -> Measured:
    began, spent = time.perf_counter(), time.process_time()
    await action()
    return Measured(name, rows, time.perf_counter() - began, time.process_time() - spent)


async def _add(units: Units, count: int, make: Callable[[Work, range], None]) -> None:
    for start in range(0, count, ROWS_AT_ONCE):
        numbers = range(start, min(start + ROWS_AT_ONCE, count))
        await units.run_unaudited(lambda work, numbers=numbers: make(work, numbers))  # type: ignore[misc]


def _called(work: Work, numbers: range) -> None:
    """Calls of strangers that are over."""
    each = {"action": "test", "caller_hash": bytes(32), "made_at": work.now - timedelta(days=31)}
    work.connection.execute(insert(PublicCall), [{"id": f"pub_{number:012}", **each} for number in numbers])


def _used(work: Work, account_id: str, numbers: range) -> None:
    """Uses of API keys of the account."""
    each = {
        "account_id": account_id,
        "key_id": "key_1",
        "channel": "HTTP",
        "fields": "viewer",
        "status": "OK",
    }
    made = [{"id": f"use_{number:012}", **each, "at": work.now} for number in numbers]
    work.connection.execute(insert(ApiUse), made)


if __name__ == "__main__":
    main()
