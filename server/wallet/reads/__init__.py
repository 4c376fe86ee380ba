"""Balances, postings and holds. A wallet that was never used reads as zeros at sequence 0."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, func, select

from server.kit.db import Prepared
from server.kit.ids import is_id
from server.kit.problems import PublicError
from server.kit.work import Read
from server.wallet.model import Claim, Hold, Posting, Wallet
from server.wallet.reads.erasure import erased


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What a wallet has, in the smallest part of its unit. `at` is its last change, None before the first."""

    unit: str
    posted: int
    held: int
    sequence: int
    at: datetime | None

    @property
    def available(self) -> int:
        return self.posted - self.held


class WalletRow(NamedTuple):
    """A wallet: the columns of its table, by the same names."""

    id: str
    account_id: str
    unit: str
    posted: int
    held: int
    sequence: int
    head: bytes
    opened_at: datetime
    changed_at: datetime


def balance(read: Read, account_id: str, unit: str, as_of: int | None = None) -> BalanceRow:
    """The balance now, or as it was right after the change number `as_of`.

    Raises PublicError BAD_USER_INPUT when there has been no such change.
    """
    row = wallet(read, account_id, unit)
    head = row.sequence if row is not None else 0
    if as_of is not None and not 0 <= as_of <= head:
        raise PublicError("BAD_USER_INPUT", f"`asOf` is 0 to {head}, not {as_of}.", asOf=str(as_of))
    if row is None or as_of == 0:
        return BalanceRow(unit, posted=0, held=0, sequence=0, at=None)
    if as_of is None or as_of == head:
        return _balance_of(row)
    (past,) = postings_after(read, row.id, as_of - 1, limit=1)
    return balance_after(unit, past)


def balance_after(unit: str, posting: Row[Any]) -> BalanceRow:
    """The balance right after a posting."""
    return BalanceRow(
        unit, posting.posted_after, posting.held_after, sequence=posting.sequence, at=posting.at
    )


def balances(read: Read, account_id: str) -> Sequence[BalanceRow]:
    """The account's opened wallets, by unit."""
    return balances_of(read, [account_id])[account_id]


def balances_of(read: Read, account_ids: Sequence[str]) -> Mapping[str, Sequence[BalanceRow]]:
    """The same for many accounts, in one query; an account without wallets has an empty list."""
    wallets = wallets_of(read, account_ids)
    return {account_id: [_balance_of(row) for row in rows] for account_id, rows in wallets.items()}


def wallet(read: Read, account_id: str, unit: str) -> WalletRow | None:
    """The wallet of one unit, None until it is opened."""
    found = _wallet_of_unit.rows(read.connection, WalletRow._make, account_id=account_id, unit=unit)
    return found[0] if found else None


def wallet_by_id(read: Read, account_id: str, wallet_id: str) -> WalletRow | None:
    """A wallet of this account; None for anybody else's (Q014)."""
    row = read.first(_wallets.where(_wallet.c.id == wallet_id, _wallet.c.account_id == account_id))
    return WalletRow._make(row) if row is not None else None


def wallets_of(read: Read, account_ids: Sequence[str]) -> Mapping[str, Sequence[WalletRow]]:
    """The accounts' opened wallets, by unit, in one query."""
    if len(account_ids) == 1:  # nearly always: the viewer's own
        account_id = account_ids[0]
        return {account_id: _wallets_of_one.rows(read.connection, WalletRow._make, account_id=account_id)}
    found: dict[str, list[WalletRow]] = defaultdict(list)
    for row in read.rows(_wallets.where(_wallet.c.account_id.in_(account_ids)).order_by(_wallet.c.unit)):
        found[row.account_id].append(WalletRow._make(row))
    return {account_id: found[account_id] for account_id in account_ids}


def postings_before(read: Read, wallet_id: str, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Postings with a lower sequence than `before`, the newest first."""
    query = select(_posting).where(_posting.c.wallet_id == wallet_id)
    if before is not None:
        query = query.where(_posting.c.sequence < before)
    return read.rows(query.order_by(_posting.c.sequence.desc()).limit(limit))


def postings_after(read: Read, wallet_id: str, after: int, limit: int) -> Sequence[Row[Any]]:
    """Postings with a higher sequence than `after`, the oldest first."""
    query = select(_posting).where(_posting.c.wallet_id == wallet_id, _posting.c.sequence > after)
    return read.rows(query.order_by(_posting.c.sequence).limit(limit))


def hold(read: Read, account_id: str, hold_id: str) -> Row[Any] | None:
    """A hold of this account with its unit; None for anybody else's (Q014)."""
    if not is_id(hold_id, "hld"):  # PostgreSQL takes no NUL
        return None
    return read.first(
        select(Hold.__table__, Wallet.account_id, Wallet.unit)
        .join(Wallet, Wallet.id == Hold.wallet_id)
        .where(Hold.id == hold_id, Wallet.account_id == account_id)
    )


def holds_before(read: Read, wallet_id: str, before: str | None, limit: int) -> Sequence[Row[Any]]:
    """The wallet's holds with a lower id than `before`, the newest first, with account and unit."""
    query = (
        select(Hold.__table__, Wallet.account_id, Wallet.unit)
        .join(Wallet, Wallet.id == Hold.wallet_id)
        .where(Hold.wallet_id == wallet_id)
    )
    if before is not None:
        query = query.where(Hold.id < before)
    return read.rows(query.order_by(Hold.id.desc()).limit(limit))


def owed(read: Read, account_id: str, unit: str) -> int:
    """What the account still owes after reversals, in the smallest part of the unit."""
    query = (
        select(func.coalesce(func.sum(Claim.amount - Claim.collected), 0))
        .join(Wallet, Wallet.id == Claim.wallet_id)
        .where(Wallet.account_id == account_id, Wallet.unit == unit)
    )
    return int(read.scalar(query))


def counter_totals(read: Read) -> Mapping[tuple[str, str], int]:
    """What each counter-account has received, by its name and unit: the mirror of all customers' postings,
    those of erased wallets included.

    Reads every posting: for reports, not for requests.
    """
    query = (
        select(_posting.c.counter, _wallet.c.unit, func.sum(_posting.c.posted_delta).label("moved"))
        .join(Wallet, _wallet.c.id == _posting.c.wallet_id)
        .where(_posting.c.counter.is_not(None))
        .group_by(_posting.c.counter, _wallet.c.unit)
    )
    totals = defaultdict(int, erased(read).totals)
    for row in read.rows(query):
        totals[row.counter, row.unit] -= int(row.moved)
    return totals


def _balance_of(row: WalletRow) -> BalanceRow:
    return BalanceRow(
        row.unit, row.posted, row.held, sequence=row.sequence, at=row.changed_at if row.sequence else None
    )


_wallet = Wallet.__table__
_posting = Posting.__table__
_wallets = select(*[_wallet.c[name] for name in WalletRow._fields])
_of_account = _wallet.c.account_id == bindparam("account_id")
_wallets_of_one = Prepared(_wallets.where(_of_account).order_by(_wallet.c.unit))
_wallet_of_unit = Prepared(_wallets.where(_of_account, _wallet.c.unit == bindparam("unit")))
