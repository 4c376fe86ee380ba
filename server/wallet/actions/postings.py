"""Posting transfers, and opening wallets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.kit.work import Work
from server.wallet.actions.ledger import Ledger, Posted, Transfer
from server.wallet.rules import TRANSFERS_MAX


def post(work: Work, transfers: Sequence[Transfer], *, linked: bool = True) -> list[Posted]:
    """Move money or credits: all of the transfers or none, in the given order; results in the same order.

    With `linked` they are one business fact and share a transfer id; without, each has its own. Wallets open
    on first use. Raises BalanceTooLow, BalanceTooHigh.
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


def open_wallets(work: Work, account_id: str, units: Iterable[str]) -> None:
    """Open these wallets, empty, where they are not open yet."""
    Ledger(work, {(account_id, unit) for unit in units})
    work.wake(account_id)
