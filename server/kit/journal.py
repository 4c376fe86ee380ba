"""A journal outside the databases: lines that are appended, made durable, and chained to those before them.

What is done irrevocably is written here before it is done. A line is JSON, `{"entry": …, "link": …}`; its link is the
SHA-256 over the link before it and the entry. A last line without its end is what a crash left of an entry that nobody
relied on yet: it is cut off.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.kit.files import sync_folder

_FIRST = "0" * 64
LINE_BYTES_MAX = 65_536

Entry = Mapping[str, Any]


class JournalDamaged(Exception):
    """The journal was changed, or lines are missing between others."""


class Journal:
    """Safe to be appended to by several processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entry: Entry) -> None:
        """Write the entry behind the others; it is on the disk when this returns."""
        is_new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked() as handle:
            line = _line(_cut_to_last(handle), entry)
            if len(line) > LINE_BYTES_MAX:
                raise ValueError("an entry of the journal is too long")
            os.write(handle, line)
            os.fsync(handle)
        if is_new:
            sync_folder(self.path.parent)

    def entries(self) -> Iterator[Entry]:
        """All entries, in order. Raises JournalDamaged."""
        if not self.path.exists():
            return
        link = _FIRST
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    said = json.loads(line)
                    entry, stored = said["entry"], said["link"]
                except (ValueError, KeyError, TypeError):
                    raise JournalDamaged(f"{self.path}: line {number} is damaged") from None
                link = _link(link, entry)
                if stored != link:
                    raise JournalDamaged(f"{self.path}: line {number} does not follow the line before it")
                yield entry

    def add_missing(self, other: Journal) -> int:
        """Append the entries of another journal that this one lacks; returns how many."""
        known = {_canonical(entry) for entry in self.entries()}
        missing = [entry for entry in other.entries() if _canonical(entry) not in known]
        for entry in missing:
            self.append(entry)
        return len(missing)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


def _cut_to_last(handle: int) -> str:
    """Stand behind the last whole line, without what a crash left; returns that line's link."""
    size = os.lseek(handle, 0, os.SEEK_END)
    start = max(0, size - 2 * LINE_BYTES_MAX)
    tail = os.pread(handle, size - start, start)
    whole, _, torn = tail.rpartition(b"\n")
    if torn:
        os.ftruncate(handle, size - len(torn))
    os.lseek(handle, 0, os.SEEK_END)
    if not whole:
        return _FIRST
    return str(json.loads(whole.rpartition(b"\n")[2])["link"])


def _line(link: str, entry: Entry) -> bytes:
    return json.dumps({"entry": entry, "link": _link(link, entry)}, sort_keys=True).encode() + b"\n"


def _link(link: str, entry: Entry) -> str:
    return hashlib.sha256(f"{link} {_canonical(entry)}".encode()).hexdigest()


def _canonical(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"))
