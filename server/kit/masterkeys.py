"""The versioned master key, in a file that only the server's user may read."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path

from server.kit.crypto import KEY_BYTES, KEY_ID_BYTES, DataKey, Shredded
from server.kit.files import sync_folder
from server.kit.ids import Entropy
from server.kit.locks import turn


class MasterKeys:
    """The versions of the file. One that is not known yet is looked for there: another process may have added it."""

    def __init__(self, path: Path, versions: Mapping[int, bytes]) -> None:
        self._path = path
        self._versions = versions
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path, entropy: Entropy) -> MasterKeys:
        """Read the file, or make it with a first key. Refuses one that others may read."""
        if not path.exists():
            with turn(path.with_name(f"{path.name}.turn")):
                if not path.exists():  # nor made by another process meanwhile
                    _replace(path, {1: entropy.bytes(KEY_BYTES)})
        return cls(path, _read(path))

    @property
    def newest(self) -> int:
        """The highest version of the file as it was last read."""
        return max(self._versions)

    def others(self, version: int) -> bool:
        """Whether the file has further versions."""
        return bool(self._versions.keys() - {version})

    def key(self, version: int) -> DataKey:
        """The key of that version. Raises Shredded when it was destroyed."""
        if version not in self._versions:
            self.reload()
        try:
            return DataKey(version.to_bytes(KEY_ID_BYTES, "big"), self._versions[version])
        except KeyError:
            raise Shredded(f"master key version {version} is gone") from None

    def reload(self) -> None:
        """Read the file again."""
        with self._lock:
            self._versions = _read(self._path)

    def add(self, entropy: Entropy) -> None:
        """Write a new version into the file, beside the others. Not by two processes at a time."""
        self.reload()
        self._replace({**self._versions, self.newest + 1: entropy.bytes(KEY_BYTES)})

    def keep_only(self, version: int) -> list[int]:
        """Destroy all versions but that one; returns those that went. Nothing must be wrapped by them any more."""
        self.reload()
        gone = sorted(self._versions.keys() - {version})
        if gone:
            self._replace({version: self._versions[version]})
        return gone

    def _replace(self, versions: Mapping[int, bytes]) -> None:
        _replace(self._path, versions)
        self.reload()


def _replace(path: Path, versions: Mapping[int, bytes]) -> None:
    """The file is the old one or the new one, whenever the machine stops and whoever reads it meanwhile."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)  # what a crash left
    _write(draft, versions)
    draft.replace(path)
    sync_folder(path.parent)


def _read(path: Path) -> dict[int, bytes]:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} must be readable by its owner only: chmod 600 {path}")
    stored = json.loads(path.read_text())
    return {int(version): base64.b64decode(key) for version, key in stored["versions"].items()}


def _write(path: Path, versions: Mapping[int, bytes]) -> None:
    stored = {str(version): base64.b64encode(key).decode() for version, key in versions.items()}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(json.dumps({"versions": stored}))
        file.flush()
        os.fsync(file.fileno())
