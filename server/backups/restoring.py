"""Restoring a backup, while no server runs. What was erased since is erased again before anything opens (C29)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.backups import manifest
from server.backups.making import JOURNAL, KEYS, MAIN, files_of, keys_of, main_of, proofs_of
from server.backups.manifest import BackupRefused, Manifest
from server.kit.journal import Journal
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Wish:
    """How to restore: over what is there, and with the key store of the backup in the place of the present one."""

    overwrite: bool = False
    replace_keys: bool = False


def restore(settings: Settings, folder: Path, wish: Wish, now: datetime) -> list[str]:
    """Put everything back, main database first and keys second; returns what was done, as lines.

    The key store that is there stays unless it is to be replaced: it is newer, so it has every key that the main
    database needs, but those of who was erased since. Raises BackupRefused, with nothing changed that was asked not to.
    """
    found = manifest.read(folder)
    main, keys = main_of(settings), keys_of(settings)
    keeps_keys = keys.exists() and not wish.replace_keys
    _check(settings, found, wish, keeps_keys)
    main.put_back(folder / f"{MAIN}{main.suffix}")
    done = [f"The main database is that of {found.made_at}."]
    if keeps_keys:
        done.append("The key store stays as it is: it is newer than the backup's.")
    else:
        keys.put_back(folder / f"{KEYS}{keys.suffix}")
        done.append(f"The key store is that of {found.made_at}.")
    journal = Journal(settings.erasure_journal_file)
    if added := journal.add_missing(Journal(folder / JOURNAL)):
        done.append(f"{added} entries of the journal of erasures came from the backup.")
    for name, target in {**proofs_of(settings), **files_of(settings)}.items():
        aside = _put_folder_back(folder / name, target, now)
        if aside is not None:
            done.append(f"What was in {target} is in {aside} now.")
    return done


def _check(settings: Settings, found: Manifest, wish: Wish, keeps_keys: bool) -> None:
    main, keys = main_of(settings), keys_of(settings)
    if (found.database, found.key_store) != (main.kind, keys.kind):
        raise BackupRefused(
            f"The backup is of {found.database} with a key store on {found.key_store}, the settings name {main.kind} "
            f"and {keys.kind}."
        )
    if main.exists() and not wish.overwrite:
        raise BackupRefused("There is a main database already: give --overwrite to replace it.")
    if not keeps_keys and keys.exists() and not wish.overwrite:
        raise BackupRefused("There is a key store already: give --overwrite to replace it.")
    if not settings.master_key_file.exists():
        raise BackupRefused(
            f"{settings.master_key_file} is missing. It is in no backup: put your copy of the master key there, of the "
            "day of the backup or, if the key store is still there, the present one."
        )


def _put_folder_back(source: Path, target: Path, now: datetime) -> Path | None:
    """Let the folder have what the backup has. What it had goes aside: it is ahead of the restored database."""
    aside = None
    if target.is_dir() and any(target.iterdir()):
        aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
        target.rename(aside)
    shutil.copytree(source, target, dirs_exist_ok=True)
    target.chmod(0o700)
    return aside
