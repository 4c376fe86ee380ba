"""An engine to read with and one to write with, at the durability that Postmeter has.

The writer has one connection, so writers wait in a queue of the event loop and not in SQLite's busy handler: as many
commits a second as with more connections, without the waits of seconds of those that the handler lets sleep.
"""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

_URL = f"sqlite+aiosqlite:///{os.environ['STOCK_DATABASE']}"


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "cache_size = -65536",
        "busy_timeout = 5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediately(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _engine(**options: Any) -> AsyncEngine:
    engine = create_async_engine(_URL, **options)
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


_reading = _engine()
_writing = _engine(pool_size=1, max_overflow=0)
event.listen(_writing.sync_engine, "begin", _begin_immediately)

read_session: async_sessionmaker[AsyncSession] = async_sessionmaker(_reading, expire_on_commit=False)
write_session: async_sessionmaker[AsyncSession] = async_sessionmaker(_writing, expire_on_commit=False)


async def dispose() -> None:
    await _reading.dispose()
    await _writing.dispose()
