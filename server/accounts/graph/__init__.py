"""Accounts in the API: the parts that schema.py joins."""

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph.api_log import ApiLogQueries
from server.accounts.graph.closing import ClosingMutations, ClosingQueries
from server.accounts.graph.mutations import CredentialMutations
from server.accounts.graph.people import PeopleMutations
from server.accounts.graph.queries import NODES, OwnQueries
from server.accounts.graph.resale import ResaleMutations
from server.accounts.graph.staff import StaffMutations
from server.accounts.graph.team import TeamMutations
from server.accounts.graph.types import Account

__all__ = ["EXTENSIONS", "NODES", "Account", "AccountMutations", "AccountQueries"]

EXTENSIONS: tuple[tuple[type, StrawberryField], ...] = ()
"""Fields that this slice adds to earlier types: it is the first."""


@strawberry.type
class AccountQueries(OwnQueries, ClosingQueries, ApiLogQueries):
    pass


@strawberry.type
class AccountMutations(
    CredentialMutations, PeopleMutations, TeamMutations, ClosingMutations, StaffMutations, ResaleMutations
):
    pass
