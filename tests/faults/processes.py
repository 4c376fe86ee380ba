"""A server process that is ended in every way a machine can end it, and started again on the same files."""

from __future__ import annotations

import resource
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from server.settings import Settings
from tests.forked import Forked, ran
from tests.servers import environment, listening_at

EXIT_SECONDS_MAX = 30
COMMAND_SECONDS_MAX = 120
NO_LIMIT = resource.RLIM_INFINITY
_logs = count(1)


@dataclass
class Process:
    """`postmeter serve --sandbox` with all its files in `folder`; another main database where one is named."""

    folder: Path
    database_url: str | None = None
    mode: str = "--sandbox"
    variables: Mapping[str, str] = field(default_factory=dict)
    """Further variables of its environment."""
    origin: str = ""
    port: int = 0
    """Where it listens; 0 takes a free one at each start."""
    log: Path = field(default=Path(), repr=False)
    _process: Forked | None = field(default=None, repr=False)

    def start(self) -> None:
        """Return once it listens; `origin` says where."""
        self.log = self.folder / f"log-{next(_logs)}"
        self.log.touch()
        command = ("serve", self.mode, "--port", str(self.port))
        self._process = Forked(command, cwd=self.folder, env=self._environment(), output=self.log)
        self.origin = listening_at(self._process, self.log)

    def kill(self) -> None:
        """As `kill -9` and a power cut for the process do: no handler runs, nothing is flushed."""
        self._running.kill()
        self._running.wait(EXIT_SECONDS_MAX)

    @property
    def pid(self) -> int:
        return self._running.pid

    def ask_to_stop(self) -> None:
        self._running.send_signal(signal.SIGTERM)

    def wait_stopped(self) -> tuple[int, float]:
        """Its exit status, and how long that took in seconds."""
        began = time.monotonic()
        return self._running.wait(EXIT_SECONDS_MAX), time.monotonic() - began

    def end(self) -> None:
        """Whatever state it is in."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(EXIT_SECONDS_MAX)

    def limit_file_bytes(self, limit: int) -> None:
        """Let no file of the process grow beyond `limit`, as a full disk would."""
        _, hard = resource.prlimit(self._running.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._running.pid, resource.RLIMIT_FSIZE, (limit, hard))

    def verify_ledger(self) -> subprocess.CompletedProcess[str]:
        """`postmeter ledger verify`."""
        return self.command("ledger", "verify")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `postmeter` beside it."""
        return ran(arguments, cwd=self.folder, env=self._environment(), timeout=COMMAND_SECONDS_MAX)

    @property
    def database_file(self) -> Path:
        return self.folder / "data" / "postmeter.sqlite3"

    def settings(self) -> Settings:
        """Its settings, to open its files in this process."""
        named = {
            name.removeprefix("POSTMETER_").lower(): value
            for name, value in self._environment().items()
            if name.startswith("POSTMETER_")
        }
        return Settings(**named, sandbox_mark_file=self.folder / "data" / "SANDBOX")  # type: ignore[arg-type]

    def _environment(self) -> dict[str, str]:
        env = environment(self.folder) | {"TMPDIR": str(self.folder)} | dict(self.variables)
        return env if self.database_url is None else env | {"POSTMETER_DATABASE_URL": self.database_url}

    @property
    def _running(self) -> Forked:
        assert self._process is not None, "not started"
        return self._process
