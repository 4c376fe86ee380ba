"""The ledger in the API: the parts that schema.py joins, and what later slices show of it."""

from server.wallet.graph.mutations import WalletMutations
from server.wallet.graph.problems import BalanceTooHighProblem, InsufficientBalanceProblem
from server.wallet.graph.queries import EXTENSIONS, NODES, WalletQueries
from server.wallet.graph.subscriptions import BalanceFeed, WalletSubscriptions
from server.wallet.graph.types import Balance, Posting, Unit

__all__ = [
    "EXTENSIONS",
    "NODES",
    "Balance",
    "BalanceFeed",
    "BalanceTooHighProblem",
    "InsufficientBalanceProblem",
    "Posting",
    "Unit",
    "WalletMutations",
    "WalletQueries",
    "WalletSubscriptions",
]
