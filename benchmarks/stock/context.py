"""What the resolvers of one request share: who asks, and the loaders."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import strawberry
from sqlalchemy import select
from strawberry.dataloader import DataLoader

from benchmarks.stock.database import read_session
from server.accounts.model import ACTIVE, Account, ApiKey
from server.wallet.model import Wallet


class Context:
    """Made for each request; for a subscription it lives as long as the subscription."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.accounts: DataLoader[str, Account] = DataLoader(load_fn=_load_accounts)
        self.wallets: DataLoader[str, list[Wallet]] = DataLoader(load_fn=_load_wallets)


Info = strawberry.Info[Context, None]


async def account_of(authorization: str | None) -> str | None:
    """The account that an API key acts for; None when the key is unknown, revoked or over."""
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    now = datetime.now(UTC)
    query = (
        select(ApiKey)
        .join(Account, Account.id == ApiKey.account_id)
        .where(
            ApiKey.secret_hash == hashlib.sha256(secret.encode()).digest(),
            ApiKey.revoked_at.is_(None),
            ApiKey.expires_at.is_(None) | (ApiKey.expires_at > now),
            Account.status == ACTIVE,
        )
    )
    async with read_session() as session:
        key = (await session.scalars(query)).one_or_none()
    return key.account_id if key is not None else None


async def _load_accounts(ids: list[str]) -> Sequence[Account]:
    async with read_session() as session:
        rows = (await session.scalars(select(Account).where(Account.id.in_(ids)))).all()
    by_id = {row.id: row for row in rows}
    return [by_id[account_id] for account_id in ids]


async def _load_wallets(account_ids: list[str]) -> Sequence[list[Wallet]]:
    query = select(Wallet).where(Wallet.account_id.in_(account_ids)).order_by(Wallet.unit)
    by_account: defaultdict[str, list[Wallet]] = defaultdict(list)
    async with read_session() as session:
        for row in (await session.scalars(query)).all():
            by_account[row.account_id].append(row)
    return [by_account[account_id] for account_id in account_ids]
