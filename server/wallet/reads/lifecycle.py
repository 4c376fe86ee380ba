"""What an account's wallets say about its life: what it would lose by closing, and when it last sent something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from server.accounts.rules.closing import Loss, LossKind
from server.kit.work import Read
from server.wallet.model import Posting, Wallet
from server.wallet.reads import balances
from server.wallet.rules import CREDIT_UNITS, PostingKind

_SENDS = (PostingKind.USAGE.value, PostingKind.HOLD_CAPTURED.value)


def losses(read: Read, account_id: str) -> Sequence[Loss]:
    """Credits and money that are left, what holds set aside included: closing gives those back first."""
    return [
        Loss(_kind(balance.unit).value, balance.unit, balance.posted)
        for balance in balances(read, account_id)
        if balance.posted
    ]


def last_send(read: Read, account_id: str) -> datetime | None:
    """When credits were last used; the ledger remembers every send, so nobody has to write it down."""
    newest = (
        select(Posting.at)
        .join(Wallet, Wallet.id == Posting.wallet_id)
        .where(Wallet.account_id == account_id, Posting.kind.in_(_SENDS))
    )
    found = [
        read.scalar(newest.where(Wallet.unit == unit).order_by(Posting.sequence.desc()).limit(1))
        for unit in CREDIT_UNITS
    ]
    return max((at for at in found if at is not None), default=None)


def _kind(unit: str) -> LossKind:
    return LossKind.CREDITS if unit in CREDIT_UNITS else LossKind.MONEY
