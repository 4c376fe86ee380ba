"""How many server processes there may be: one on SQLite, and on PostgreSQL as many as are asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from pydantic import ValidationError

from server.app import Postmeter
from server.serving import sole_server
from server.settings import Settings
from tests.databases import Databases
from tests.faults.listening import sandbox_settings
from tests.faults.processes import Process
from tests.fleet.conftest import new_database

CHANGE_SECONDS_MAX = 60
DRAIN_SECONDS = 2
POSTGRES = "postgresql://postgres@localhost/postmeter"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"workers": 2}, "On SQLite one server process writes"),
        ({"bus_url": POSTGRES}, "nobody to tell"),
        ({"database_url": POSTGRES, "bus_url": "redis://localhost"}, "The bus is"),
        ({"database_url": POSTGRES, "bus_url": "nats://one.example,redis://two.example"}, "The bus is"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_words(given: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Settings(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, None),
        ({"database_url": POSTGRES}, POSTGRES),
        (
            {"database_url": POSTGRES, "bus_url": "nats://a.example,tls://b.example"},
            "nats://a.example,tls://b.example",
        ),
    ],
)
def test_the_bus_is_the_main_database_unless_another_is_named(
    given: dict[str, object], address: str | None
) -> None:
    assert Settings(**given).bus_address == address  # type: ignore[arg-type]


def test_on_sqlite_a_second_server_is_refused_and_a_command_is_not(tmp_path: Path) -> None:
    process = Process(tmp_path)
    process.start()
    try:
        second = process.command("serve", "--port", "0")
        assert second.returncode == 1
        assert "Another server runs on" in second.stderr
        assert "POSTMETER_DATABASE_URL=postgresql" in second.stderr
        assert process.command("migrate").returncode == 0
        process.kill()
        with sole_server(process.settings()):
            pass  # what says that a server runs has ended with it
    finally:
        process.end()


async def test_a_server_with_another_master_key_does_not_start(tmp_path: Path) -> None:
    settings = sandbox_settings(tmp_path)
    async with Postmeter(settings).storage():
        pass
    stranger = Postmeter(settings.model_copy(update={"master_key_file": tmp_path / "other.key"}))
    with pytest.raises(SystemExit, match=r"other\.key is not the master key of the key store"):
        async with stranger.storage():
            pass
    stranger.house.keys.close()


@pytest.fixture
def workers(tmp_path: Path, postgres_server: str, databases: Databases) -> Iterator[Process]:
    """A server of two processes."""
    with (
        new_database(postgres_server, databases) as url,
        new_database(postgres_server, databases) as keys_url,
    ):
        variables = {
            "POSTMETER_KEY_STORE_URL": keys_url,
            "POSTMETER_WORKERS": "2",
            "POSTMETER_DRAIN_SECONDS": str(DRAIN_SECONDS),
        }
        process = Process(tmp_path, url, variables=variables)
        process.start()
        yield process
        process.end()


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + CHANGE_SECONDS_MAX
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)  # other processes: there is nothing to await


def test_workers_share_a_port_are_replaced_and_stop_together(workers: Process) -> None:
    def serving() -> list[psutil.Process]:
        return psutil.Process(workers.pid).children()

    def is_ready() -> bool:
        return httpx.get(f"{workers.origin}/readyz", trust_env=False).json()["ready"] is True

    def replaced() -> bool:
        assert is_ready(), "the other one serves on"
        return len(serving()) == 2 and first not in serving()

    assert workers.log.read_text().count("listens at") == 1
    first, _ = serving()
    first.kill()
    until(replaced)
    ending = serving()
    workers.ask_to_stop()
    until(lambda: not is_ready())
    assert httpx.get(f"{workers.origin}/healthz", trust_env=False).status_code == 200
    assert workers.wait_stopped()[0] == 0
    assert not any(each.is_running() for each in ending)
    workers.start()
    ending = serving()
    workers.kill()
    until(lambda: not any(each.is_running() for each in ending))
