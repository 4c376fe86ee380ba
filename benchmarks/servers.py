"""The two servers as child processes, on one core, and the load generator on another."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import psutil  # type: ignore[import-untyped]
from pydantic import SecretStr

from benchmarks import cores, documents
from benchmarks.dataset import Dataset
from benchmarks.load import fleet
from benchmarks.load.spec import Measured, Spec
from server.settings import Settings

M = TypeVar("M", Measured, fleet.Measured)

ROOT = Path(__file__).parent.parent
START_SECONDS_MAX = 180
IDLE_SECONDS_MAX = 15
LOAD_SECONDS_MAX = 600
_IDLE_SHARE = 0.03
_LOOK_SECONDS = 0.2


class Failed(Exception):
    """The benchmark cannot go on; the text says why."""


class Served(Protocol):
    """What a server is started with: its settings, and an API key that it knows."""

    @property
    def settings(self) -> Settings: ...

    @property
    def api_key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    api_key: str

    def ask(self, body: bytes) -> object:
        """One request; the whole JSON answer."""
        headers = {"authorization": f"Bearer {self.api_key}", "content-type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/graphql"
        return httpx.post(url, content=body, headers=headers, timeout=30, trust_env=False).json()

    def wait_until_idle(self) -> None:
        """Wait until what the last load left to do, such as closing a thousand sockets, is done."""
        process = psutil.Process(self.process.pid)
        deadline = time.monotonic() + IDLE_SECONDS_MAX
        while process.cpu_percent(_LOOK_SECONDS) / 100 > _IDLE_SHARE:
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} does not come to rest")


@contextlib.contextmanager
def running(dataset: Dataset, folder: Path) -> Iterator[tuple[Server, Server]]:
    """Postmeter and stock, both freshly started; only one of them has load at a time."""
    with contextlib.ExitStack() as stack:
        servers = (
            stack.enter_context(
                _serving("Postmeter", _postmeter_command, _postmeter(dataset), dataset, folder)
            ),
            stack.enter_context(
                _serving(
                    "stock", _stock_command, {"STOCK_DATABASE": str(dataset.stock_database)}, dataset, folder
                )
            ),
        )
        for server in servers:
            _wait_until_it_answers(server, folder)
        try:
            yield servers
        except Failed as failed:
            logs = [
                f"{server.name} logged: {_log_of(server.name, folder).read_text()[-2000:]}"
                for server in servers
            ]
            raise Failed("\n".join([str(failed), *logs])) from failed


@contextlib.contextmanager
def serving_postmeter(
    dataset: Served, folder: Path, name: str = "Postmeter", *, pinned: bool = True
) -> Iterator[Server]:
    """Postmeter alone, freshly started; without `pinned` on any core.

    On PostgreSQL several may run at once on one data set, under names of their own; its settings say over which bus.
    """
    with _serving(name, _postmeter_command, _postmeter(dataset), dataset, folder, pinned=pinned) as server:
        _wait_until_it_answers(server, folder)
        yield server


UNREACHED = {
    "POSTMETER_CLIENT_COST_MAX": "1000000000",
    "POSTMETER_CLIENT_COST_RESTORED_PER_SECOND": "1000000000",
}


def load(server: Server, kind: str, seconds: float, connections: int, run: str) -> Measured:
    """Put one piece of load on one server. Raises Failed when an answer was wrong."""
    spec = Spec(kind, server.port, server.api_key, server.process.pid, seconds, connections, run)  # type: ignore[arg-type]
    return _loaded("benchmarks.load", spec, Measured, f"{server.name}, {kind}")


def load_fleet(spec: fleet.Spec) -> fleet.Measured:
    """Put one piece of load on several servers. Raises Failed when an answer was wrong."""
    return _loaded("benchmarks.load.fleet", spec, fleet.Measured, f"{len(spec.ports)} servers, {spec.kind}")


def _loaded(program: str, spec: Any, kind: type[M], title: str) -> M:
    finished = subprocess.run(
        [sys.executable, "-m", program],
        input=json.dumps(dataclasses.asdict(spec)).encode(),
        capture_output=True,
        timeout=LOAD_SECONDS_MAX,
        cwd=ROOT,
    )
    if finished.returncode != 0:
        raise Failed(f"{title}: {finished.stderr.decode()[-2000:]}")
    measured = kind(**json.loads(finished.stdout))
    if measured.faults:
        raise Failed(f"{title}: wrong answers, the first: {measured.faults[0]}")
    return measured


def _postmeter_command(port: int) -> list[str]:
    return ["-m", "server", "serve", "--port", str(port)]


def _stock_command(port: int) -> list[str]:
    options = ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    return ["-m", "uvicorn", "benchmarks.stock.app:app", *options]


def _postmeter(dataset: Served) -> Mapping[str, str]:
    """The settings of the data set, as `postmeter serve` reads them, and a rate limit that no load reaches."""
    settings = dataset.settings
    return UNREACHED | {
        f"POSTMETER_{name.upper()}": _text(getattr(settings, name))
        for name in settings.model_fields_set
        if getattr(settings, name) is not None
    }


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


@contextlib.contextmanager
def _serving(
    name: str,
    command: Callable[[int], list[str]],
    environment: Mapping[str, str],
    dataset: Served,
    folder: Path,
    *,
    pinned: bool = True,
) -> Iterator[Server]:
    port = _free_port()
    with open(_log_of(name, folder), "ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command(port)],
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            cwd=ROOT,
        )
    if pinned:
        cores.pin(cores.SERVERS, process.pid)  # before it has threads, which inherit it
    try:
        yield Server(name, port, process, dataset.api_key)
    finally:
        process.terminate()
        try:
            process.wait(IDLE_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(server: Server, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            server.ask(documents.body(documents.BALANCES))
            return
        time.sleep(0.1)
    raise Failed(f"{server.name} does not start: {_log_of(server.name, folder).read_text()[-2000:]}")


def _log_of(name: str, folder: Path) -> Path:
    return folder / f"{name}.log"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
