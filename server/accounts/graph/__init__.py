"""Accounts in the API: the parts that schema.py joins."""

from server.accounts.graph.mutations import AccountsMutation
from server.accounts.graph.queries import NODES, AccountsQuery
from server.accounts.graph.types import Account

__all__ = ["NODES", "Account", "AccountsMutation", "AccountsQuery"]
