"""A server that listens on a real socket inside the test's process, with a clock and parts that the test holds."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from server.app import Postmeter
from server.serving import Server, mark_sandbox
from server.settings import Settings
from tests.faults.client import WAIT_SECONDS_MAX


def sandbox_settings(folder: Path) -> Settings:
    """All files in `folder`, which is marked as a sandbox."""
    settings = Settings(
        database_url=f"sqlite:///{folder}/data/postmeter.sqlite3",
        key_store_url=f"sqlite:///{folder}/keys/keys.sqlite3",
        master_key_file=folder / "keys" / "master.key",
        ledger_roots_dir=folder / "keys" / "ledger-roots",
        sandbox_mark_file=folder / "data" / "SANDBOX",
        policy="demo",
        port=0,
    )
    mark_sandbox(settings)
    return settings


class _Announced(Server):
    """Tells when it listens."""

    def __init__(self, postmeter: Postmeter) -> None:
        super().__init__(postmeter, Console(file=io.StringIO()), None)
        self.listens: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set_result(self._url())


@asynccontextmanager
async def listening(postmeter: Postmeter) -> AsyncIterator[str]:
    """The origin of the server, which stops with the block."""
    async with serving(postmeter) as server:
        yield await server.listens


@asynccontextmanager
async def serving(postmeter: Postmeter) -> AsyncIterator[_Announced]:
    """The server, which listens, and stops with the block."""
    server = _Announced(postmeter)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            await asyncio.wait({running, server.listens}, return_when=asyncio.FIRST_COMPLETED)
        yield server
    finally:
        server.should_exit = True
        await running
