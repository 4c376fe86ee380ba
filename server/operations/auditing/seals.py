"""Seals: batches of audit rows, closed in order, each signed and chained to the one before (H015)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from server.kit.audit import AuditEntry, AuditSeal
from server.kit.clock import from_micros, to_micros
from server.kit.crypto import Signer
from server.kit.work import Read, Work

SIGNING_KEY = "audit_signing"
ENTRIES_A_SEAL = 500
NO_DIGEST = bytes(32)
_FORMAT = "postmeter-seal-1"


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal as it is signed. `at_micros` is when it was made; `root` is the hash of its rows' links."""

    number: int
    at_micros: int
    entries: int
    root: bytes
    previous: bytes
    signature: bytes = b""

    @classmethod
    def of(cls, row: Row[Any]) -> Seal:
        return cls(row.number, to_micros(row.at), row.entries, row.root, row.previous, row.signature)

    @classmethod
    def parse(cls, line: str) -> Seal:
        """Read a line of a seal file. Raises ValueError, KeyError or TypeError."""
        said = json.loads(line)
        root, previous, signature = (bytes.fromhex(said[name]) for name in ("root", "previous", "signature"))
        return cls(int(said["number"]), int(said["at"]), int(said["entries"]), root, previous, signature)

    def line(self) -> str:
        said = {
            "number": self.number,
            "at": self.at_micros,
            "entries": self.entries,
            "root": self.root.hex(),
            "previous": self.previous.hex(),
            "signature": self.signature.hex(),
        }
        return json.dumps(said)

    @property
    def message(self) -> bytes:
        """What is signed."""
        facts = f"{self.number} {self.at_micros} {self.entries} {self.root.hex()} {self.previous.hex()}"
        return f"{_FORMAT} {facts}".encode()

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.message).digest()


def root_of(entries: Sequence[Row[Any]]) -> bytes:
    """The hash over the ids and links of rows, in the order of ids."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(f"{entry.id} {(entry.link or b'').hex()}\n".encode())
    return digest.digest()


def seal_some(work: Work) -> int:
    """Seal the oldest rows that no seal has, at most ENTRIES_A_SEAL; returns how many.

    Ids are not the order of commits on PostgreSQL: what commits late goes into a later seal.
    """
    unsealed = select(AuditEntry.id, AuditEntry.link).where(AuditEntry.seal.is_(None))
    entries = work.rows(unsealed.order_by(AuditEntry.id).limit(ENTRIES_A_SEAL))
    if not entries:
        return 0
    before = work.first(select(AuditSeal.__table__).order_by(AuditSeal.number.desc()).limit(1))
    last = None if before is None else Seal.of(before)
    seal = Seal(
        number=1 if last is None else last.number + 1,
        at_micros=to_micros(work.now),
        entries=len(entries),
        root=root_of(entries),
        previous=NO_DIGEST if last is None else last.digest,
    )
    # Its number is the key: of two processes that seal at a time one fails, and tries again.
    work.execute(
        insert(AuditSeal).values(
            number=seal.number,
            at=from_micros(seal.at_micros),
            entries=seal.entries,
            root=seal.root,
            previous=seal.previous,
            signature=work.keys.signer(SIGNING_KEY).sign(seal.message),
        )
    )
    ids = [entry.id for entry in entries]
    work.execute(update(AuditEntry).where(AuditEntry.id.in_(ids)).values(seal=seal.number))
    return len(entries)


def seals_after(read: Read, number: int, limit: int) -> Sequence[Seal]:
    """The seals behind that one, in order."""
    query = select(AuditSeal.__table__).where(AuditSeal.number > number).order_by(AuditSeal.number)
    return [Seal.of(row) for row in read.rows(query.limit(limit))]


def is_genuine(seal: Seal, signer: Signer) -> bool:
    """Whether this server signed it, with the key of its time."""
    return signer.is_signed(seal.message, seal.signature, from_micros(seal.at_micros))
