"""A file held open under a lock, which ends with its process, however that ends: no stale number to be believed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Held(Exception):
    """Another process holds the file."""


@contextmanager
def sole_holder(path: Path) -> Iterator[None]:
    """Hold the file for as long as the block runs. Raises Held at once when another process does."""
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(path) from None
        yield


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """The same, behind whoever holds it: for what takes a moment."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
