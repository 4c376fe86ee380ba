"""What a backup consists of, and whether it is still that: each file with its size and hash, and a hash over all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.kit.files import sync_folder

NAME = "MANIFEST.json"
_FORMAT = "postmeter-backup-1"
_CHUNK_BYTES = 1 << 20


class BackupRefused(Exception):
    """Why no backup is made or restored, as sentences for a terminal."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` is ISO 8601, `schema` the version of the main database, `files` the SHA-256 of each file by path."""

    made_at: str
    schema: str
    database: str
    key_store: str
    files: Mapping[str, str]

    def text(self) -> str:
        said: dict[str, Any] = {
            "format": _FORMAT,
            "made_at": self.made_at,
            "schema": self.schema,
            "database": self.database,
            "key_store": self.key_store,
            "files": dict(self.files),
        }
        return json.dumps({**said, "digest": _digest(said)}, sort_keys=True, indent=2) + "\n"


def write(folder: Path, manifest: Manifest) -> None:
    """Write it last: a folder without one is no backup."""
    draft = folder / f"{NAME}.draft"
    with draft.open("w", encoding="ascii") as file:
        file.write(manifest.text())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)
    sync_folder(folder)


def read(folder: Path) -> Manifest:
    """The manifest, with every file found as it was written. Raises BackupRefused with all that is wrong."""
    path = folder / NAME
    if not path.is_file():
        raise BackupRefused(f"{folder} is no backup: it has no {NAME}.")
    try:
        said = json.loads(path.read_text("ascii"))
        digest = said.pop("digest")
        if said.pop("format") != _FORMAT:
            raise BackupRefused(f"{path} has a format that this version does not read.")
        manifest = Manifest(**said)
    except (ValueError, KeyError, TypeError):
        raise BackupRefused(f"{path} is damaged.") from None
    if digest != _digest({"format": _FORMAT, **said}):
        raise BackupRefused(f"{path} is damaged.")
    if faults := list(_faults(folder, manifest)):
        raise BackupRefused("\n".join(faults))
    return manifest


def hashes(folder: Path) -> Mapping[str, str]:
    """Of every file below the folder, by its path."""
    return {path.relative_to(folder).as_posix(): _hash(path) for path in _files(folder)}


def _faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name, expected in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing."
        elif _hash(path) != expected:
            yield f"{name} was changed since the backup was made."


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != NAME)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _digest(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
