"""The end of an account's wallets: erased with everything, or kept for billing under a pseudonym.

Both first close the owner, so that no wallet opens for the account again, and empty its wallets by postings: holds
are given back, open claims collected, the rest is forfeited. Top-ups and orders in flight are to be settled before;
what arrives later is refused with WalletsClosed and belongs to `post_unattributed`.

Erasure deletes in the caller's transaction and destroys the chain secrets behind it: a secret destroyed before the
commit would leave, after a rollback, living wallets that nobody can prove. So the same transaction plans due work
`wallet.shred` for each wallet id; its step destroys the secret, as often as it is run, and then the id is forgotten.
A crash between the two leaves a secret that proves nothing any more and due work that destroys it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.kit.due import schedule
from server.kit.work import Work
from server.wallet.actions.forfeits import empty
from server.wallet.model import Claim, ClosedOwner, ErasedSeal, ErasedTotal, Hold, Posting, Tombstone, Wallet
from server.wallet.reads import erasure as reads
from server.wallet.reads.proof import verify_wallet
from server.wallet.rules import (
    CHAIN_KEY,
    HOUSE,
    Counter,
    LedgerNotIntact,
    WalletsClosed,
)
from server.wallet.rules.chain import closure, genesis
from server.wallet.rules.erasure import SIGNING_KEY, TOMBSTONE_KEY, Erased, tombstone_message, wallet_key

SHRED_DUE = "wallet.shred"
_TOMBSTONE_ID_BYTES = 16
_SEAL_ID = 1


@dataclass(frozen=True, slots=True)
class ErasedWallets:
    """What an erasure did, by unit: what was available and is forfeited, what was owed and is given up."""

    tombstone_ids: tuple[str, ...]
    forfeited: Mapping[str, int]
    written_off: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Pseudonymised:
    """The owner id that stands for the account from now on, the ids of its wallets, and what was forfeited."""

    owner_id: str
    wallet_ids: tuple[str, ...]
    forfeited: Mapping[str, int]


def erase(work: Work, account_id: str) -> ErasedWallets:
    """Erase the account's wallets with everything in them; their totals stay in the anonymous bucket.

    Takes a pseudonymous owner id as well. Reads and deletes every posting in this one transaction. Repeated, it
    finds nothing and does nothing. Raises LedgerNotIntact when a wallet or the bucket does not prove itself.
    """
    forfeited = _close(work, account_id)
    wallets = _locked(work, account_id)
    if not wallets:
        return ErasedWallets((), {}, {})
    _lock_bucket(work)
    written_off = _owed(work, wallets)
    totals = _totals(work, wallets)
    tombstone_ids = tuple(_bury(work, wallet) for wallet in wallets)
    _add_to_bucket(work, len(wallets), totals)
    work.wake(account_id)
    return ErasedWallets(tombstone_ids, forfeited, written_off)


def erase_unproved(work: Work, account_id: str) -> ErasedWallets:
    """Erase wallets that came back with an old backup, after their secrets were destroyed: nobody can prove them.

    What was available in them is forfeited in the totals, which are 0 together again. Repeated, it does nothing.
    """
    _close_owner(work, account_id)
    wallets = _locked(work, account_id)
    if not wallets:
        return ErasedWallets((), {}, {})
    _lock_bucket(work)
    totals = dict(_totals(work, wallets))
    for wallet in wallets:
        forfeits = (Counter.FORFEITS.value, wallet.unit)
        rest = -sum(total for (_, unit), total in totals.items() if unit == wallet.unit)
        totals[forfeits] = totals.get(forfeits, 0) + rest
    forfeited = {wallet.unit: wallet.posted for wallet in wallets if wallet.posted}
    tombstone_ids = tuple(_bury(work, wallet) for wallet in wallets)
    _add_to_bucket(work, len(wallets), totals)
    return ErasedWallets(tombstone_ids, forfeited, {})


def pseudonymise(work: Work, account_id: str, owner_id: str | None = None) -> Pseudonymised:
    """Keep the account's wallets for billing, closed for ever, under a new owner id that nothing links to it.

    `owner_id` is that id where it was chosen before, `psn_…`. Claims that are still open stay, and are not collected
    any more. Raises WalletsClosed when the account's
    wallets are closed already, LedgerNotIntact when one does not prove itself.
    """
    if reads.is_closed(work, account_id):
        raise WalletsClosed
    forfeited = _close(work, account_id)
    owner_id = owner_id or work.ids.new("psn")
    _close_owner(work, owner_id)
    wallets = _locked(work, account_id)
    for wallet in wallets:
        secret = work.keys.key(wallet.id, CHAIN_KEY).secret
        origin = genesis(secret, wallet.id, account_id, wallet.unit)
        proof = closure(secret, wallet.id, owner_id, wallet.unit, origin, wallet.head)
        changes = {"account_id": owner_id, "origin": origin, "closure": proof, "alarm_below": None}
        work.execute(update(Wallet).where(Wallet.id == wallet.id).values(changes))
    work.wake(account_id)
    return Pseudonymised(owner_id, tuple(wallet.id for wallet in wallets), forfeited)


def _close(work: Work, account_id: str) -> Mapping[str, int]:
    """Close the owner and empty the wallets; returns what was forfeited, by unit."""
    if account_id == HOUSE:
        raise ValueError("the house stays")
    _locked(work, account_id)  # in the order of every other call, before the owner's row
    _close_owner(work, account_id)
    # Looked up again: one may have been opened before the owner was closed.
    wallets = _locked(work, account_id)
    forfeited = {wallet.unit: empty(work, wallet) for wallet in wallets if wallet.closure is None}
    for wallet in wallets:
        report = verify_wallet(work, wallet.id)
        if not report.intact:
            raise LedgerNotIntact(report.faults_found)
    return {unit: amount for unit, amount in forfeited.items() if amount}


def _close_owner(work: Work, owner_id: str) -> None:
    digest = reads.closed_digest(work, owner_id)
    work.execute(upsert(ClosedOwner).values(digest=digest).on_conflict_do_nothing())


def _locked(work: Work, account_id: str) -> Sequence[Row[Any]]:
    query = select(Wallet.__table__).where(Wallet.account_id == account_id)
    return work.rows(query.order_by(Wallet.unit).with_for_update())


def _owed(work: Work, wallets: Sequence[Row[Any]]) -> Mapping[str, int]:
    owed = {}
    for wallet in wallets:
        left = select(func.sum(Claim.amount - Claim.collected)).where(Claim.wallet_id == wallet.id)
        owed[wallet.unit] = int(work.scalar(left) or 0)
    return {unit: amount for unit, amount in owed.items() if amount}


def _totals(work: Work, wallets: Sequence[Row[Any]]) -> Mapping[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for wallet in wallets:
        moved = (
            select(Posting.counter, func.sum(Posting.posted_delta).label("moved"))
            .where(Posting.wallet_id == wallet.id, Posting.counter.is_not(None))
            .group_by(Posting.counter)
        )
        for row in work.rows(moved):
            totals[row.counter, wallet.unit] -= int(row.moved)
    return totals


def _bury(work: Work, wallet: Row[Any]) -> str:
    # Not an id with a time in it: that would lead to the request of this moment.
    tombstone_id = f"tmb_{work.entropy.bytes(_TOMBSTONE_ID_BYTES).hex()}"
    key = wallet_key(work.keys.server_secret(TOMBSTONE_KEY), wallet.id)
    message = tombstone_message(tombstone_id, key, wallet.sequence, wallet.head)
    work.execute(
        insert(Tombstone).values(
            id=tombstone_id,
            wallet_key=key,
            sequence=wallet.sequence,
            head=wallet.head,
            signature=work.keys.signer(SIGNING_KEY).sign(message),
        )
    )
    for table in (Claim, Hold, Posting):
        work.execute(delete(table).where(table.wallet_id == wallet.id))
    work.execute(delete(Wallet).where(Wallet.id == wallet.id))
    schedule(work, SHRED_DUE, wallet.id, work.now)
    return tombstone_id


def _lock_bucket(work: Work) -> None:
    """Take the lock of the totals. Raises LedgerNotIntact: what was changed must not be signed again."""
    if work.scalar(select(ErasedSeal.id).with_for_update()) is None:
        signature = work.keys.signer(SIGNING_KEY).sign(Erased(0, {}).message())
        seal = {"id": _SEAL_ID, "wallets": 0, "signature": signature}
        work.execute(upsert(ErasedSeal).values(seal).on_conflict_do_nothing())
        work.scalar(select(ErasedSeal.id).with_for_update())
    faults = list(reads.bucket_faults(work))
    if faults:
        raise LedgerNotIntact(len(faults))


def _add_to_bucket(work: Work, wallets: int, totals: Mapping[tuple[str, str], int]) -> None:
    """Add to the totals and sign them anew, under their lock."""
    for (counter, unit), total in sorted(totals.items()):
        row = upsert(ErasedTotal).values(counter=counter, unit=unit, total=total)
        work.execute(
            row.on_conflict_do_update(
                index_elements=["counter", "unit"], set_={"total": ErasedTotal.total + total}
            )
        )
    work.execute(update(ErasedSeal).values(wallets=ErasedSeal.wallets + wallets))
    signature = work.keys.signer(SIGNING_KEY).sign(reads.erased(work).message())
    work.execute(update(ErasedSeal).values(signature=signature))
