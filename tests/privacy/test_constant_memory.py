"""A sweep and an export take the memory of a page, however many rows there are, and hold the writer for a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from server import duties
from server.accounts.model import PublicCall
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.registry import Registry
from server.kit.work import Read, Units, Work
from server.policy.adapters.profiles import load_profile
from server.privacy.jobs import retention as jobs
from server.privacy.jobs.retention import sweep
from server.privacy.model import RetentionCount
from server.privacy.reads import retention as reads
from server.privacy.rules.exporting import PackageTerms
from server.privacy.rules.retention import RetentionTerms
from server.terms import terms_of
from tests.privacy.copying import campaign, copying_of, recipients, unpacked

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
"""Whose cache is not in the process that is measured; SQLite's is, up to its own limit."""
ROWS_AT_ONCE = 10_000
CACHED_ROWS = 50_000
"""More would be measured on SQLite with the pages that it keeps, up to 64 MiB a connection."""
GROWTH_BYTES_MAX = 8_000_000
"""Of ten times as many rows: a fraction of what they would take, for allocators are untidy."""


@pytest.fixture
def terms() -> Registry:
    terms = terms_of(load_profile("mailpro"))
    # Files of one size, however many there are. An XLS is held in memory as a whole, so it is bounded by its rows.
    packages = replace(terms.get(PackageTerms), old_workbooks=False, rows_a_step=10_000)
    terms.add(replace(packages, rows_a_file=5_000, rows_a_workbook=2_500))
    return terms


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> int:
    return 1_000_000 if request.config.getoption("--full") else 50_000


async def peak(action: Callable[[], Awaitable[Any]]) -> int:
    """How many more bytes the process had at once than before. Linux keeps the mark, and lets it be set back."""
    _set_back()
    before = _bytes("VmRSS")
    await action()
    return _bytes("VmHWM") - before


def _set_back() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _bytes(name: str) -> int:
    (line,) = [one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name)]
    return int(line.split()[1]) * 1024


async def add(units: Units, count: int, make: Callable[[Work, range], None]) -> None:
    for start in range(0, count, ROWS_AT_ONCE):
        numbers = range(start, min(start + ROWS_AT_ONCE, count))
        await units.run_unaudited(lambda work, numbers=numbers: make(work, numbers))  # type: ignore[misc]


def called(work: Work, numbers: range) -> None:
    """Calls of strangers, of long ago."""
    long_ago = work.now - timedelta(days=31)
    each = {"action": "test", "caller_hash": b"1" * 32, "made_at": long_ago}
    work.connection.execute(insert(PublicCall), [{"id": f"pub_{number:09}", **each} for number in numbers])


async def test_a_sweep_takes_the_memory_of_a_batch(units: Units, rows: int, engine_name: str) -> None:
    peaks = []
    rows = min(rows, CACHED_ROWS) if engine_name == "sqlite" else rows
    for count in (rows // 10, rows):
        await add(units, count, called)
        runner = DueRunner(units, jobs.handlers(), duties.TIMERS)

        async def swept(runner: DueRunner = runner) -> None:
            await sweep(units, "all")
            await runner.run_due()

        peaks.append(await peak(swept))
        assert await units.read(lambda read: read.scalar(select(func.count()).select_from(PublicCall))) == 0
    assert peaks[1] < peaks[0] + GROWTH_BYTES_MAX, peaks
    batch = units.house.terms.get(RetentionTerms).rows_a_batch
    newest = await units.read(lambda read: reads.runs(read, 1))
    counts = await units.read(lambda read: reads.counts_of(read, [newest[0].id])[newest[0].id])
    (count_of,) = [one for one in counts if one.table == "public_calls"]
    assert (count_of.deleted, count_of.batches) == (rows, rows // batch)


@ON_SQLITE
async def test_another_writer_waits_for_a_batch_at_most(units: Units, rows: int) -> None:
    """Counted in batches, whatever the machine: at most the one that is being written, and one that was before it."""
    await add(units, rows // 5, called)
    done = asyncio.ensure_future(_sweep(units))
    waited = []
    while not done.done():
        before = await units.read(_batches)
        waited.append(await units.run_unaudited(_batches) - before)
    await done
    assert len(waited) > 10
    assert max(waited) <= 2


@ON_POSTGRESQL
async def test_an_export_takes_the_memory_of_a_page(units: Units, clock: ManualClock, rows: int) -> None:
    copying = await copying_of(units, clock)

    campaign_id = await units.run_unaudited(lambda work: campaign(work, copying.account_id))

    def listed(work: Work, numbers: range, start: int) -> None:
        recipients(work, copying.account_id, campaign_id, [start + number for number in numbers])

    peaks, there = [], 0
    for count in (rows // 10, rows):
        await add(units, count - there, lambda work, numbers, there=there: listed(work, numbers, there))  # type: ignore[misc]
        there = count
        row = await copying.ask()
        peaks.append(await peak(copying.due))
        ready = await copying.row(row.id)
        assert (ready.status, ready.rows >= count) == ("READY", True)
    assert peaks[1] < peaks[0] + GROWTH_BYTES_MAX, peaks
    files = unpacked(await copying.package(row.id))
    lines = sum(
        file.count(b"\n") - 1 for name, file in files.items() if name.startswith("csv/campaign_recipients")
    )
    assert lines == rows


async def _sweep(units: Units) -> None:
    await sweep(units, "all")
    await DueRunner(units, jobs.handlers(), duties.TIMERS).run_due()


def _batches(read: Read) -> int:
    return int(read.scalar(select(func.coalesce(func.sum(RetentionCount.batches), 0))) or 0)
