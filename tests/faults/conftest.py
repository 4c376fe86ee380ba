"""Servers to be harmed: each test module has its own, on each of the two databases."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.faults.client import Api, connected, customer
from tests.faults.processes import Process

_databases = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def process(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A started server that the tests of a module share."""
    yield from _started(request, tmp_path_factory.mktemp("server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def own_process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Process]:
    """A started server that the test may end; parametrise it indirectly to have it on one database only."""
    yield from _started(request, tmp_path)


def _started(request: pytest.FixtureRequest, folder: Path) -> Iterator[Process]:
    process = Process(folder)
    if request.param == "postgresql":
        process.database_url = _new_database(request.getfixturevalue("postgres_server"))
    process.start()
    yield process
    process.end()


@pytest.fixture
async def http(process: Process) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(process.origin) as client:
        yield client


@pytest.fixture
async def api(http: httpx.AsyncClient) -> Api:
    """A new customer of the process, with money."""
    return await customer(http)


def _new_database(server_url: str) -> str:
    name = f"faults_{os.getpid()}_{next(_databases)}"

    async def create() -> None:
        admin = await asyncpg.connect(server_url)
        await admin.execute(f"CREATE DATABASE {name}")
        await admin.close()

    asyncio.run(create())
    return server_url.replace("/postgres?", f"/{name}?")
