"""The verbs of the ledger."""

from server.wallet.actions.alarms import watch
from server.wallet.actions.erasure import (
    SHRED_DUE,
    ErasedWallets,
    Pseudonymised,
    erase,
    erase_unproved,
    pseudonymise,
)
from server.wallet.actions.forfeits import forfeit, lock_wallets, return_forfeits
from server.wallet.actions.holds import HoldRow, capture, expire, expire_due, release, reserve
from server.wallet.actions.ledger import Posted, Transfer
from server.wallet.actions.postings import open_wallets, post, post_unattributed, reverse_unattributed
from server.wallet.actions.reversals import Reversed, collect, reverse

__all__ = [
    "SHRED_DUE",
    "ErasedWallets",
    "HoldRow",
    "Posted",
    "Pseudonymised",
    "Reversed",
    "Transfer",
    "capture",
    "collect",
    "erase",
    "erase_unproved",
    "expire",
    "expire_due",
    "forfeit",
    "lock_wallets",
    "open_wallets",
    "post",
    "post_unattributed",
    "pseudonymise",
    "release",
    "reserve",
    "return_forfeits",
    "reverse",
    "reverse_unattributed",
    "watch",
]
