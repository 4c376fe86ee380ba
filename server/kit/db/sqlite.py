"""SQLite, the embedded default: one writer thread with group commit, and reader threads (DESIGN §2).

A group is one transaction. Each action of it has its own savepoint, and nobody is answered before the shared
commit. Some errors (a full disk, a failed write) make SQLite drop the *whole* transaction; then every action that
was not yet answered runs again, each in a transaction of its own, so that one bad action cannot harm the others.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from server.kit import metrics
from server.kit.db.base import DATABASE_ERRORS, STATEMENTS_COMPILED_MAX, savepoint
from server.kit.problems import overloaded, storage_unavailable

T = TypeVar("T")

GROUP_ACTIONS_MAX = 128
WRITES_WAITING_MAX = 10_000
READERS = 3
BUSY_TIMEOUT_SECONDS = 5.0
OTHERS_POLL_SECONDS = 0.25

_OTHER_REASON = "DATABASE_ERROR"

_log = structlog.get_logger("postmeter.db")


@dataclass(slots=True)
class _Job:
    function: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    asked: float
    """When, on the monotonic clock in seconds."""
    result: Any = None
    error: BaseException | None = None


class _NotBegun(Exception):
    """The write lock was not to be had in time, or the database cannot be written at all."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _TransactionLost(Exception):
    """SQLite has rolled back everything since BEGIN, or the commit failed."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class SqliteDatabase:
    """One file in WAL mode, `synchronous=FULL`: an answered write is on the disk."""

    dialect_name = "sqlite"

    def __init__(self, path: str | Path, busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> None:
        self.path = Path(path)
        self._busy_timeout_seconds = busy_timeout_seconds
        self._engine = create_engine(
            "sqlite://",
            creator=self._connect,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            query_cache_size=STATEMENTS_COMPILED_MAX,
        )
        self._jobs: queue.Queue[_Job | None] = queue.Queue(WRITES_WAITING_MAX)
        self._writer: threading.Thread | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._reader_connections: list[Connection] = []
        self._writer_connection: Connection | None = None
        self._watcher: tuple[asyncio.AbstractEventLoop, Callable[[], None]] | None = None

    async def start(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = self._writer_connection = await asyncio.to_thread(self._open_writer)
        self._writer = threading.Thread(
            target=self._write_loop, args=(connection,), name="writer", daemon=True
        )
        self._writer.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")

    async def close(self) -> None:
        if self._writer is not None:
            await asyncio.to_thread(self._jobs.put, None)
            await asyncio.to_thread(self._writer.join)
            self._writer = self._writer_connection = None
        if self._readers is not None:
            await asyncio.to_thread(self._readers.shutdown)
            self._readers = None
            for connection in self._reader_connections:
                connection.close()
            self._reader_connections.clear()
        self._engine.dispose()

    async def read(self, function: Callable[[Connection], T]) -> T:
        if self._readers is None:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, function)

    async def write(self, function: Callable[[Connection], T]) -> T:
        if self._writer is None:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        job = _Job(function, loop, loop.create_future(), perf_counter())
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise overloaded("writes waiting", 1) from None
        return await job.future  # type: ignore[no-any-return]

    @property
    def writes_waiting(self) -> int:
        return self._jobs.qsize()

    @property
    def transactions_open(self) -> int:
        connections = [*self._reader_connections, *filter(None, [self._writer_connection])]
        return sum(_driver(connection).in_transaction for connection in connections)

    async def truncate_log(self) -> None:
        await asyncio.to_thread(self._truncate_log)

    def watch_others(self, changed: Callable[[], None]) -> None:
        self._watcher = (asyncio.get_running_loop(), changed)

    def _truncate_log(self) -> None:
        """While somebody reads what is older, the next checkpoint does it."""
        with self._engine.connect() as connection:
            _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    # ---- reading

    def _read(self, function: Callable[[Connection], T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._engine.connect()
            _driver(connection).execute("PRAGMA query_only = ON")
            self._local.connection = connection
            self._reader_connections.append(connection)
        driver = _driver(connection)
        driver.execute("BEGIN")
        try:
            return function(connection)
        except DATABASE_ERRORS as error:
            raise _as_public(error) from error
        finally:
            driver.execute("ROLLBACK")

    # ---- writing, on the writer thread

    def _open_writer(self) -> Connection:
        connection = self._engine.connect()
        driver = _driver(connection)
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA wal_autocheckpoint = 4000")
        return connection

    def _write_loop(self, connection: Connection) -> None:
        version = _data_version(connection)
        while True:
            group, last = self._next_group()
            if group:
                self._commit_group(connection, group)
                _answer(group)
            # It changes on this connection when another one has committed: only other processes write.
            if (now := _data_version(connection)) != version:
                version = now
                self._tell_watcher()
            if last:
                break
        connection.close()

    def _next_group(self) -> tuple[list[_Job], bool]:
        """What waits to be written, and whether it is the last; nothing after a moment without any."""
        try:
            job = self._jobs.get(timeout=OTHERS_POLL_SECONDS)
        except queue.Empty:
            return [], False
        group: list[_Job] = []
        while job is not None:
            group.append(job)
            if len(group) == GROUP_ACTIONS_MAX or self._jobs.empty():
                return group, False
            job = self._jobs.get()
        return group, True

    def _tell_watcher(self) -> None:
        if self._watcher is not None and not self._watcher[0].is_closed():
            self._watcher[0].call_soon_threadsafe(self._watcher[1])

    def _commit_group(self, connection: Connection, group: list[_Job]) -> None:
        try:
            self._run_group(connection, group)
        except _NotBegun as refused:
            # No action is to blame, and alone each would wait for the lock as long again.
            _refuse(group, refused.cause)
        except _TransactionLost as lost:
            _abandon(connection)
            if len(group) == 1:
                _refuse(group, lost.cause)
                return
            for job in group:
                self._commit_group(connection, [job])

    def _run_group(self, connection: Connection, group: list[_Job]) -> None:
        driver = _driver(connection)
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise _NotBegun(error) from error
        metrics.write_wait_seconds.observe(perf_counter() - group[0].asked)
        for job in group:
            job.result = job.error = None
            try:
                with savepoint(connection, "action"):
                    job.result = job.function(connection)
            except BaseException as error:
                if not driver.in_transaction:
                    raise _TransactionLost(error) from error
                job.error = _as_public(error)
        try:
            driver.execute("COMMIT")
        except sqlite3.Error as error:
            raise _TransactionLost(error) from error
        metrics.commits.inc()
        metrics.group_actions.observe(len(group))

    # ---- connections

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self._busy_timeout_seconds, check_same_thread=False, cached_statements=512
        )
        connection.isolation_level = None
        for pragma in (
            "foreign_keys = ON",
            "secure_delete = ON",
            "synchronous = FULL",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection


def _answer(group: list[_Job]) -> None:
    """Resolve the futures of a group, with one hop to each event loop that waits."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in group:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, jobs)


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


def _refuse(group: list[_Job], cause: BaseException) -> None:
    _log.error("write_lost", reason=str(cause), actions=len(group))
    for job in group:
        job.result, job.error = None, storage_unavailable(_reason(cause))


def _abandon(connection: Connection) -> None:
    driver = _driver(connection)
    if driver.in_transaction:
        driver.execute("ROLLBACK")


def _as_public(error: BaseException) -> BaseException:
    """A failure of the database itself, as the typed error it means; a bug of ours stays what it is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = _reason(error)
    if isinstance(cause, sqlite3.OperationalError) and reason != _OTHER_REASON:
        return storage_unavailable(reason)
    return error


def _reason(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", "") or type(cause).__name__
    if name.startswith("SQLITE_FULL"):
        return "DISK_FULL"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "DATABASE_LOCKED"
    return "IO_ERROR" if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")) else _OTHER_REASON


def _data_version(connection: Connection) -> int:
    return int(_driver(connection).execute("PRAGMA data_version").fetchone()[0])


def _driver(connection: Connection) -> sqlite3.Connection:
    return connection.connection.driver_connection  # type: ignore[return-value]
