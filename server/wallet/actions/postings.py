"""Posting transfers, and opening wallets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from server.kit.work import Work
from server.wallet.actions.ledger import Ledger, Posted, Transfer
from server.wallet.actions.reversals import Reversed, reverse
from server.wallet.rules import HOUSE, TRANSFERS_MAX


def post(work: Work, transfers: Sequence[Transfer], *, linked: bool = True) -> list[Posted]:
    """Move money or credits: all of the transfers or none, in the given order; results in the same order.

    With `linked` they are one business fact and share a transfer id; without, each has its own. Wallets open
    on first use. Raises BalanceTooLow, BalanceTooHigh, WalletsClosed.
    """
    if len(transfers) > TRANSFERS_MAX:
        raise ValueError(f"at most {TRANSFERS_MAX} transfers in one call")
    ledger = Ledger(work, {(transfer.account_id, transfer.unit) for transfer in transfers})
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


def post_unattributed(work: Work, transfers: Sequence[Transfer]) -> list[Posted]:
    """Take in money for accounts whose wallets are closed: into the house's wallet of the same unit.

    Counter-account, kind and reference stay; the account id is dropped. Amounts are above 0: what goes back
    again goes through `reverse_unattributed`. Raises BalanceTooHigh.
    """
    if any(transfer.amount < 0 for transfer in transfers):
        raise ValueError("money that goes back is reversed")
    return post(work, [replace(transfer, account_id=HOUSE) for transfer in transfers], linked=False)


def reverse_unattributed(work: Work, transfer: Transfer) -> Reversed:
    """Take back money (the amount is below 0) for an account whose wallets are closed: the house bears it.

    Never refused: what the house's wallet has not, it owes as a claim.
    """
    if transfer.amount >= 0:
        raise ValueError("a reversal takes something back")
    return reverse(
        work, HOUSE, transfer.unit, -transfer.amount, transfer.counter, transfer.kind, transfer.reference
    )


def open_wallets(work: Work, account_id: str, units: Iterable[str]) -> None:
    """Open these wallets, empty, where they are not open yet. Raises WalletsClosed."""
    Ledger(work, {(account_id, unit) for unit in units})
    work.wake(account_id)
