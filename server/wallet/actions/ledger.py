"""The wallets of one call, locked; `Ledger.change` is the only writer of postings.

Locks are taken in the order of account id and unit, all of one call before its first posting, so that two calls
never wait for each other. (Two calls in one transaction may; PostgreSQL then reruns one of them.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore

from server.kit.clock import to_micros
from server.kit.db import Prepared
from server.kit.work import Work
from server.wallet.actions.events import BalanceFellBelow
from server.wallet.model import ClosedOwner, Posting, Wallet
from server.wallet.reads.erasure import closed_digest
from server.wallet.rules import (
    CHAIN_KEY,
    REFERENCE_LENGTH_MAX,
    UNITS,
    Counter,
    PostingKind,
    WalletsClosed,
    check_change,
)
from server.wallet.rules.chain import genesis, link

Key = tuple[str, str]
"""Account id and unit: what names a wallet to the other slices."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One posting to make. `amount` is the customer's side, signed and never 0, in the unit's smallest part;
    `reference` is the opaque id of what caused it.
    """

    account_id: str
    unit: str
    amount: int
    counter: Counter
    kind: PostingKind
    reference: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A change that was made, and the wallet's figures after it."""

    wallet_id: str
    account_id: str
    unit: str
    sequence: int
    amount: int
    posted: int
    held: int
    transfer_id: str | None

    @property
    def available(self) -> int:
        return self.posted - self.held


class Locked:
    """A wallet whose row is locked, with its figures so far. Lives no longer than one call."""

    __slots__ = (
        "account_id",
        "alarm_below",
        "changed",
        "head",
        "held",
        "id",
        "posted",
        "secret",
        "sequence",
        "unit",
    )

    def __init__(self, work: Work, row: Sequence[Any]) -> None:
        (
            self.id,
            self.account_id,
            self.unit,
            self.posted,
            self.held,
            self.sequence,
            self.head,
            closure,
            self.alarm_below,
        ) = row
        if closure is not None:
            raise WalletsClosed
        self.secret = work.keys.key(self.id, CHAIN_KEY).secret
        self.changed = False


class Ledger:
    """The wallets of one call, locked. Raises WalletsClosed when the account has ended."""

    __slots__ = ("_at", "_work", "wallets")

    def __init__(self, work: Work, keys: set[Key]) -> None:
        self._work = work
        self._at = to_micros(work.now)
        self.wallets = {key: self._lock(*key) for key in (sorted(keys) if len(keys) > 1 else keys)}

    def transfer(self, transfer: Transfer, transfer_id: str) -> Posted:
        """Post a transfer to its wallet."""
        return self.change(
            self.wallets[transfer.account_id, transfer.unit],
            transfer.kind,
            transfer.amount,
            0,
            counter=transfer.counter,
            transfer_id=transfer_id,
            reference=transfer.reference,
        )

    def change(
        self,
        wallet: Locked,
        kind: PostingKind,
        posted_delta: int,
        held_delta: int,
        *,
        reference: str,
        counter: Counter | None = None,
        transfer_id: str | None = None,
        hold_id: str | None = None,
    ) -> Posted:
        """Write the next posting of a wallet. Raises BalanceTooLow, BalanceTooHigh."""
        check_change(wallet.unit, wallet.posted, wallet.held, posted_delta, held_delta)
        if not 0 < len(reference) <= REFERENCE_LENGTH_MAX:
            raise ValueError("a reference is an id")
        sequence = wallet.sequence + 1
        posted = wallet.posted + posted_delta
        held = wallet.held + held_delta
        kind_name = kind._value_
        counter_name = None if counter is None else counter._value_
        head = link(
            wallet.secret,
            wallet.head,
            wallet.id,
            sequence,
            kind_name,
            posted_delta,
            held_delta,
            posted,
            held,
            counter_name,
            transfer_id,
            hold_id,
            reference,
            self._at,
        )
        _insert_posting.run(
            self._work.connection,
            wallet_id=wallet.id,
            sequence=sequence,
            kind=kind_name,
            posted_delta=posted_delta,
            held_delta=held_delta,
            posted_after=posted,
            held_after=held,
            counter=counter_name,
            transfer_id=transfer_id,
            hold_id=hold_id,
            reference=reference,
            at=self._at,
            link=head,
        )
        wallet.sequence, wallet.posted, wallet.held, wallet.head = sequence, posted, held, head
        wallet.changed = True
        return Posted(
            wallet.id, wallet.account_id, wallet.unit, sequence, posted_delta, posted, held, transfer_id
        )

    def save(self) -> None:
        """Write the wallets' new figures, wake who watches them, and ring their alarms."""
        for wallet in self.wallets.values():
            if wallet.changed:
                _update_wallet.run(
                    self._work.connection,
                    of_id=wallet.id,
                    new_posted=wallet.posted,
                    new_held=wallet.held,
                    new_sequence=wallet.sequence,
                    new_head=wallet.head,
                    new_changed_at=self._at,
                )
                self._work.wake(wallet.account_id)
                if wallet.alarm_below is not None and wallet.posted - wallet.held < wallet.alarm_below:
                    self._ring(wallet, wallet.alarm_below)

    def _ring(self, wallet: Locked, below: int) -> None:
        available = wallet.posted - wallet.held
        set_alarm_of(self._work, wallet, None)
        event = BalanceFellBelow(wallet.account_id, wallet.id, wallet.unit, available, below)
        self._work.record(event)

    def _lock(self, account_id: str, unit: str) -> Locked:
        rows = _lock_wallet.run(self._work.connection, of_account_id=account_id, of_unit=unit)
        if not rows:
            _open_wallet(self._work, account_id, unit)
            rows = _lock_wallet.run(self._work.connection, of_account_id=account_id, of_unit=unit)
        return Locked(self._work, rows[0])


