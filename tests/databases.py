"""Databases for tests, made by copying one that is migrated: migrating takes a second, a copy some milliseconds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path

import asyncpg

from server import migrations
from server.kit.db import open_database

MEMORY = Path("/dev/shm")
BYTES_FREE_MIN = 2_000_000_000


def in_memory() -> None:
    """Let temporary files lie in memory where there is room: no test cuts the power, so none needs a disk."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free > BYTES_FREE_MIN:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


class Databases:
    """Copies of one migrated database of each engine, which is made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._sqlite: Path | None = None
        self._postgres: str | None = None

    async def sqlite(self, folder: Path) -> str:
        """The URL of a migrated SQLite database in that folder."""
        if self._sqlite is None:
            self._sqlite = self._folder / "template.sqlite3"
            await _migrate(f"sqlite:///{self._sqlite}")
            with closing(sqlite3.connect(self._sqlite)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return f"sqlite:///{_copied(self._sqlite, folder)}"

    @asynccontextmanager
    async def postgres(self, server_url: str) -> AsyncIterator[str]:
        """The URL of a migrated PostgreSQL database that lasts as long as the block."""
        if self._postgres is None:
            name = f"template_{os.getpid()}"
            await _administer(server_url, f"CREATE DATABASE {name}")
            await _migrate(_named(server_url, name))
            self._postgres = name
        async with self._made(server_url, f"TEMPLATE {self._postgres} STRATEGY FILE_COPY") as url:
            yield url

    @asynccontextmanager
    async def empty_postgres(self, server_url: str) -> AsyncIterator[str]:
        """The same without any table."""
        async with self._made(server_url) as url:
            yield url

    @asynccontextmanager
    async def _made(self, server_url: str, options: str = "") -> AsyncIterator[str]:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        await _administer(server_url, f"CREATE DATABASE {name} {options}")
        try:
            yield _named(server_url, name)
        finally:
            await _administer(server_url, f"DROP DATABASE {name} WITH (FORCE)")


def _copied(template: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(template, folder / "postmeter.sqlite3"))


async def _migrate(url: str) -> None:
    database = open_database(url)
    await database.start()
    try:
        await database.write(migrations.migrate)
    finally:
        await database.close()


async def _administer(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _named(server_url: str, name: str) -> str:
    return server_url.replace("/postgres?", f"/{name}?")
