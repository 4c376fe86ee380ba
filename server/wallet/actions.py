"""The verbs of the ledger. Every change goes through `_Ledger.change`, the only writer of postings.

Locks are taken in the order of account id and unit, all of one call before its first posting, so that two calls
never wait for each other. (Two calls in one transaction may; PostgreSQL then reruns one of them.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_ignore

from server.kit.clock import to_micros
from server.kit.db import Prepared
from server.kit.work import Work
from server.wallet.model import Claim, Hold, Posting, Wallet
from server.wallet.rules import (
    CHAIN_KEY,
    REFERENCE_LENGTH_MAX,
    TRANSFERS_MAX,
    UNITS,
    Counter,
    HoldNotFound,
    HoldState,
    HoldsTooMany,
    PostingKind,
    Terms,
    check_capture,
    check_change,
    check_open,
    check_quantity,
    split_reversal,
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


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as it stands. Quantities are in the smallest part of `unit`."""

    id: str
    wallet_id: str
    account_id: str
    unit: str
    quantity: int
    captured: int
    released: int
    state: HoldState
    reference: str
    placed_at: datetime
    expires_at: datetime
    resolved_at: datetime | None

    @property
    def remaining(self) -> int:
        return self.quantity - self.captured - self.released


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a reversal took now, and what stays owed as a claim."""

    posted: Posted | None
    shortfall: int
    claim_id: str | None


def post(work: Work, transfers: Sequence[Transfer], *, linked: bool = True) -> list[Posted]:
    """Move money or credits: all of the transfers or none, in the given order; results in the same order.

    With `linked` they are one business fact and share a transfer id; without, each has its own. Wallets open
    on first use. Raises BalanceTooLow, BalanceTooHigh.
    """
    if len(transfers) > TRANSFERS_MAX:
        raise ValueError(f"at most {TRANSFERS_MAX} transfers in one call")
    ledger = _Ledger(work, {(transfer.account_id, transfer.unit) for transfer in transfers})
    transfer_id = work.ids.new("trf")
    result = []
    for number, transfer in enumerate(transfers):
        if transfer.amount == 0:
            raise ValueError("a transfer moves something")
        if number and not linked:
            transfer_id = work.ids.new("trf")
        result.append(ledger.transfer(transfer, transfer_id))
    ledger.save()
    return result


def open_wallets(work: Work, account_id: str, units: Iterable[str]) -> None:
    """Open these wallets, empty, where they are not open yet."""
    _Ledger(work, {(account_id, unit) for unit in units})
    work.wake(account_id)


def reserve(
    work: Work, account_id: str, unit: str, quantity: int, reference: str | None, expires_at: datetime
) -> HoldRow:
    """Set a quantity aside until `expires_at`. Without a reference the hold refers to itself.

    Raises HoldQuantityInvalid, HoldsTooMany, BalanceTooLow.
    """
    check_quantity(unit, quantity)
    ledger = _Ledger(work, {(account_id, unit)})
    wallet = ledger.wallets[account_id, unit]
    _check_open_holds(work, wallet.id)
    hold_id = work.ids.new("hld")
    hold = HoldRow(
        hold_id,
        wallet.id,
        account_id,
        unit,
        quantity,
        captured=0,
        released=0,
        state=HoldState.OPEN,
        reference=reference or hold_id,
        placed_at=work.now,
        expires_at=expires_at,
        resolved_at=None,
    )
    ledger.change(wallet, PostingKind.HOLD_PLACED, 0, quantity, hold_id=hold_id, reference=hold.reference)
    ledger.save()
    work.execute(
        insert(Hold).values(
            id=hold_id,
            wallet_id=wallet.id,
            quantity=quantity,
            captured=0,
            released=0,
            state=hold.state.value,
            reference=hold.reference,
            placed_at=hold.placed_at,
            expires_at=expires_at,
        )
    )
    return hold


def capture(
    work: Work,
    hold_id: str,
    quantity: int,
    counter: Counter,
    kind: PostingKind,
    reference: str,
    *,
    final: bool = False,
    account_id: str | None = None,
) -> HoldRow:
    """Spend a part of a hold, or all of it. With `final` what is left goes back to the customer.

    With an account id, another account's hold is not found (Q014).

    Raises HoldNotFound, HoldNotOpen, HoldQuantityInvalid, HoldTooSmall.
    """
    ledger, wallet, hold = _lock_hold(work, hold_id, account_id)
    check_open(hold.state, hold.expires_at <= work.now)
    remaining = hold.quantity - hold.captured - hold.released
    check_capture(wallet.unit, remaining, quantity)
    ledger.change(
        wallet,
        kind,
        -quantity,
        -quantity,
        counter=counter,
        transfer_id=work.ids.new("trf"),
        hold_id=hold_id,
        reference=reference,
    )
    left = remaining - quantity
    if final and left:
        ledger.change(wallet, PostingKind.HOLD_RELEASED, 0, -left, hold_id=hold_id, reference=hold.reference)
    ledger.save()
    done = final or not left
    return _save_hold(
        work,
        hold,
        captured=hold.captured + quantity,
        released=hold.released + (left if final else 0),
        state=HoldState.CAPTURED if done else HoldState.OPEN,
    )


def release(work: Work, hold_id: str, *, account_id: str | None = None) -> HoldRow:
    """Give back what is left of a hold. With an account id, another account's is not found (Q014).

    Raises HoldNotFound, HoldNotOpen.
    """
    ledger, wallet, hold = _lock_hold(work, hold_id, account_id)
    check_open(hold.state, expired=False)
    return _give_back(work, ledger, wallet, hold, HoldState.RELEASED)


def expire(work: Work, hold_id: str) -> HoldRow:
    """End a hold whose time is over. One that is already resolved stays as it is. Raises HoldNotFound."""
    ledger, wallet, hold = _lock_hold(work, hold_id)
    if hold.state != HoldState.OPEN.value or hold.expires_at > work.now:
        return _hold_row(hold)
    return _give_back(work, ledger, wallet, hold, HoldState.EXPIRED)


def expire_due(work: Work, limit: int) -> int:
    """Expire holds whose time is over, at most `limit`, the oldest first. Returns how many were looked at."""
    query = (
        select(Hold.id, Wallet.account_id, Wallet.unit)
        .join(Wallet, Wallet.id == Hold.wallet_id)
        .where(Hold.state == HoldState.OPEN.value, Hold.expires_at <= work.now)
        .order_by(Hold.expires_at)
        .limit(limit)
    )
    due = sorted(work.rows(query), key=lambda row: (row.account_id, row.unit))
    for row in due:
        expire(work, row.id)
    return len(due)


def reverse(
    work: Work,
    account_id: str,
    unit: str,
    amount: int,
    counter: Counter,
    kind: PostingKind,
    reference: str,
) -> Reversed:
    """Take back `amount` (> 0), as a chargeback does: never refused, and never below zero available.

    What is available is posted now. The rest becomes a claim, which `collect` posts from later income.
    """
    ledger = _Ledger(work, {(account_id, unit)})
    wallet = ledger.wallets[account_id, unit]
    split = split_reversal(amount, wallet.posted - wallet.held)
    posted = claim_id = None
    if split.now:
        transfer = Transfer(account_id, unit, -split.now, counter, kind, reference)
        posted = ledger.transfer(transfer, work.ids.new("trf"))
        ledger.save()
    if split.owed:
        claim_id = work.ids.new("clm")
        work.execute(
            insert(Claim).values(
                id=claim_id,
                wallet_id=wallet.id,
                amount=split.owed,
                collected=0,
                kind=kind.value,
                counter=counter.value,
                reference=reference,
                opened_at=work.now,
            )
        )
    return Reversed(posted, split.owed, claim_id)


def collect(work: Work, account_id: str, unit: str, limit: int = 100) -> int:
    """Post what is available against the wallet's open claims, the oldest first. Returns how much was taken."""
    ledger = _Ledger(work, {(account_id, unit)})
    wallet = ledger.wallets[account_id, unit]
    open_claims = (
        select(Claim.__table__)
        .where(Claim.wallet_id == wallet.id, Claim.collected < Claim.amount)
        .order_by(Claim.id)
        .limit(limit)
    )
    taken = 0
    for claim in work.rows(open_claims):
        part = min(claim.amount - claim.collected, wallet.posted - wallet.held)
        if part == 0:
            break
        transfer = Transfer(
            account_id, unit, -part, Counter(claim.counter), PostingKind(claim.kind), claim.reference
        )
        ledger.transfer(transfer, work.ids.new("trf"))
        work.execute(update(Claim).where(Claim.id == claim.id).values(collected=claim.collected + part))
        taken += part
    ledger.save()
    return taken


