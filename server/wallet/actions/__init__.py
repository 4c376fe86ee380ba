"""The verbs of the ledger."""

from server.wallet.actions.holds import HoldRow, capture, expire, expire_due, release, reserve
from server.wallet.actions.ledger import Posted, Transfer
from server.wallet.actions.postings import open_wallets, post
from server.wallet.actions.reversals import Reversed, collect, reverse

__all__ = [
    "HoldRow",
    "Posted",
    "Reversed",
    "Transfer",
    "capture",
    "collect",
    "expire",
    "expire_due",
    "open_wallets",
    "post",
    "release",
    "reserve",
    "reverse",
]
