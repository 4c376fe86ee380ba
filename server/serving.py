"""`postmeter serve`: from settings to a listening server, with the words an operator sees."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from rich.console import Console

from server.app import Postmeter
from server.demo import Demo, DemoClock
from server.gateway.server import GracefulServer, uvicorn_options
from server.gateway.transport_security import is_loopback
from server.kit import logs
from server.kit.locks import Held, sole_holder
from server.policy.adapters.profiles import DEMO
from server.policy.rules.storing import LOCAL
from server.settings import Settings
from server.workers import Workers, bound

SHUTDOWN_SECONDS_MAX = 15
WORKER_STOP_SECONDS_MAX = 30
"""For a worker to stop, after it has left."""
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies and clients keep an idle connection: who closes first must not be the server."""


def serve(settings: Settings, *, demo: bool, sandbox: bool, out: Console) -> None:
    """Run until interrupted. Raises SystemExit with a sentence when the settings cannot be served."""
    logs.configure(settings.log_level)
    with contextlib.ExitStack() as cleanup:
        clock = None
        if demo and settings.workers > 1:
            raise SystemExit("The demo runs in one process: leave --workers out.")
        if demo:
            folder = Path(tempfile.mkdtemp(prefix="postmeter-demo-"))
            cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
            settings, clock = demo_settings(settings, folder), DemoClock()
        require_tls(settings)
        cleanup.enter_context(sole_server(settings))
        if demo or sandbox:
            mark_sandbox(settings)
        if settings.workers > 1:
            raise SystemExit(_serve_with_workers(settings, out))
        postmeter = Postmeter(settings, clock=clock)
        _run(Server(postmeter, out, Demo(postmeter, clock, out) if clock else None))


def _run(server: Server, sockets: list[socket.socket] | None = None) -> None:
    signal.signal(signal.SIGTERM, _exit)
    gc.collect()
    gc.freeze()  # what was made until here stays for good: no collection needs to look at it again
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets)
    if not server.started:
        raise SystemExit(1)


def _serve_with_workers(settings: Settings, out: Console) -> int:
    """Their exit status. Each is a whole server: it accepts, does due work, and may end at any time."""
    listening = bound(settings.host, settings.port)

    def work(number: int, parent: Connection) -> None:
        postmeter = Postmeter(_of_worker(settings, number))
        _run(Server(postmeter, Console(quiet=True), None, parent), [listening])

    def ready() -> None:
        announce(out, origin_of(listening, is_tls=settings.tls_certificate_file is not None))
        out.print(f"Processes            {settings.workers}", highlight=False)

    gc.collect()
    gc.freeze()  # so that no collection in a worker copies what they have in common
    with listening:
        workers = Workers(settings.workers, work, ready, before_end=listening.close)
        return workers.run(stop_seconds_max=settings.drain_seconds + WORKER_STOP_SECONDS_MAX)


def _of_worker(settings: Settings, number: int) -> Settings:
    """Each serves metrics of its own: the first on the port that is set, the next on the next."""
    port = settings.metrics_port
    return settings.model_copy(update={"metrics_port": port + number if port else port})


@contextlib.contextmanager
def sole_server(settings: Settings) -> Iterator[None]:
    """On SQLite, hold what says that a server runs. Raises SystemExit when one does; commands may run beside it."""
    database = settings.sqlite_file
    if database is None:
        yield
        return
    try:
        with sole_holder(database.resolve().with_name(f"{database.name}.server")):
            yield
    except Held:
        raise SystemExit(
            f"Another server runs on {database} already, and on SQLite there can be one only. Stop it first; for "
            "several servers on one database, set POSTMETER_DATABASE_URL=postgresql://…"
        ) from None


def _exit(_signal: int, _frame: object) -> None:
    """uvicorn stops in good order and then raises the signal again: end well, and remove the demo's folder."""
    raise SystemExit(0)


