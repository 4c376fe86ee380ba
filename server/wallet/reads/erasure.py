"""What is left of erased wallets: tombstones, the bucket of their totals, and owners who may open none again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from server.kit.work import Read
from server.wallet.model import ClosedOwner, ErasedSeal, ErasedTotal, Tombstone, Wallet
from server.wallet.rules.erasure import SIGNING_KEY, TOMBSTONE_KEY, Erased, tombstone_message, wallet_key

_CLOSED_KEY = "closed_owners"


def is_closed(read: Read, account_id: str) -> bool:
    """Whether the account's wallets were erased or closed: money for it is unattributed."""
    digest = closed_digest(read, account_id)
    return read.first(select(ClosedOwner.digest).where(ClosedOwner.digest == digest)) is not None


def closed_digest(read: Read, account_id: str) -> bytes:
    """By which a closed owner is known, without being named."""
    return read.keyed_hash(_CLOSED_KEY, account_id.encode())


def wallet_ids(read: Read, account_id: str) -> Sequence[str]:
    """The account's wallets."""
    query = select(Wallet.id).where(Wallet.account_id == account_id)
    return read.execute(query.order_by(Wallet.id)).scalars().all()


def erased(read: Read) -> Erased:
    """The bucket as it is stored."""
    wallets = read.scalar(select(ErasedSeal.wallets))
    totals = {(row.counter, row.unit): row.total for row in read.rows(select(ErasedTotal.__table__))}
    return Erased(wallets or 0, totals)


def bucket_faults(read: Read) -> Iterator[str]:
    """What is wrong with the bucket: with its signature, its count or its sums."""
    bucket = erased(read)
    signature = read.scalar(select(ErasedSeal.signature))
    if signature is None:
        if bucket.totals:
            yield "the totals of erased wallets are not signed by this server"
    elif not read.keys.signer(SIGNING_KEY).is_signed(bucket.message(), signature):
        yield "the totals of erased wallets are not signed by this server"
    for unit in bucket.uneven():
        yield f"the totals of erased wallets in {unit} are not 0 together"
    tombstones = read.scalar(select(func.count()).select_from(Tombstone))
    if tombstones != bucket.wallets:
        yield f"{bucket.wallets} wallets were erased, there are {tombstones} tombstones"


def tombstone_of(read: Read, wallet_id: str) -> Row[Any] | None:
    """The tombstone of an erased wallet; None also for one that this server did not sign."""
    key = wallet_key(read.keys.server_secret(TOMBSTONE_KEY), wallet_id)
    tombstone = read.first(select(Tombstone.__table__).where(Tombstone.wallet_key == key))
    return tombstone if tombstone is not None and is_genuine(read, tombstone) else None


def tombstones_after(read: Read, tombstone_id: str, limit: int) -> Sequence[Row[Any]]:
    """The next tombstones by id."""
    query = select(Tombstone.__table__).where(Tombstone.id > tombstone_id)
    return read.rows(query.order_by(Tombstone.id).limit(limit))


def is_genuine(read: Read, tombstone: Row[Any]) -> bool:
    """Whether this server signed the tombstone."""
    message = tombstone_message(tombstone.id, tombstone.wallet_key, tombstone.sequence, tombstone.head)
    return read.keys.signer(SIGNING_KEY).is_signed(message, tombstone.signature)
