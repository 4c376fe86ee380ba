"""Erasures: which are planned, what was certified, and what an erasure has to wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from server.kit.ids import is_id
from server.kit.work import Read
from server.privacy.model import Erasure
from server.privacy.rules.erasures import SIGNING_KEY, ErasureStatus
from server.privacy.rules.requests import HoldGround

_erasures = Erasure.__table__.c
ERASED = "erase"
CERTIFIED = "certificate"
"""The two kinds of entries in the journal: an account is erased from here on, and what was certified of it."""


class ErasureRow(NamedTuple):
    """An erasure: the columns of its table, by the same names."""

    id: str
    account_id: str | None
    request_id: str | None
    scope: str
    clock: str
    status: str
    planned_at: datetime
    due_at: datetime
    overdue_at: datetime
    waits_until: datetime | None
    pseudonym: str | None
    acknowledged: str | None
    counts: str | None
    certificate: str | None
    signature: bytes | None
    live_erased_at: datetime | None
    final_at: datetime | None
    rewrapped_at: datetime | None


@dataclass(frozen=True, slots=True)
class FlightSources:
    """Of each slice whether something of an account has no outcome yet; app.py lists them."""

    sources: tuple[Callable[[Read, str], bool], ...] = ()

    def in_flight(self, read: Read, account_id: str) -> bool:
        return any(source(read, account_id) for source in self.sources)


@dataclass(frozen=True, slots=True)
class HoldSources:
    """Of each slice whether an open case holds an account's data back (C23); app.py lists them."""

    sources: Mapping[HoldGround, Callable[[Read, str], bool]] = field(default_factory=dict)

    def ground(self, read: Read, account_id: str) -> HoldGround | None:
        """Which kind of case it is; None without one."""
        return next((ground for ground, holds in self.sources.items() if holds(read, account_id)), None)


def erasure(read: Read, erasure_id: str) -> ErasureRow | None:
    """One erasure, for who knows its id."""
    if not is_id(erasure_id, "ers"):  # PostgreSQL takes no NUL
        return None
    row = read.first(select(*_erasures).where(_erasures.id == erasure_id))
    return None if row is None else ErasureRow._make(row)


def erasure_of(read: Read, account_id: str) -> ErasureRow | None:
    """The erasure of an account that is planned or running."""
    row = read.first(select(*_erasures).where(_erasures.account_id == account_id))
    return None if row is None else ErasureRow._make(row)


def without_end(read: Read, limit: int) -> Sequence[tuple[str, datetime]]:
    """The pseudonyms under which something is kept for billing whose end is not planned, and since when."""
    ends = aliased(Erasure)
    planned = exists().where(ends.account_id == _erasures.pseudonym)
    kept = _erasures.pseudonym.is_not(None) & _erasures.live_erased_at.is_not(None) & ~planned
    query = (
        select(_erasures.pseudonym, _erasures.live_erased_at).where(kept).order_by(_erasures.id).limit(limit)
    )
    return [(row.pseudonym, row.live_erased_at) for row in read.rows(query)]


def unfinished(read: Read, limit: int) -> Sequence[str]:
    """Erasures that were begun and have to come to their end, by id."""
    query = select(_erasures.id).where(_erasures.status == ErasureStatus.ERASING.value)
    return read.execute(query.order_by(_erasures.id).limit(limit)).scalars().all()


def done_among(read: Read, erasure_ids: Sequence[str]) -> frozenset[str]:
    """Which of these are done in this database."""
    done = _erasures.live_erased_at.is_not(None)
    return frozenset(read.execute(select(_erasures.id).where(_erasures.id.in_(erasure_ids), done)).scalars())


def is_genuine(read: Read, text: str, signature: bytes) -> bool:
    """Whether this server signed the certificate."""
    return read.keys.signer(SIGNING_KEY).is_signed(text.encode(), signature)


def public_keys(read: Read) -> Sequence[bytes]:
    """The Ed25519 keys with which certificates are verified, the present one first."""
    signer = read.keys.signer(SIGNING_KEY)
    return [signer.public, *(key.public for key in signer.retired)]
