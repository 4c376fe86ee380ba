"""Verification of the audit log: every row's link, every seal's rows, and the chain of seals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from server.accounts.rules.lifecycle import add_months
from server.kit.audit import LINKS, SAID, AuditEntry, AuditSeal, AuditTerms, link
from server.kit.clock import from_micros, to_micros
from server.kit.work import Read
from server.operations.auditing.seals import NO_DIGEST, SIGNING_KEY, Seal, is_genuine, root_of, seals_after

FAULTS_MAX = 100
NEWEST_SEALS = 10
_SEALS_A_READ = 4
_UNSEALED_A_READ = 1_000


@dataclass
class AuditReport:
    """What was looked at, and what is wrong, at most FAULTS_MAX sentences."""

    entries: int = 0
    unsealed: int = 0
    seals: int = 0
    ended: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.faults

    def fault(self, sentence: str) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(sentence)

    def lines(self) -> Iterator[str]:
        """The report for a terminal."""
        yield f"{self.entries} entries, {self.unsealed} of them not sealed yet; {self.seals} seals"
        if self.ended:
            yield f"{self.ended} entries are deleted, for the time that they are kept is over"
        yield from self.faults
        yield "The audit log is intact." if self.intact else "The audit log is NOT intact."


def verify_newest(read: Read) -> tuple[AuditReport, bool]:
    """Look at the newest NEWEST_SEALS seals and at what is not sealed, inside one read; and whether that is all."""
    last = read.scalar(select(func.max(AuditSeal.number))) or 0
    first = max(last - NEWEST_SEALS, 0)
    verification = AuditVerification(after=first)
    while verification.advance(read):
        pass
    return verification.report, first == 0


class AuditVerification:
    """Goes through the log in bounded reads: `while verification.advance(read)`. The server may go on writing.

    `written` are the seals of the files, None where they are not compared. Begins behind seal number `after`, for a
    look at the newest ones only.
    """

    def __init__(self, written: Mapping[int, Seal] | None = None, after: int = 0) -> None:
        self.report = AuditReport()
        self._written = written
        self._number = after
        self._digest = None if after else NO_DIGEST
        self._unsealed_after: str | None = ""
        self._linked = after > 0

    def advance(self, read: Read) -> bool:
        """Look at some more; whether there is more to look at."""
        if self._unsealed_after is not None:
            # First, for what is sealed meanwhile is then looked at twice, and not never.
            self._unsealed_after = self._unsealed(read, self._unsealed_after)
            return True
        seals = seals_after(read, self._number, _SEALS_A_READ)
        for seal in seals:
            self._seal(read, seal)
        if not seals:
            self._end(read)
        return bool(seals)

    def _unsealed(self, read: Read, after: str) -> str | None:
        query = select(AuditEntry.__table__).where(AuditEntry.seal.is_(None), AuditEntry.id > after)
        entries = read.rows(query.order_by(AuditEntry.id).limit(_UNSEALED_A_READ))
        self.report.unsealed += len(entries)
        self._links(read, [entry for entry in entries if entry.link is not None])
        self.report.entries += sum(entry.link is None for entry in entries)
        return entries[-1].id if entries else None

    def _seal(self, read: Read, seal: Seal) -> None:
        query = select(AuditEntry.__table__).where(AuditEntry.seal == seal.number)
        entries = read.rows(query.order_by(AuditEntry.id))
        self._links(read, entries)
        fault = self.report.fault
        if seal.number != self._number + 1:
            fault(f"seal {self._number + 1} is missing")
        elif self._digest is not None and seal.previous != self._digest:
            fault(f"seal {seal.number}: the seal before it is another")
        if not is_genuine(seal, read.keys.signer(SIGNING_KEY)):
            fault(f"seal {seal.number} is not signed by this server")
        if from_micros(seal.at_micros) <= self._ended_by(read):
            self.report.ended += seal.entries - len(entries)
        elif len(entries) != seal.entries:
            fault(f"seal {seal.number} was made over {seal.entries} entries, and has {len(entries)}")
        elif root_of(entries) != seal.root:
            fault(f"seal {seal.number}: its entries are others")
        if self._written is not None and self._written.get(seal.number, seal) != seal:
            fault(f"seal {seal.number} is another one in the files")
        self.report.seals += 1
        self._number, self._digest = seal.number, seal.digest

    def _ended_by(self, read: Read) -> datetime:
        """Rows of seals up to then are over: the sweep deletes them, and the seals stay."""
        return add_months(read.now, -read.terms(AuditTerms).kept_months)

    def _links(self, read: Read, entries: Sequence[Row[Any]]) -> None:
        secret = read.keys.server_secret(LINKS)
        for entry in entries:
            if entry.link is None and not self._linked:
                continue  # written before there were links
            said = {**{name: getattr(entry, name) for name in SAID}, "at": to_micros(entry.at)}
            if entry.link != link(secret, said):
                self.report.fault(f"entry {entry.id} was not written by this server as it is")
            # Unsealed rows are newer than all sealed ones, and say nothing of what those may be.
            self._linked = self._linked or entry.seal is not None
        self.report.entries += len(entries)

    def _end(self, read: Read) -> None:
        """What no seal leads to: rows of seals that are not there, and seals of the files that are gone."""
        strays = select(func.count()).where(
            AuditEntry.seal.is_not(None), AuditEntry.seal.not_in(select(AuditSeal.number))
        )
        if count := read.scalar(strays):
            self.report.fault(f"{count} entries are of seals that are missing")
        newest = max(self._written or (), default=0)
        if newest > self._number:
            self.report.fault(f"the files have seals up to {newest}, the database up to {self._number}")
