"""Forfeiting what is left in an account's wallets, and giving it back: always by a posting (M026, M048)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from server.kit.work import Work
from server.wallet.actions.holds import release
from server.wallet.actions.ledger import Ledger
from server.wallet.actions.reversals import collect
from server.wallet.model import Hold, Posting, Wallet
from server.wallet.rules import Counter, HoldState, PostingKind


def forfeit(work: Work, account_id: str, units: Collection[str] | None = None) -> Mapping[str, int]:
    """Empty the account's wallets of these units (None: all), which stay open; what was forfeited, by unit.

    Open holds are given back and open claims collected first. Repeated, it finds nothing.
    """
    wallets = lock_wallets(work, account_id)
    lost = [wallet for wallet in wallets if units is None or wallet.unit in units]
    forfeited = {wallet.unit: empty(work, wallet) for wallet in lost}
    return {unit: amount for unit, amount in forfeited.items() if amount}


def return_forfeits(work: Work, account_id: str, since: datetime) -> Mapping[str, int]:
    """Give back what was forfeited from that instant on, by a posting of its own in each wallet; how much, by unit.

    The forfeits stay in the ledger. What the account owes is collected from what it gets. Repeated, it gives again:
    the caller keeps what entitles to it.
    """
    returned = {}
    for wallet in lock_wallets(work, account_id):
        amount = _forfeited_since(work, wallet.id, since)
        if amount:
            _give_back(work, wallet, amount)
            returned[wallet.unit] = amount
    return returned


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


def _forfeited_since(work: Work, wallet_id: str, since: datetime) -> int:
    mine = (Posting.wallet_id == wallet_id) & (Posting.kind == PostingKind.FORFEITED.value)
    return -int(work.scalar(select(func.sum(Posting.posted_delta)).where(mine, Posting.at >= since)) or 0)


def _give_back(work: Work, wallet: Row[Any], amount: int) -> None:
    ledger = Ledger(work, {(wallet.account_id, wallet.unit)})
    ledger.change(
        ledger.wallets[wallet.account_id, wallet.unit],
        PostingKind.FORFEIT_RETURNED,
        amount,
        0,
        counter=Counter.FORFEITS,
        transfer_id=work.ids.new("trf"),
        reference=wallet.id,
    )
    ledger.save()
    while collect(work, wallet.account_id, wallet.unit):
        pass  # each round takes something