def demo_settings(settings: Settings, folder: Path) -> Settings:
    """The demo keeps everything in a folder of its own and listens on loopback only."""
    if not is_loopback(settings.host):
        raise SystemExit("The demo mints play money, so it listens on loopback only: leave --host out.")
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/data/postmeter.sqlite3",
            "bus_url": None,
            "key_store_url": f"sqlite:///{folder}/keys/keys.sqlite3",
            "master_key_file": folder / "keys" / "master.key",
            "ledger_roots_dir": folder / "keys" / "ledger-roots",
            "audit_seals_dir": folder / "keys" / "audit-seals",
            "erasure_journal_file": folder / "keys" / "erasures.journal",
            "sandbox_mark_file": folder / "data" / "SANDBOX",
            "policy": DEMO,
            "policy_next": None,
            "region": LOCAL,
            "key_store_region": None,
            "backup_region": None,
        }
    )


def require_tls(settings: Settings) -> None:
    """Plain HTTP leaves the machine only when a proxy that terminates TLS is named (P001, M114, M139)."""
    if not settings.reached_over_tls and not is_loopback(settings.host):
        raise SystemExit(
            f"Postmeter does not serve plain HTTP on {settings.host}. Set POSTMETER_TLS_CERTIFICATE_FILE and "
            "POSTMETER_TLS_KEY_FILE, or POSTMETER_TLS_TERMINATED_BY_PROXY=true behind a proxy that does it."
        )


def mark_sandbox(settings: Settings) -> None:
    """Mark a new database as a sandbox. One that holds real accounts is never turned into one."""
    mark = settings.sandbox_mark_file
    if mark.exists():
        return
    database = settings.sqlite_file
    if database is not None and database.exists():
        raise SystemExit(
            f"{database} is no sandbox and will not be made one: choose a new POSTMETER_DATABASE_URL."
        )
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text("This is a sandbox: its payment gateway mints play money. Remove it with its database.\n")


def origin_of(listening: Any, *, is_tls: bool) -> str:
    host, port = listening.getsockname()[:2]
    return f"{'https' if is_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def announce(out: Console, url: str) -> None:
    out.print(f"Postmeter listens at {url}", highlight=False, soft_wrap=True)
    out.print(f"Dashboard            {url}/dashboard/", highlight=False, soft_wrap=True)
    out.print(f"GraphiQL             {url}/graphql", highlight=False, soft_wrap=True)


class Server(GracefulServer):
    """Says where it listens, and runs the demo beside. With a `parent` it stops when that is gone."""

    def __init__(
        self, postmeter: Postmeter, out: Console, demo: Demo | None, parent: Connection | None = None
    ) -> None:
        settings = postmeter.settings
        config = uvicorn.Config(
            postmeter.asgi,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=settings.tls_terminated_by_proxy,
            ssl_certfile=settings.tls_certificate_file,
            ssl_keyfile=settings.tls_key_file,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS_MAX,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            lifespan="on",
            **uvicorn_options(postmeter.gateway_limits, postmeter.tcp_connections),
        )
        super().__init__(config, self._stop_background)
        self._postmeter = postmeter
        self._out = out
        self._demo = demo
        self._parent = parent
        self._loop: asyncio.AbstractEventLoop | None = None
        self._background: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        self._loop = asyncio.get_running_loop()
        url = self._url()
        announce(self._out, url)
        if self._demo is not None:
            self._start(self._demo.run(url))
        if self._parent is not None:
            self._parent.send_bytes(b"listening")
            asyncio.get_running_loop().add_reader(self._parent.fileno(), self._stop_without_parent)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to stop, say so at `/readyz` and serve on for as long as the setting says; told again, stop at once."""
        seconds = 0.0 if self._postmeter.leaving else self._postmeter.settings.drain_seconds
        self._postmeter.leaving = True
        stop = partial(super().handle_exit, sig, frame)
        if self._loop is None or not seconds:
            stop()
        else:
            # Thread-safe, as nothing else wakes the loop from inside a signal's handler.
            self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._stop_once, stop)

    def _stop_once(self, stop: Callable[[], None]) -> None:
        if not self.should_exit:
            stop()

    def _stop_without_parent(self) -> None:
        """The parent never says anything: what is to be read is the end."""
        assert self._parent is not None
        asyncio.get_running_loop().remove_reader(self._parent.fileno())
        self.should_exit = True

    async def _stop_background(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._postmeter.gateway.shutdown()

    def _url(self) -> str:
        return origin_of(self.servers[0].sockets[0], is_tls=self.config.is_ssl)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
