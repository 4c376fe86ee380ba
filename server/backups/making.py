"""Making a backup, while the server runs."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from server.backups import manifest
from server.backups.manifest import BackupRefused, Manifest
from server.backups.stores import Store, store_of
from server.settings import Settings

MAIN = "main"
KEYS = "keys"
JOURNAL = "erasures.journal"


def proofs_of(settings: Settings) -> dict[str, Path]:
    """The folders of what the server signed, by their name in a backup."""
    return {"ledger-roots": settings.ledger_roots_dir, "audit-seals": settings.audit_seals_dir}


def files_of(settings: Settings) -> dict[str, Path]:
    """The folders of files that rows name, by their name in a backup. Uploads lie in the database."""
    del settings  # a slice that stores files names its folder here
    return {}


def main_of(settings: Settings) -> Store:
    return store_of(settings.database_url, settings.postgres_programs_dir)


def keys_of(settings: Settings) -> Store:
    return store_of(settings.key_store_url, settings.postgres_programs_dir)


def make(settings: Settings, folder: Path, schema: str, now: datetime) -> Manifest:
    """Copy everything into a new folder. Raises BackupRefused, also for a folder that has anything in it."""
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty: a backup never overwrites another. Name a new folder.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    main, keys = main_of(settings), keys_of(settings)
    for name, source in proofs_of(settings).items():
        _copy_folder(source, folder / name)
    main.copy_to(folder / f"{MAIN}{main.suffix}")
    for name, source in files_of(settings).items():
        _copy_folder(source, folder / name)
    keys.copy_to(folder / f"{KEYS}{keys.suffix}")
    if settings.erasure_journal_file.exists():
        _copy(settings.erasure_journal_file, folder / JOURNAL)
    made = Manifest(now.isoformat(), schema, main.kind, keys.kind, manifest.hashes(folder))
    manifest.write(folder, made)
    return made


def _copy_folder(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file():
            _copy(path, target / path.relative_to(source))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, target)
    target.chmod(0o600)
    with target.open("rb") as file:
        os.fsync(file.fileno())
