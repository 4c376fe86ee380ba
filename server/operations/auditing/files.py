"""The seals outside the database: a file a month, a line a seal. Whoever cuts the end of the database's chain off is
found out by them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from server.kit.clock import from_micros
from server.kit.files import sync_folder
from server.operations.auditing.seals import Seal

_SUFFIX = ".seals"


def append(folder: Path, seals: Sequence[Seal]) -> None:
    """Write the seals behind those that are there, durably."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for seal in seals:
        path = folder / f"{from_micros(seal.at_micros):%Y-%m}{_SUFFIX}"
        is_new = not path.exists()
        with open(path, "ab", opener=_for_owner) as file:
            # What a crash left of a line must not swallow the next one.
            torn = file.tell() > 0 and not _ends_a_line(path)
            file.write(b"\n" * torn + seal.line().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(folder)


def read(folder: Path) -> tuple[dict[int, Seal], list[str]]:
    """The seals that were written, by number, and what is wrong with the files."""
    found: dict[int, Seal] = {}
    faults: list[str] = []
    for path in _paths(folder):
        for number, line in enumerate(path.read_text("ascii", "replace").splitlines(), start=1):
            try:
                seal = Seal.parse(line)
            except (ValueError, KeyError, TypeError):
                if line:
                    faults.append(f"{path.name}: line {number} is damaged")
                continue
            if found.setdefault(seal.number, seal) != seal:
                faults.append(f"{path.name}: line {number} says another thing of seal {seal.number}")
    return found, faults


def last_number(folder: Path) -> int:
    """The number of the last seal that was written, 0 when there is none."""
    for path in reversed(_paths(folder)):
        for line in reversed(path.read_text("ascii", "replace").splitlines()):
            try:
                return Seal.parse(line).number
            except (ValueError, KeyError, TypeError):
                continue
    return 0


def _paths(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