def set_alarm_of(work: Work, wallet: Locked, below: int | None) -> None:
    """Write the alarm of a locked wallet."""
    if wallet.alarm_below != below:
        work.execute(update(Wallet).where(Wallet.id == wallet.id).values(alarm_below=below))
        wallet.alarm_below = below


def _open_wallet(work: Work, account_id: str, unit: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"{unit} is no unit")
    wallet_id = work.ids.new("wal")
    digest = closed_digest(work, account_id)
    # Held until this transaction ends: who closes the owner meanwhile waits for it, and finds the new wallet.
    held = insert_or_ignore(ClosedOwner).values(digest=digest).on_conflict_do_nothing()
    if work.first(held.returning(ClosedOwner.digest)) is None:
        raise WalletsClosed
    secret = work.keys.ensure(wallet_id, [CHAIN_KEY])[CHAIN_KEY].secret
    values = {
        "id": wallet_id,
        "account_id": account_id,
        "unit": unit,
        "posted": 0,
        "held": 0,
        "sequence": 0,
        "head": genesis(secret, wallet_id, account_id, unit),
        "opened_at": work.now,
        "changed_at": work.now,
    }
    # Whoever comes second waits for the first and then finds the row; the second's secret stays unused.
    work.execute(insert_or_ignore(Wallet).values(values).on_conflict_do_nothing())
    work.execute(delete(ClosedOwner).where(ClosedOwner.digest == digest))


_wallets = Wallet.__table__.c
_postings = Posting.__table__
_lock_wallet = Prepared(
    select(
        _wallets.id,
        _wallets.account_id,
        _wallets.unit,
        _wallets.posted,
        _wallets.held,
        _wallets.sequence,
        _wallets.head,
        _wallets.closure,
        _wallets.alarm_below,
    )
    .where(_wallets.account_id == bindparam("of_account_id"), _wallets.unit == bindparam("of_unit"))
    .with_for_update()
)
_insert_posting = Prepared(
    insert(Posting).values({column.name: bindparam(column.name) for column in _postings.c})
)
_update_wallet = Prepared(
    update(Wallet)
    .where(_wallets.id == bindparam("of_id"))
    .values(
        posted=bindparam("new_posted"),
        held=bindparam("new_held"),
        sequence=bindparam("new_sequence"),
        head=bindparam("new_head"),
        changed_at=bindparam("new_changed_at"),
    )
)
