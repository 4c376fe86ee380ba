"""`postmeter serve`: from settings to a listening server, with the words an operator sees."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import shutil
import signal
import socket
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import uvicorn
from rich.console import Console

from server.app import Postmeter
from server.demo import Demo, DemoClock
from server.gateway.server import GracefulServer, uvicorn_options
from server.kit import logs
from server.policy.adapters.profiles import DEMO
from server.settings import Settings

SHUTDOWN_SECONDS_MAX = 15
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies and clients keep an idle connection: who closes first must not be the server."""


def serve(settings: Settings, *, demo: bool, sandbox: bool, out: Console) -> None:
    """Run until interrupted. Raises SystemExit with a sentence when the settings cannot be served."""
    logs.configure(settings.log_level)
    with contextlib.ExitStack() as cleanup:
        clock = None
        if demo:
            folder = Path(tempfile.mkdtemp(prefix="postmeter-demo-"))
            cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
            settings, clock = demo_settings(settings, folder), DemoClock()
        require_tls(settings)
        if demo or sandbox:
            mark_sandbox(settings)
        postmeter = Postmeter(settings, clock=clock)
        server = Server(postmeter, out, Demo(postmeter, clock, out) if clock else None)
        signal.signal(signal.SIGTERM, _exit)
        gc.collect()
        gc.freeze()  # what was made until here stays for good: no collection needs to look at it again
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            raise SystemExit(1)


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
            "key_store_url": f"sqlite:///{folder}/keys/keys.sqlite3",
            "master_key_file": folder / "keys" / "master.key",
            "ledger_roots_dir": folder / "keys" / "ledger-roots",
            "audit_seals_dir": folder / "keys" / "audit-seals",
            "erasure_journal_file": folder / "keys" / "erasures.journal",
            "sandbox_mark_file": folder / "data" / "SANDBOX",
            "policy": DEMO,
            "policy_next": None,
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


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Server(GracefulServer):
    """Says where it listens, and runs the demo beside."""

    def __init__(self, postmeter: Postmeter, out: Console, demo: Demo | None) -> None:
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
        self._background: set[asyncio.Task[Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        url = self._url()
        self._out.print(f"Postmeter listens at {url}", highlight=False, soft_wrap=True)
        self._out.print(f"Dashboard            {url}/dashboard/", highlight=False, soft_wrap=True)
        self._out.print(f"GraphiQL             {url}/graphql", highlight=False, soft_wrap=True)
        if self._demo is not None:
            self._start(self._demo.run(url))

    async def _stop_background(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._postmeter.gateway.shutdown()

    def _url(self) -> str:
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        scheme = "https" if self.config.is_ssl else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
