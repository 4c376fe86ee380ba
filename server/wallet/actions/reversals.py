"""Taking money back after a chargeback: never refused, never below zero; the rest is owed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from server.kit.work import Work
from server.wallet.actions.ledger import Ledger, Posted, Transfer
from server.wallet.model import Claim
from server.wallet.rules import Counter, PostingKind, split_reversal


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a reversal took now, and what stays owed as a claim."""

    posted: Posted | None
    shortfall: int
    claim_id: str | None


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
    ledger = Ledger(work, {(account_id, unit)})
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
    ledger = Ledger(work, {(account_id, unit)})
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
