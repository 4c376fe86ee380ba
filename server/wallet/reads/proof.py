"""Verification of the ledger: replays every posting in bounded reads, and says what is wrong and where.

A wallet that a signed root lists and that is gone must have a tombstone that the server signed: at the same number
of postings with the same head, or at a later one (the postings between are gone with the wallet, but only the
server can have signed that it went on). The bucket of the erased must bear its signature, count every tombstone,
be 0 in each unit together, and not fall behind a root.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, type_coerce
from sqlalchemy.types import BigInteger

from server.kit.crypto import Shredded
from server.kit.work import Read
from server.wallet.model import Hold, Posting, Wallet
from server.wallet.reads.erasure import bucket_faults, erased, is_genuine, tombstone_of, tombstones_after
from server.wallet.rules import CHAIN_KEY
from server.wallet.rules.chain import closure, genesis
from server.wallet.rules.erasure import Erased
from server.wallet.rules.merkle import Leaf
from server.wallet.rules.replay import Replay

READ_ROWS_MAX = 10_000
"""Most postings looked at in one snapshot: a long verification must not keep a snapshot open."""
FAULTS_MAX = 100
TOMBSTONES_A_READ = 1_000
UNPROVABLE = "the secret of the chain is gone"
ACCOUNT_POSTINGS_MAX = 10_000
"""Most postings of an account that a request may have replayed, shared among its wallets; the command replays all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; without a sequence it is the wallet as a whole."""

    wallet_id: str
    sequence: int | None
    what: str


@dataclass(slots=True)
class Report:
    """What was looked at and what was found. `totals` are the counter-accounts, by name and unit: those of the
    wallets and, in a verification of all, those of the erased. They are empty when wallets were erased during the
    verification, which may then have met their postings twice or not at all.
    """

    wallets: int = 0
    tombstones: int = 0
    postings: int = 0
    roots: int = 0
    last_root_at: datetime | None = None
    complete: bool = True
    faults_found: int = 0
    faults: list[Fault] = field(default_factory=list)
    totals: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    @property
    def intact(self) -> bool:
        return not self.faults_found

    def fault(self, wallet_id: str, sequence: int | None, what: str) -> None:
        """Count a fault; the first ones are kept."""
        self.faults_found += 1
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(wallet_id, sequence, what))

    def lines(self) -> Iterator[str]:
        """The report for a terminal."""
        yield f"{self.wallets} wallets, {self.postings} postings, {self.roots} signed roots."
        if self.tombstones:
            yield f"{self.tombstones} wallets were erased; their totals are in the sums."
        if self.last_root_at is None:
            yield "There is no signed root yet: a cut tail would not be seen."
        else:
            yield f"The last signed root is of {self.last_root_at:%Y-%m-%d %H:%M:%S} UTC."
        for (counter, unit), total in sorted(self.totals.items()):
            yield f"{counter} {unit}: {total}"
        for fault in self.faults:
            place = "" if fault.sequence is None else f" at {fault.sequence}"
            yield f"FAULT {fault.wallet_id}{place}: {fault.what}."
        if self.faults_found > len(self.faults):
            yield f"… and {self.faults_found - len(self.faults)} more faults."
        yield "The ledger is intact." if self.intact else f"The ledger has {self.faults_found} faults."


class Anchors:
    """The leaves of one signed root, in the order of wallets, beside the walk over the wallets."""

    def __init__(self, name: str, leaves: Iterable[Leaf], erased: Erased | None = None) -> None:
        self.name = name
        self.erased = erased
        self._leaves = iter(leaves)
        self._next = next(self._leaves, None)

    def upto(self, wallet_id: str | None) -> Iterator[Leaf]:
        """The leaves up to and including this wallet, each once; all that are left for None."""
        while self._next is not None and (wallet_id is None or self._next.wallet_id <= wallet_id):
            yield self._next
            self._next = next(self._leaves, None)


class Verification:
    """A walk over all wallets that can pause after any posting. Each `advance` is one snapshot."""

    def __init__(self, anchors: Sequence[Anchors] = ()) -> None:
        self.report = Report()
        self._anchors = anchors
        self._wallet_id = ""
        self._tombstone_id = ""
        self._walk: _WalletWalk | None = None
        self._wallets_done = False
        self._erased_before: int | None = None
        self._without_secret: list[str] = []

    def advance(self, read: Read) -> bool:
        """Look at up to READ_ROWS_MAX more postings or tombstones. False when the last one is done."""
        if self._wallets_done:
            return self._advance_tombstones(read)
        if self._erased_before is None:
            self._erased_before = erased(read).wallets
        budget = READ_ROWS_MAX
        while budget > 0:
            if self._walk is None and not self._next_wallet(read):
                self._finish_wallets(read)
                break
            assert self._walk is not None
            budget -= self._walk.advance(read, budget) + 1
            if self._walk.done:
                self._end_walk(read, self._walk)
        return True

    def _end_walk(self, read: Read, walk: _WalletWalk) -> None:
        self._walk = None
        self.report.wallets += not walk.vanished
        if walk.vanished:  # erased since it was found
            for name, leaf in walk.anchors:
                self._check_gone(read, name, leaf)
        if walk.secret_is_gone:
            self._without_secret.append(walk.wallet_id)

    def _finish_wallets(self, read: Read) -> None:
        self._wallets_done = True
        self._missing(read, None)
        bucket = erased(read)
        for what in bucket_faults(read):
            self.report.fault("erased", None, what)
        for anchors in self._anchors:
            self._check_bucket(bucket, anchors)
        for key, total in bucket.totals.items():
            self.report.totals[key] += total
        if bucket.wallets != self._erased_before:
            self.report.totals.clear()

    def _check_bucket(self, bucket: Erased, anchors: Anchors) -> None:
        signed = anchors.erased
        if signed is None:
            return
        if bucket.wallets < signed.wallets:
            what = f"{bucket.wallets} wallets were erased, root {anchors.name} has {signed.wallets}"
            self.report.fault("erased", None, what)
        elif bucket.wallets == signed.wallets and bucket.message() != signed.message():
            self.report.fault("erased", None, f"root {anchors.name} signed other totals of erased wallets")

    def _advance_tombstones(self, read: Read) -> bool:
        self._check_without_secret(read)
        rows = tombstones_after(read, self._tombstone_id, TOMBSTONES_A_READ)
        for row in rows:
            if not is_genuine(read, row):
                self.report.fault(row.id, None, "the tombstone is not signed by this server")
        self.report.tombstones += len(rows)
        if len(rows) < TOMBSTONES_A_READ:
            return False
        self._tombstone_id = rows[-1].id
        return True

    def _check_without_secret(self, read: Read) -> None:
        # In a later snapshot: of a wallet that was erased in the middle of the first, the secret went before the row.
        for wallet_id in self._without_secret:
            if read.first(select(Wallet.id).where(Wallet.id == wallet_id)) is not None:
                self.report.fault(wallet_id, None, UNPROVABLE)
        self._without_secret.clear()

    def _next_wallet(self, read: Read) -> bool:
        query = select(Wallet.id).where(Wallet.id > self._wallet_id).order_by(Wallet.id).limit(1)
        wallet_id = read.scalar(query)
        if wallet_id is None:
            return False
        self._wallet_id = wallet_id
        self._walk = _WalletWalk(wallet_id, self.report, self._missing(read, wallet_id))
        return True

    def _missing(self, read: Read, wallet_id: str | None) -> list[tuple[str, Leaf]]:
        """The anchors of this wallet; those of wallets that the walk has passed by need a tombstone."""
        found = []
        for anchors in self._anchors:
            for leaf in anchors.upto(wallet_id):
                if leaf.wallet_id == wallet_id:
                    found.append((anchors.name, leaf))
                else:
                    self._check_gone(read, anchors.name, leaf)
        return found

    def _check_gone(self, read: Read, name: str, leaf: Leaf) -> None:
        tombstone = tombstone_of(read, leaf.wallet_id)
        if tombstone is None:
            self.report.fault(leaf.wallet_id, None, f"the wallet is gone; root {name} has it")
        elif tombstone.sequence < leaf.sequence:
            what = f"its tombstone is at sequence {tombstone.sequence}; root {name} has {leaf.sequence}"
            self.report.fault(leaf.wallet_id, None, what)
        elif tombstone.sequence == leaf.sequence and tombstone.head != leaf.head:
            self.report.fault(leaf.wallet_id, None, f"its tombstone has another head than root {name}")


def verify_account(read: Read, account_id: str) -> Report:
    """Replay one account's wallets now. Of a long wallet only the newest postings, and `complete` is false."""
    report = Report()
    query = select(Wallet.id, Wallet.sequence).where(Wallet.account_id == account_id).order_by(Wallet.id)
    wallets = read.rows(query)
    share = ACCOUNT_POSTINGS_MAX // max(1, len(wallets))
    for wallet in wallets:
        start = max(0, wallet.sequence - share)
        walk = _WalletWalk(wallet.id, report, (), start)
        walk.advance(read, share + 1)
        if walk.secret_is_gone:
            report.fault(wallet.id, None, UNPROVABLE)
        report.complete &= start == 0
        report.wallets += 1
    return report


