"""Group commit on SQLite: neighbours of a failing action are committed and answered exactly once (DESIGN §2)."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from server.kit.db.sqlite import SqliteDatabase
from server.kit.problems import PublicError


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "test.sqlite3", busy_timeout_seconds=0.2)
    await database.start()
    await database.write(
        lambda connection: connection.execute(text("CREATE TABLE things (name TEXT UNIQUE)"))
    )
    yield database
    await database.close()


def add(name: str) -> Callable[[Connection], str]:
    def action(connection: Connection) -> str:
        connection.execute(text("INSERT INTO things VALUES (:name)"), {"name": name})
        return name

    return action


async def names(database: SqliteDatabase) -> set[str]:
    return await database.read(lambda connection: set(connection.scalars(text("SELECT name FROM things"))))


class Gate:
    """Holds the writer inside an action until opened, so that what follows forms one group."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _connection: Connection) -> None:
        self.entered.set()
        self.opened.wait(10)


async def in_one_group(
    database: SqliteDatabase, actions: list[Callable[[Connection], str]]
) -> list[str | BaseException]:
    """Run the actions as one group: queued while the writer is busy with another."""
    gate = Gate()
    waiting = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.entered.wait)
    tasks = [asyncio.create_task(database.write(action)) for action in actions]
    await asyncio.sleep(0)  # let every task reach the queue
    gate.opened.set()
    await waiting
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_error_undoes_its_own_savepoint_only(database: SqliteDatabase) -> None:
    outcomes = await in_one_group(database, [add("a"), add("a"), add("b")])
    assert outcomes[0] == "a"
    assert isinstance(outcomes[1], Exception)
    assert outcomes[2] == "b"
    assert await names(database) == {"a", "b"}


async def test_neighbours_survive_the_loss_of_the_whole_transaction(database: SqliteDatabase) -> None:
    def lose_everything(connection: Connection) -> str:
        # What SQLite itself does on a full disk or a failed write: the transaction is gone, not just the statement.
        connection.connection.driver_connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("disk I/O error")

    runs: list[str] = []

    def counted(connection: Connection) -> str:
        runs.append("run")
        return add("first")(connection)

    outcomes = await in_one_group(database, [counted, lose_everything, add("last")])
    assert outcomes[0] == "first"
    assert isinstance(outcomes[1], PublicError)
    assert outcomes[1].code == "STORAGE_UNAVAILABLE"
    assert outcomes[2] == "last"
    assert len(runs) == 2, "the first action ran again after its transaction was lost"
    assert await names(database) == {"first", "last"}


async def test_a_full_disk_is_a_typed_error_and_loses_nothing(database: SqliteDatabase) -> None:
    def fill(connection: Connection) -> str:
        connection.execute(text("INSERT INTO things VALUES (hex(randomblob(2000000)))"))
        return "filled"

    def limit(connection: Connection) -> None:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.connection.driver_connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    await database.write(limit)
    outcomes = await in_one_group(database, [add("before"), fill, add("after")])
    assert [outcomes[0], outcomes[2]] == ["before", "after"]
    assert isinstance(outcomes[1], PublicError)
    assert outcomes[1].extensions["reason"] == "DISK_FULL"
    assert await names(database) == {"before", "after"}


async def test_a_locked_database_is_a_typed_error_and_recovers(database: SqliteDatabase) -> None:
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(PublicError) as caught:
        await database.write(add("a"))
    assert caught.value.extensions["reason"] == "DATABASE_LOCKED"
    other.execute("ROLLBACK")
    other.close()
    assert await database.write(add("a")) == "a"
    assert await names(database) == {"a"}


async def test_nobody_is_answered_before_the_commit(database: SqliteDatabase) -> None:
    gate = Gate()

    def added_then_held(connection: Connection) -> str:
        name = add("held")(connection)
        gate(connection)
        return name

    answer = asyncio.create_task(database.write(added_then_held))
    await asyncio.to_thread(gate.entered.wait)
    assert await names(database) == set()
    assert not answer.done()
    gate.opened.set()
    assert await answer == "held"
    assert await names(database) == {"held"}


async def test_reads_cannot_write(database: SqliteDatabase) -> None:
    with pytest.raises(Exception, match="readonly"):
        await database.read(add("sneaked"))


async def test_another_process_is_noticed(database: SqliteDatabase) -> None:
    changed = asyncio.Event()
    database.watch_others(changed.set)
    await asyncio.sleep(0)
    await asyncio.to_thread(_write_elsewhere, database.path)
    await asyncio.wait_for(changed.wait(), 5)


def _write_elsewhere(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("INSERT INTO things VALUES ('elsewhere')")
    other.commit()
    other.close()


async def test_closing_finishes_what_was_accepted(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "closing.sqlite3")
    await database.start()
    await database.write(lambda connection: connection.execute(text("CREATE TABLE things (name TEXT)")))
    tasks = [asyncio.create_task(database.write(add(str(number)))) for number in range(50)]
    await asyncio.sleep(0)
    await database.close()
    assert sorted(await asyncio.gather(*tasks)) == sorted(str(number) for number in range(50))
