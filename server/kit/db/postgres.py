"""PostgreSQL: the same functions, run through `AsyncConnection.run_sync` on asyncpg.

Writes are READ COMMITTED with explicit row locks, taken in id order by the ledger; deadlocks and serialisation
failures run again. Reads are one REPEATABLE READ snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter
from typing import TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from server.kit import metrics
from server.kit.db.base import STATEMENTS_COMPILED_MAX
from server.kit.problems import outcome_unknown, overloaded, storage_unavailable

T = TypeVar("T")

POOL_SIZE = 16
POOL_WAIT_SECONDS = 10
ATTEMPTS_MAX = 10
LOCK_TIMEOUT_MILLIS = 5_000
_RETRYABLE = {"40001", "40P01"}
_LOCK_NOT_AVAILABLE = "55P03"
_OUT_OF_SPACE = "53100"
_CUT_OFF = ("08", "57P")
"""Classes of SQLSTATE: the connection failed; PostgreSQL stops, starts, or was told to end the connection."""


class PostgresDatabase:
    """A pool of connections; any number of server processes may share the database."""

    dialect_name = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = asyncpg_url(url)
        self._engine: AsyncEngine | None = None
        self._waiting = 0

    async def start(self) -> None:
        settings = {"lock_timeout": str(LOCK_TIMEOUT_MILLIS), "application_name": "postmeter"}
        self._engine = create_async_engine(
            self.url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            hide_parameters=True,
            query_cache_size=STATEMENTS_COMPILED_MAX,
            connect_args={"server_settings": settings},
        )

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None

    async def read(self, function: Callable[[Connection], T]) -> T:
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            async with self._connected() as connection:
                await connection.execution_options(**options)
                return await connection.run_sync(function)
        except DBAPIError as error:
            raise _as_public(error, getattr(error.orig, "sqlstate", None)) from error

    async def write(self, function: Callable[[Connection], T]) -> T:
        for attempt in range(ATTEMPTS_MAX):
            try:
                async with self._connected(writes=True) as connection:
                    result = await connection.run_sync(function)
                    await self._commit(connection)
                    metrics.commits.inc()
                    metrics.group_actions.observe(1)
                    return result
            except DBAPIError as error:
                state = getattr(error.orig, "sqlstate", None)
                if state not in _RETRYABLE or attempt + 1 == ATTEMPTS_MAX:
                    raise _as_public(error, state) from error
                await asyncio.sleep(0.002 * 2**attempt)
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def _connected(self, *, writes: bool = False) -> AsyncIterator[AsyncConnection]:
        """A connection of the pool. Raises PublicError when there is none to be had; then nothing was done."""
        async with AsyncExitStack() as stack:
            asked = perf_counter()
            self._waiting += writes
            try:
                connection = await stack.enter_async_context(self._pool.connect())
            except PoolTimeout:
                raise overloaded("database connections", 1) from None
            except OSError as error:
                raise storage_unavailable("DATABASE_UNREACHABLE") from error
            finally:
                self._waiting -= writes
            if writes:
                metrics.write_wait_seconds.observe(perf_counter() - asked)
            yield connection

    async def _commit(self, connection: AsyncConnection) -> None:
        try:
            await connection.commit()
        except DBAPIError as error:
            # A commit that PostgreSQL refused with a state did not happen; one that was cut off may have.
            if getattr(error.orig, "sqlstate", None) is None:
                raise outcome_unknown() from error
            raise

    @property
    def writes_waiting(self) -> int:
        return self._waiting

    @property
    def transactions_open(self) -> int:
        return cast(QueuePool, self._pool.pool).checkedout()

    async def truncate_log(self) -> None:
        """Nothing to do: PostgreSQL's log is its own, and what lies in it is sealed."""

    def watch_others(self, changed: Callable[[], None]) -> None:
        """Nothing to do: processes tell each other over the bus."""

    @property
    def _pool(self) -> AsyncEngine:
        if self._engine is None:
            raise RuntimeError("the database is closed")
        return self._engine


def asyncpg_url(url: str) -> URL:
    """The URL with the asyncpg driver named, whichever driver the setting names."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def _as_public(error: DBAPIError, state: str | None) -> Exception:
    if state in _RETRYABLE or state == _LOCK_NOT_AVAILABLE:
        return storage_unavailable("DATABASE_LOCKED")
    if state == _OUT_OF_SPACE:
        return storage_unavailable("DISK_FULL")
    cut_off = state is not None and state.startswith(_CUT_OFF)
    if cut_off or error.connection_invalidated:
        return storage_unavailable("DATABASE_UNREACHABLE")
    return error
