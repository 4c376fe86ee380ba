"""Signed roots: one file a day, outside the database, with the head of every wallet.

A file has a header line, a line for each wallet in the order of ids (`wallet sequence head`), and a footer line
with the Merkle root over those lines, the bucket of erased wallets as it was before the first line was read, and an
Ed25519 signature over instant, number of wallets, root, the digest of what the file before signed and the bucket.
Whoever rewrites the database cannot rewrite a root without the server's signing key. Format 1 had no bucket.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.kit.clock import from_micros, to_micros
from server.kit.crypto import Signer
from server.kit.files import sync_folder
from server.wallet.rules.erasure import Erased
from server.wallet.rules.merkle import Leaf, MerkleTree

ROOTS_KEPT = 30
_FORMAT = "postmeter-root-2"
_FORMAT_WITHOUT_BUCKET = "postmeter-root-1"
_SUFFIX = ".root"
_NO_DIGEST = bytes(32)


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A root file whose hash and signature are right. `digest` is of what it signed, `previous` of the one before.

    `erased` is the bucket of erased wallets at its beginning; None in a file of format 1.
    """

    path: Path
    at: datetime
    digest: bytes
    previous: bytes
    erased: Erased | None

    @property
    def name(self) -> str:
        return self.path.stem

    def leaves(self) -> Iterator[Leaf]:
        """Its wallets, in the order of ids."""
        with self.path.open(encoding="ascii") as file:
            next(file)
            for line in file:
                if line.startswith("{"):
                    return
                yield Leaf.parse(line.rstrip("\n"))


class RootWriter:
    """Writes one root: begin, `add` leaves in the order of ids, `finish`. The file appears whole or not at all."""

    def __init__(self, folder: Path, signer: Signer, at: datetime, erased: Erased) -> None:
        self._folder = folder
        self._erased = erased
        self._signer = signer
        self._at = at
        self._tree = MerkleTree()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._previous = _last_digest(folder, signer)
        self._path = folder / f"{at:%Y%m%dT%H%M%S%fZ}{_SUFFIX}"
        self._draft = self._path.with_suffix(".draft")
        self._file = self._draft.open("w", encoding="ascii")
        self._line(json.dumps({"format": _FORMAT, "at": to_micros(at), "previous": self._previous.hex()}))

    def add(self, leaves: Sequence[Leaf]) -> None:
        for leaf in leaves:
            self._tree.add(leaf)
            self._line(leaf.line())

    def finish(self) -> Path:
        """Sign, make it durable under its name, and drop files that are too old to compare with."""
        root = self._tree.root()
        message = _signed(to_micros(self._at), self._tree.count, root, self._previous, self._erased)
        footer = {
            "wallets": self._tree.count,
            "root": root.hex(),
            "erased": self._erased.message().decode(),
            "signature": self._signer.sign(message).hex(),
        }
        self._line(json.dumps(footer))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.replace(self._path)
        sync_folder(self._folder)
        for old in root_paths(self._folder)[:-ROOTS_KEPT]:
            old.unlink()
        return self._path

    def _line(self, text: str) -> None:
        self._file.write(text + "\n")


class RootInvalid(Exception):
    """A root file that is damaged, or that this server did not sign."""


def root_paths(folder: Path) -> list[Path]:
    """The root files, the oldest first."""
    return sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []


def read_root(path: Path, signer: Signer) -> SignedRoot:
    """Read and check a file. Raises RootInvalid."""
    try:
        return _read_root(path, signer)
    except (ValueError, KeyError, StopIteration):
        raise RootInvalid(path.stem) from None


def _last_digest(folder: Path, signer: Signer) -> bytes:
    # A damaged file must not end the signing: verification names it, and the chain goes on without it.
    for path in reversed(root_paths(folder)):
        with contextlib.suppress(RootInvalid):
            return read_root(path, signer).digest
    return _NO_DIGEST


def _read_root(path: Path, signer: Signer) -> SignedRoot:
    tree = MerkleTree()
    with path.open(encoding="ascii") as file:
        header = json.loads(next(file))
        for line in file:
            if line.startswith("{"):
                footer = json.loads(line)
                break
            tree.add(Leaf.parse(line.rstrip("\n")))
        else:
            raise ValueError("no footer")
    previous = bytes.fromhex(header["previous"])
    erased = None if header["format"] == _FORMAT_WITHOUT_BUCKET else Erased.parse(footer["erased"])
    message = _signed(header["at"], tree.count, tree.root(), previous, erased)
    at = from_micros(header["at"])
    if not signer.is_signed(message, bytes.fromhex(footer["signature"]), at):
        raise ValueError("not signed by this server")
    return SignedRoot(path, at, hashlib.sha256(message).digest(), previous, erased)


def _signed(at_micros: int, count: int, root: bytes, previous: bytes, erased: Erased | None) -> bytes:
    facts = f"{at_micros} {count} {root.hex()} {previous.hex()}"
    if erased is None:
        return f"{_FORMAT_WITHOUT_BUCKET} {facts}".encode()
    return f"{_FORMAT} {facts} {hashlib.sha256(erased.message()).hexdigest()}".encode()