def verify_wallet(read: Read, wallet_id: str) -> Report:
    """Replay one wallet whole, in the caller's snapshot."""
    report = Report()
    walk = _WalletWalk(wallet_id, report, ())
    while not walk.done:
        walk.advance(read, READ_ROWS_MAX)
    if walk.secret_is_gone:
        report.fault(wallet_id, None, UNPROVABLE)
    report.wallets = 1
    return report


class _WalletWalk:
    """One wallet, replayed in pages; its row and its holds are compared in the snapshot of the last page."""

    def __init__(
        self, wallet_id: str, report: Report, anchors: Sequence[tuple[str, Leaf]], start: int = 0
    ) -> None:
        self.done = False
        self.vanished = False
        self.secret_is_gone = False
        self.wallet_id = wallet_id
        self.anchors = list(anchors)
        self._report = report
        self._totals: dict[str, int] = defaultdict(int)
        self._start = start
        self._replay: Replay | None = None

    def advance(self, read: Read, limit: int) -> int:
        """Replay at most `limit` postings; returns how many."""
        wallet = read.first(select(Wallet.__table__).where(Wallet.id == self.wallet_id))
        replay = self._replay or self._begin(read, wallet)
        if wallet is None or replay is None:
            self.done = True
            self.vanished = wallet is None
            return 0
        rows = read.rows(_page(self.wallet_id, replay.sequence, limit))
        for row in rows:
            if not self._step(replay, row):
                return len(rows)
            if row.counter is not None:
                self._totals[row.counter] -= row.posted_delta
            self._check_anchors(replay, row.sequence)
        self._report.postings += len(rows)
        if len(rows) < limit:
            self._finish(read, replay, wallet)
        return len(rows)

    def _step(self, replay: Replay, row: Row[Any]) -> bool:
        try:
            faults = list(replay.step(row))
        except (TypeError, struct.error):
            # SQLite keeps a text in a number's column when told to; nothing can follow from such a row.
            faults, self.done = ["the posting cannot be read"], True
        for what in faults:
            self._report.fault(self.wallet_id, row.sequence, what)
        return not self.done

    def _begin(self, read: Read, wallet: Row[Any] | None) -> Replay | None:
        if wallet is None:
            return None
        try:
            secret = read.keys.key(self.wallet_id, CHAIN_KEY).secret
        except Shredded:
            self.secret_is_gone = True
            return None
        origin = wallet.origin or genesis(secret, self.wallet_id, wallet.account_id, wallet.unit)
        if (wallet.origin, wallet.closure) != (None, None):
            closed = closure(secret, self.wallet_id, wallet.account_id, wallet.unit, origin, wallet.head)
            if wallet.closure != closed:
                self._report.fault(self.wallet_id, None, "the wallet was not closed by this server")
        replay = Replay(secret, self.wallet_id, origin)
        if self._start:
            for row in read.rows(_page(self.wallet_id, self._start - 1, 1)):
                replay.resume(row)
        self._replay = replay
        return replay

    def _check_anchors(self, replay: Replay, sequence: int) -> None:
        for name, leaf in self.anchors:
            if leaf.sequence == sequence and leaf.head != replay.head:
                self._report.fault(self.wallet_id, sequence, f"root {name} signed another history")

    def _finish(self, read: Read, replay: Replay, wallet: Row[Any]) -> None:
        self.done = True
        # Only now: of a wallet that is erased in the middle the bucket has the totals.
        for counter, total in self._totals.items():
            self._report.totals[counter, wallet.unit] += total
        for what in replay.wallet_faults(wallet.sequence, wallet.posted, wallet.held, wallet.head):
            self._report.fault(self.wallet_id, None, what)
        for name, leaf in self.anchors:
            if leaf.sequence > replay.sequence:
                self._report.fault(
                    self.wallet_id,
                    replay.sequence,
                    f"the tail is cut: root {name} has sequence {leaf.sequence}",
                )
        if self._start == 0:
            self._compare_holds(read, replay)

    def _compare_holds(self, read: Read, replay: Replay) -> None:
        last = ""
        while True:
            rows = read.rows(
                select(Hold.__table__)
                .where(Hold.wallet_id == self.wallet_id, Hold.id > last)
                .order_by(Hold.id)
                .limit(READ_ROWS_MAX)
            )
            for row in rows:
                figures = (row.quantity, row.captured, row.released, row.state, row.reference)
                for what in replay.hold_faults(row.id, *figures):
                    self._report.fault(self.wallet_id, None, what)
            if len(rows) < READ_ROWS_MAX:
                break
            last = rows[-1].id
        for hold_id in replay.holds:
            self._report.fault(self.wallet_id, None, f"hold {hold_id} is gone")


def _page(wallet_id: str, after: int, limit: int) -> Any:
    return (
        select(*_columns)
        .where(_posting.c.wallet_id == wallet_id, _posting.c.sequence > after)
        .order_by(_posting.c.sequence)
        .limit(limit)
    )


def wallets_total(read: Read) -> int:
    """How many wallets there are, for a progress bar."""
    return int(read.scalar(select(func.count()).select_from(Wallet)))


def leaves_after(read: Read, wallet_id: str, limit: int) -> Sequence[Leaf]:
    """The heads of the next wallets by id, as leaves of a root."""
    query = (
        select(Wallet.id, Wallet.sequence, Wallet.head)
        .where(Wallet.id > wallet_id)
        .order_by(Wallet.id)
        .limit(limit)
    )
    return [Leaf(row.id, row.sequence, row.head) for row in read.rows(query)]


_posting = Posting.__table__
_columns = [
    type_coerce(column, BigInteger).label("at_micros") if column.name == "at" else column
    for column in _posting.c
]
