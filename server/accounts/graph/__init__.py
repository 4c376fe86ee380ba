"""Accounts in the API: the parts that schema.py joins."""

from strawberry.types.field import StrawberryField

from server.accounts.graph.mutations import AccountMutations
from server.accounts.graph.queries import NODES, AccountQueries
from server.accounts.graph.types import Account

__all__ = ["EXTENSIONS", "NODES", "Account", "AccountMutations", "AccountQueries"]

EXTENSIONS: tuple[tuple[type, StrawberryField], ...] = ()
"""Fields that this slice adds to earlier types: it is the first."""