class _Locked:
    """A wallet whose row is locked, with its figures so far. Lives no longer than one call."""

    __slots__ = ("account_id", "changed", "head", "held", "id", "posted", "secret", "sequence", "unit")

    def __init__(self, work: Work, row: Sequence[Any]) -> None:
        self.id, self.account_id, self.unit, self.posted, self.held, self.sequence, self.head = row
        self.secret = work.keys.key(self.id, CHAIN_KEY).secret
        self.changed = False


class _Ledger:
    """The wallets of one call, locked."""

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
        wallet: _Locked,
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
        """Write the wallets' new figures, and wake who watches them."""
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

    def _lock(self, account_id: str, unit: str) -> _Locked:
        rows = _lock_wallet.run(self._work.connection, of_account_id=account_id, of_unit=unit)
        if not rows:
            _open_wallet(self._work, account_id, unit)
            rows = _lock_wallet.run(self._work.connection, of_account_id=account_id, of_unit=unit)
        return _Locked(self._work, rows[0])


def _open_wallet(work: Work, account_id: str, unit: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"{unit} is no unit")
    wallet_id = work.ids.new("wal")
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


def _check_open_holds(work: Work, wallet_id: str) -> None:
    limit = work.terms(Terms).holds_open_max
    some = select(Hold.id).where(Hold.wallet_id == wallet_id, Hold.state == HoldState.OPEN.value).limit(limit)
    if (work.scalar(select(func.count()).select_from(some.subquery())) or 0) >= limit:
        raise HoldsTooMany(limit)


