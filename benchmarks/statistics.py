"""`python -m benchmarks.statistics`: events into the NDJSON endpoint, and a campaign's page before and after them."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil  # type: ignore[import-untyped]
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Connection

from benchmarks import cores
from benchmarks.dataset import DATABASE, Dataset, Maker, settings_in
from benchmarks.servers import Failed, Server, serving_postmeter
from server.accounts import actions as accounts
from server.accounts.rules import SCOPES
from server.app import Postmeter
from server.bench_data import Asked, lines, write
from server.campaigns.actions.campaigns import create_campaign
from server.campaigns.rules.messages import EmailMessage
from server.kit.clock import ManualClock, SystemClock
from server.kit.graph.context import Context
from server.kit.viewer import Credentials

EVENTS_PER_SECOND_MIN = 8_000
SMALL = 1_000
TURNS, PAGES_A_TURN = 5, 10
PIECE_BYTES = 256 * 1024
PAGE = """
query Page($id: ID!) {
  campaign(id: $id) { name status statistics { ...all } }
  campaignBreakdown(id: $id, by: DOMAIN, first: 10) { edges { node { name counts { ...some } } } }
  links: campaignBreakdown(id: $id, by: LINK, first: 10) { edges { node { name counts { ...some } } } }
}
fragment all on CampaignStatistics {
  sequence firstEventAt lastEventAt creditsReserved creditsCaptured counts {
    ...some dropped deferred segments
    bounces { total unique hard { total unique } soft { total unique } block { total unique } }
    rates { delivery { value } clickThrough { value } clickToOpen { value } complaint { value } }
  }
}
fragment some on MessageCounts {
  sent { total unique } delivered { total unique } opens { total unique human humanUnique machine suspectBot }
  clicks { total unique humanUnique } unsubscribes { unique } complaints { unique }
}
"""

out = Console()


@dataclass(frozen=True, slots=True)
class Page:
    """A campaign's page: its median time and the server's CPU in milliseconds, and its statements."""

    events: int
    millis: float
    cpu_millis: float
    statements: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="how many (1,000,000)")
    events = parser.parse_args().events
    try:
        with tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name:
            return _run(Path(name), events)
    except Failed as failed:
        out.print(f"[red]{failed}", highlight=False)
        return 2


def _run(folder: Path, count: int) -> int:
    until = SystemClock().now()
    dataset, small, large = asyncio.run(_prepare(folder, until))
    asked = [Asked(small, SMALL, 1, until), Asked(large, count, 2, until)]
    cores.pin(cores.LOAD)
    files = [_written(folder, each) for each in asked]
    with serving_postmeter(dataset, folder) as server:
        _send(server, files[0], SMALL)
        before = _stored_bytes(dataset)
        seconds, cpu = _send(server, files[1], count)
        times = _pages(server, [each.campaign_id for each in asked])
    grown = _stored_bytes(dataset) - before  # the write-ahead log is merged by now
    statements = asyncio.run(_statements(dataset, [each.campaign_id for each in asked]))
    pages = [
        Page(events, *measured, taken)
        for events, measured, taken in zip((SMALL, count), times, statements, strict=True)
    ]
    _show(count, seconds, cpu, grown, pages)
    return 0 if count / cpu >= EVENTS_PER_SECOND_MIN and statements[0] == statements[1] else 1


async def _prepare(folder: Path, until: datetime) -> tuple[Dataset, str, str]:
    """An empty server with one account, its API key, and two campaigns."""
    settings = settings_in(folder)
    postmeter = Postmeter(settings)
    async with postmeter.storage():
        maker = Maker(postmeter, ManualClock(until))
        viewer = await maker.register("measured")
        message = EmailMessage("Spring", "The first marigolds are here.")
        ids = []
        for name in ("small", "large"):
            row = await maker.do(
                viewer, partial(create_campaign, account_id=viewer.account_id, name=name, message=message)
            )
            ids.append(row.id)
        key = await maker.do(
            viewer, lambda work: accounts.create_api_key(work, "b", list(SCOPES), expires_at=None)
        )
    database = folder / DATABASE
    return Dataset(settings, database, database, key.secret), ids[0], ids[1]


def _written(folder: Path, asked: Asked) -> Path:
    path = folder / f"{asked.seed}.ndjson"
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True) as progress:
        write(progress.track(lines(asked), total=asked.events, description="Making events"), path)
    return path


def _send(server: Server, path: Path, count: int) -> tuple[float, float]:
    """Seconds of the clock and of the server's CPU that it took."""
    process = psutil.Process(server.process.pid)
    headers = {"authorization": f"Bearer {server.api_key}", "content-type": "application/x-ndjson"}
    url = f"http://127.0.0.1:{server.port}/campaigns/events"
    cpu, clock = _cpu_seconds(process), time.monotonic()
    answer = httpx.post(url, content=_pieces(path), headers=headers, timeout=3_600, trust_env=False)
    seconds, used = time.monotonic() - clock, _cpu_seconds(process) - cpu
    said = answer.json()
    if answer.status_code != 200 or said["accepted"] + said["duplicates"] != count:
        raise Failed(f"{answer.status_code}: {said}")
    return seconds, used


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _cpu_seconds(process: Any) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _stored_bytes(dataset: Dataset) -> int:
    """The size of the database with all that was committed in it."""
    with closing(sqlite3.connect(dataset.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        (pages,), (size,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
    return int(pages) * int(size)


def _pages(server: Server, campaign_ids: Sequence[str]) -> list[tuple[float, float]]:
    """The median time of each campaign's page, and the server's CPU for one, in milliseconds.

    They take turns, so that whatever else the machine does meets all of them.
    """
    process = psutil.Process(server.process.pid)
    times: list[list[float]] = [[] for _ in campaign_ids]
    used = [0.0] * len(campaign_ids)
    for _ in range(TURNS):
        for number, campaign_id in enumerate(campaign_ids):
            cpu = _cpu_seconds(process)
            times[number] += [_page_seconds(server, campaign_id) for _ in range(PAGES_A_TURN)]
            used[number] += _cpu_seconds(process) - cpu
    pages = TURNS * PAGES_A_TURN
    return [
        (statistics.median(each) * 1_000, cpu * 1_000 / pages) for each, cpu in zip(times, used, strict=True)
    ]


def _page_seconds(server: Server, campaign_id: str) -> float:
    """How long one page takes; it must be whole."""
    body = orjson.dumps({"query": PAGE, "variables": {"id": campaign_id}})
    clock = time.monotonic()
    answer = server.ask(body)
    seconds = time.monotonic() - clock
    if not isinstance(answer, dict) or "errors" in answer:
        raise Failed(f"the page: {answer}")
    return seconds


async def _statements(dataset: Dataset, campaign_ids: list[str]) -> list[int]:
    """How many statements each page takes, in the measured server's own engine."""
    postmeter, counted = Postmeter(dataset.settings), []
    async with postmeter.storage():
        viewer = await postmeter.authenticator.authenticate(Credentials(bearer=dataset.api_key))
        assert viewer is not None
        run: list[str] = []
        _trace(postmeter, run)
        for campaign_id in campaign_ids:
            run.clear()
            prepared = postmeter.engine.prepare(PAGE, None, {"id": campaign_id})
            context = Context(units=postmeter.units, services=postmeter.services, viewer=viewer)
            await postmeter.engine.execute(prepared, context)
            counted.append(len(run))
    return counted


def _trace(postmeter: Postmeter, run: list[str]) -> None:
    """Note every statement of the readers from now on."""
    read = postmeter.house.database.read

    async def traced(function: Callable[[Connection], Any]) -> Any:
        def noted(connection: Connection) -> Any:
            driver: Any = connection.connection.driver_connection
            driver.set_trace_callback(run.append)
            try:
                return function(connection)
            finally:
                driver.set_trace_callback(None)

        return await read(noted)

    setattr(postmeter.house.database, "read", traced)  # noqa: B010 - a method of one object


def _show(count: int, seconds: float, cpu: float, grown: int, pages: Sequence[Page]) -> None:
    table = Table("what", "figure")
    table.add_row("events/s through the endpoint, by the clock", f"{count / seconds:,.0f}")
    table.add_row("events a second of the server's core", f"{count / cpu:,.0f}")
    table.add_row("bytes an event", f"{grown / count:,.1f}")
    for page in pages:
        table.add_row(f"page with {page.events:,} events", _figures(page))
    out.print(table)


def _figures(page: Page) -> str:
    return f"{page.millis:.1f} ms, server CPU {page.cpu_millis:.1f} ms, {page.statements} statements"


if __name__ == "__main__":
    sys.exit(main())
