"""The whole server in this process: assembled by app.py, listening on a free port of loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from server.app import Postmeter
from server.kit.clock import Clock
from server.serving import Server, mark_sandbox
from server.settings import Settings
from tests.servers import LISTENS

START_SECONDS_MAX = 30


class QuietServer(Server):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Settings that keep every file in `folder` and take a free port."""
    ours = {
        "database_url": f"sqlite:///{folder}/data/postmeter.sqlite3",
        "key_store_url": f"sqlite:///{folder}/keys/keys.sqlite3",
        "master_key_file": folder / "keys" / "master.key",
        "ledger_roots_dir": folder / "keys" / "ledger-roots",
        "sandbox_mark_file": folder / "data" / "SANDBOX",
        "policy": "demo",
        "port": 0,
    }
    return Settings(_env_file=None, **(ours | changes))


@asynccontextmanager
async def listening(settings: Settings, clock: Clock | None = None) -> AsyncIterator[str]:
    """A sandbox that serves until the block ends; gives its origin."""
    mark_sandbox(settings)
    said = StringIO()
    server = QuietServer(Postmeter(settings, clock=clock), Console(file=said), None)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(START_SECONDS_MAX):
            while (found := LISTENS.search(said.getvalue())) is None:
                assert not serving.done(), "the server did not start"
                await asyncio.sleep(0.01)
        yield found[1]
    finally:
        server.should_exit = True
        await serving