def _lock_hold(work: Work, hold_id: str, account_id: str | None = None) -> tuple[_Ledger, _Locked, Row[Any]]:
    """The hold, under the lock of its wallet: holds change under that lock only. Raises HoldNotFound."""
    query = (
        select(Hold.__table__, Wallet.account_id, Wallet.unit)
        .join(Wallet, Wallet.id == Hold.wallet_id)
        .where(Hold.id == hold_id)
    )
    found = work.first(query)
    if found is None or account_id not in (None, found.account_id):
        raise HoldNotFound
    ledger = _Ledger(work, {(found.account_id, found.unit)})
    current = work.first(query)
    if current is None:
        raise HoldNotFound
    return ledger, ledger.wallets[found.account_id, found.unit], current


def _give_back(work: Work, ledger: _Ledger, wallet: _Locked, hold: Row[Any], state: HoldState) -> HoldRow:
    remaining = hold.quantity - hold.captured - hold.released
    kind = PostingKind.HOLD_EXPIRED if state is HoldState.EXPIRED else PostingKind.HOLD_RELEASED
    ledger.change(wallet, kind, 0, -remaining, hold_id=hold.id, reference=hold.reference)
    ledger.save()
    return _save_hold(work, hold, captured=hold.captured, released=hold.released + remaining, state=state)


def _save_hold(work: Work, hold: Row[Any], *, captured: int, released: int, state: HoldState) -> HoldRow:
    resolved_at = None if state is HoldState.OPEN else work.now
    changes = {
        "captured": captured,
        "released": released,
        "state": state.value,
        "resolved_at": resolved_at,
    }
    work.execute(update(Hold).where(Hold.id == hold.id).values(changes))
    return HoldRow(**{**hold._mapping, **changes, "state": state})


def _hold_row(row: Row[Any]) -> HoldRow:
    return HoldRow(**{**row._mapping, "state": HoldState(row.state)})


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
