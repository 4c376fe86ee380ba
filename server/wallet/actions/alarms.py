"""Alarms: a wallet tells, once, that its available balance fell below a limit.

The limit stands in the wallet's own row, which every posting reads and locks anyway: a posting asks the database
nothing more, and no process can hold an older limit in memory.
"""

from __future__ import annotations

from server.kit.work import Work
from server.wallet.actions.ledger import Ledger, set_alarm_of


def watch(work: Work, account_id: str, unit: str, below: int | None) -> int:
    """Set the alarm of a wallet, or with None take it away; returns what is available, under the wallet's lock.

    The next change that leaves less than `below` available records BalanceFellBelow, and so disarms the alarm:
    whoever reacts sets it again. When less is available already, it is not set: the answer says so. Raises
    WalletsClosed.
    """
    wallet = Ledger(work, {(account_id, unit)}).wallets[account_id, unit]
    available: int = wallet.posted - wallet.held
    set_alarm_of(work, wallet, below if below is not None and available >= below else None)
    return available
