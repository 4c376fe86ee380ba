"""Forfeiting what is left in an account's wallets: never silently, always by a posting (M026, M048)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from server.kit.work import Work
from server.wallet.actions.holds import release
from server.wallet.actions.ledger import Ledger
from server.wallet.actions.reversals import collect
from server.wallet.model import Hold, Wallet
from server.wallet.rules import Counter, HoldState, PostingKind


def forfeit(work: Work, account_id: str, units: Collection[str] | None = None) -> Mapping[str, int]:
    """Empty the account's wallets of these units (None: all), which stay open; what was forfeited, by unit.

    Open holds are given back and open claims collected first. Repeated, it finds nothing.
    """
    wallets = lock_wallets(work, account_id)
    lost = [wallet for wallet in wallets if units is None or wallet.unit in units]
    forfeited = {wallet.unit: empty(work, wallet) for wallet in lost}
    return {unit: amount for unit, amount in forfeited.items() if amount}


def lock_wallets(work: Work, account_id: str) -> Sequence[Row[Any]]:
    """The account's open wallets, unchanged by anybody else until this transaction ends."""
    mine = select(Wallet.__table__).where(Wallet.account_id == account_id, Wallet.closure.is_(None))
    return work.rows(mine.order_by(Wallet.unit).with_for_update())


def empty(work: Work, wallet: Row[Any]) -> int:
    """Give holds back, collect what is owed, forfeit the rest; returns how much that was."""
    is_open = (Hold.wallet_id == wallet.id) & (Hold.state == HoldState.OPEN.value)
    for hold in work.rows(select(Hold.id).where(is_open).order_by(Hold.id)):
        release(work, hold.id)
    while collect(work, wallet.account_id, wallet.unit):
        pass  # each round takes something
    ledger = Ledger(work, {(wallet.account_id, wallet.unit)})
    locked = ledger.wallets[wallet.account_id, wallet.unit]
    amount: int = locked.posted
    if amount:
        ledger.change(
            locked,
            PostingKind.FORFEITED,
            -amount,
            0,
            counter=Counter.FORFEITS,
            transfer_id=work.ids.new("trf"),
            reference=locked.id,
        )
        ledger.save()
    return amount
