"""Holds: set aside, spent in parts, given back, expired. They change under their wallet's lock only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from server.kit.ids import is_id
from server.kit.work import Work
from server.wallet.actions.ledger import Ledger, Locked
from server.wallet.model import Hold, Wallet
from server.wallet.rules import (
    Counter,
    HoldNotFound,
    HoldState,
    PostingKind,
    Terms,
    TooManyHolds,
    check_capture,
    check_open,
    check_quantity,
)


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


def reserve(
    work: Work, account_id: str, unit: str, quantity: int, reference: str | None, expires_at: datetime
) -> HoldRow:
    """Set a quantity aside until `expires_at`. Without a reference the hold refers to itself.

    Raises HoldQuantityInvalid, TooManyHolds, BalanceTooLow.
    """
    check_quantity(unit, quantity)
    ledger = Ledger(work, {(account_id, unit)})
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
    """Spend a part of a hold, or all of it. With `final` what is left goes back in the same change.

    With an account id, another account's hold is not found (Q014).

    Raises HoldNotFound, HoldNotOpen, HoldQuantityInvalid, HoldTooSmall.
    """
    ledger, wallet, hold = _lock_hold(work, hold_id, account_id)
    check_open(hold.state, hold.expires_at <= work.now)
    remaining = hold.quantity - hold.captured - hold.released
    check_capture(wallet.unit, remaining, quantity)
    left = 0 if final else remaining - quantity
    ledger.change(
        wallet,
        kind,
        -quantity,
        left - remaining,
        counter=counter,
        transfer_id=work.ids.new("trf"),
        hold_id=hold_id,
        reference=reference,
    )
    ledger.save()
    return _save_hold(
        work,
        hold,
        captured=hold.captured + quantity,
        released=hold.released + remaining - quantity - left,
        state=HoldState.OPEN if left else HoldState.CAPTURED,
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


def _check_open_holds(work: Work, wallet_id: str) -> None:
    limit = work.terms(Terms).holds_open_max
    some = select(Hold.id).where(Hold.wallet_id == wallet_id, Hold.state == HoldState.OPEN.value).limit(limit)
    if (work.scalar(select(func.count()).select_from(some.subquery())) or 0) >= limit:
        raise TooManyHolds(limit)


def _lock_hold(work: Work, hold_id: str, account_id: str | None = None) -> tuple[Ledger, Locked, Row[Any]]:
    """The hold, under the lock of its wallet: holds change under that lock only. Raises HoldNotFound."""
    if not is_id(hold_id, "hld"):  # PostgreSQL takes no NUL
        raise HoldNotFound
    query = (
        select(Hold.__table__, Wallet.account_id, Wallet.unit)
        .join(Wallet, Wallet.id == Hold.wallet_id)
        .where(Hold.id == hold_id)
    )
    found = work.first(query)
    if found is None or account_id not in (None, found.account_id):
        raise HoldNotFound
    ledger = Ledger(work, {(found.account_id, found.unit)})
    current = work.first(query)
    if current is None:
        raise HoldNotFound
    return ledger, ledger.wallets[found.account_id, found.unit], current


def _give_back(work: Work, ledger: Ledger, wallet: Locked, hold: Row[Any], state: HoldState) -> HoldRow:
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
