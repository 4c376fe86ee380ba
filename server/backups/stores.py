"""The two kinds of databases: copied while a server writes to them, and put back while none does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from server.backups.manifest import BackupRefused
from server.kit.files import sync_folder

LOCK_SECONDS_MAX = 2.0
PROGRAM_SECONDS_MAX = 6 * 3600


class Store(Protocol):
    """A database that a backup has a copy of."""

    @property
    def kind(self) -> str:
        """How a manifest calls it."""

    @property
    def suffix(self) -> str:
        """The ending of a copy's name."""

    def exists(self) -> bool:
        """Whether it holds anything that a restore would overwrite."""

    def copy_to(self, path: Path) -> None:
        """Write one consistent moment of it into a new file."""

    def put_back(self, path: Path) -> None:
        """Let it be what the file says. Raises BackupRefused while a server has it open."""


def store_of(url: str, programs: Path | None) -> Store:
    """The database behind `sqlite:///path` or `postgresql://…`."""
    if url.startswith("sqlite"):
        return SqliteStore(Path(url.partition(":///")[2]))
    return PostgresStore(url, programs)


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """A file, copied by SQLite's online backup."""

    path: Path
    kind: str = "sqlite"
    suffix: str = ".sqlite3"

    def exists(self) -> bool:
        return self.path.exists()

    def copy_to(self, path: Path) -> None:
        path.touch(mode=0o600)
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            (said,) = copy.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise BackupRefused(f"The copy of {self.path.name} is damaged: {said}.")
        _sync(path)

    def put_back(self, path: Path) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.exists():
            self._close()
        draft = self.path.with_name(f"{self.path.name}.restoring")
        draft.unlink(missing_ok=True)
        shutil.copyfile(path, draft)
        draft.chmod(0o600)
        _sync(draft)
        draft.replace(self.path)
        sync_folder(self.path.parent)

    def _close(self) -> None:
        """End the log of the old file: SQLite lets that happen only while nobody else has it open."""
        with closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS_MAX)) as old:
            try:
                (mode,) = old.execute("PRAGMA journal_mode = DELETE").fetchone()
            except sqlite3.OperationalError:
                mode = "wal"
            except sqlite3.DatabaseError:
                return  # it is no database any more, which may be why one is restored
        if mode != "delete":
            raise BackupRefused(f"{self.path} is in use: stop the server first.")


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """A database, copied by `pg_dump` and put back by `pg_restore` of PostgreSQL's own version."""

    url: str
    programs: Path | None
    kind: str = "postgresql"
    suffix: str = ".dump"

    def exists(self) -> bool:
        return bool(self._ask("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"))

    def copy_to(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
        _sync(path)

    def put_back(self, path: Path) -> None:
        mine = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'postmeter'"
        if self._ask(f"{mine} LIMIT 1"):
            raise BackupRefused("The database is in use: stop the server first.")
        # What the dump does not know would survive --clean.
        self._ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public; SELECT 1")
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        self._run("pg_restore", *options, str(path))

    def _ask(self, statement: str) -> str:
        return self._run("psql", "--tuples-only", "--no-psqlrc", "--quiet", f"--command={statement}").strip()

    def _run(self, program: str, *options: str) -> str:
        url = make_url(self.url)
        environment = dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
        address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        command = [self._program(program), f"--dbname={address}", *options]
        done = _run(command, environment)
        if done.returncode:
            raise BackupRefused(f"{program} failed: {done.stderr.strip()}")
        return done.stdout

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=None if self.programs is None else str(self.programs))
        if found is None:
            raise BackupRefused(
                f"{name} was not found: install PostgreSQL's programs, or name their folder in "
                "POSTMETER_POSTGRES_PROGRAMS_DIR."
            )
        return found


def _run(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - PostgreSQL's own programs, and no shell
        command, env=environment, capture_output=True, text=True, timeout=PROGRAM_SECONDS_MAX, check=False
    )


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
