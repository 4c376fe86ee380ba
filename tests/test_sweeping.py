"""`postmeter sweep`: what it lists, what it does, and that it runs beyond now in a sandbox only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from server.app import Postmeter
from server.kit.db import Base
from server.kit.due import DueWork
from server.kit.money import Currency, Money
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Read, Work
from server.settings import Settings
from server.topups.actions import create_top_up
from server.topups.model import TopUp
from server.wallet.model import Posting
from server.wallet.reads.proof import Report
from tests import forked
from tests.servers import environment
from tests.test_serving import settings

TOP_UPS = 12
COMMAND_SECONDS_MAX = 180


def variables(folder: Path, database_url: str) -> dict[str, str]:
    mark = str(folder / "data" / "SANDBOX")
    return environment(folder) | {
        "POSTMETER_DATABASE_URL": database_url,
        "POSTMETER_SANDBOX_MARK_FILE": mark,
        "COLUMNS": "140",
    }


def ran(folder: Path, database_url: str, *arguments: str) -> tuple[int, str]:
    """The exit code and all that was said."""
    env = variables(folder, database_url)
    done = forked.ran(("sweep", *arguments), cwd=folder, env=env, timeout=COMMAND_SECONDS_MAX)
    return done.returncode, done.stdout + done.stderr


async def on(folder: Path, database_url: str, action: Callable[[Postmeter], Any]) -> Any:
    postmeter = Postmeter(settings_of(folder, database_url))
    async with postmeter.storage():
        return await action(postmeter)


def settings_of(folder: Path, database_url: str) -> Settings:
    return settings(folder, database_url=database_url)


async def order_top_ups(postmeter: Postmeter) -> None:
    def order(work: Work) -> None:
        for number in range(TOP_UPS):
            create_top_up(work, f"acc_{number}", Money(500, Currency.EUR), "tok_sandbox_ok", "sandbox")

    await postmeter.units.run(Call("test", SYSTEM), order)


def mark(folder: Path) -> None:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "SANDBOX").touch()


async def dump(postmeter: Postmeter) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""

    def rows(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
        tables = Base.metadata.sorted_tables
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in tables
        }

    return await postmeter.house.database.read(rows)


async def test_a_dry_run_lists_what_falls_due_and_changes_nothing(database_url: str, tmp_path: Path) -> None:
    mark(tmp_path)
    await on(tmp_path, database_url, order_top_ups)
    before = await on(tmp_path, database_url, dump)
    year = f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%d}"
    code, said = await asyncio.to_thread(ran, tmp_path, database_url, "--until", year, "--dry-run")
    assert code == 0, said
    assert said.count("topups.settle") == TOP_UPS
    assert f"{TOP_UPS} to do" in said
    code, said = await asyncio.to_thread(ran, tmp_path, database_url, "--until", "2020-01-01", "--dry-run")
    assert (code, "0 to do" in said) == (0, True)
    assert await on(tmp_path, database_url, dump) == before


async def test_a_sweep_beyond_now_is_refused_where_it_is_no_play(database_url: str, tmp_path: Path) -> None:
    await on(tmp_path, database_url, order_top_ups)
    before = await on(tmp_path, database_url, dump)
    code, said = await asyncio.to_thread(ran, tmp_path, database_url, "--until", "2999-01-01")
    assert code == 1
    assert "only a sandbox can be swept beyond that" in said
    assert await on(tmp_path, database_url, dump) == before


async def test_two_sweeps_at_once_do_each_step_once(database_url: str, tmp_path: Path) -> None:
    mark(tmp_path)
    await on(tmp_path, database_url, order_top_ups)
    until = f"{datetime.now(UTC) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}"
    sweep = partial(asyncio.to_thread, ran, tmp_path, database_url, "--until", until)
    ended = await asyncio.gather(sweep(), sweep())
    assert [status for status, _ in ended] == [0, 0], ended
    # A step that met the other's lock for too long has failed and waits for its next attempt.
    later = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"
    code, said = await asyncio.to_thread(ran, tmp_path, database_url, "--until", later)
    assert code == 0, said

    def check(read: Read) -> tuple[int, int, int]:
        postings = read.rows(select(Posting.reference))
        succeeded = read.rows(select(TopUp.id).where(TopUp.status == "SUCCEEDED"))
        waiting = read.rows(select(DueWork.id).where(DueWork.kind == "topups.settle"))
        return len(postings), len({row.id for row in succeeded}), len(waiting)

    posted, succeeded, waiting = await on(tmp_path, database_url, lambda it: it.units.read(check))
    assert (posted, succeeded, waiting) == (TOP_UPS, TOP_UPS, 0)
    report: Report = await on(tmp_path, database_url, lambda it: it.verify_ledger(lambda _done, _all: None))
    assert report.intact


async def test_a_sandbox_is_swept_into_the_future(database_url: str, tmp_path: Path) -> None:
    mark(tmp_path)
    await on(tmp_path, database_url, order_top_ups)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    code, said = await asyncio.to_thread(ran, tmp_path, database_url, "--until", f"{until:%Y-%m-%dT%H:%M:%S}")
    assert code == 0, said
    assert "topups.settle" in said

    def behind(read: Read) -> list[datetime]:
        return [row.due_at for row in read.rows(select(DueWork.due_at)) if row.due_at <= until]

    assert await on(tmp_path, database_url, lambda it: it.units.read(behind)) == []
