"""Accounts in the API: the parts that schema.py joins."""

import strawberry

from server.accounts.graph import accesses, reports, resellers, restricting
from server.accounts.graph.ages import AgeMutations
from server.accounts.graph.api_log import ApiLogQueries
from server.accounts.graph.closing import ClosingMutations, ClosingQueries
from server.accounts.graph.issuing import IssuingMutations
from server.accounts.graph.limits import LimitMutations
from server.accounts.graph.listing import ListingQueries
from server.accounts.graph.mutations import CredentialMutations
from server.accounts.graph.people import PeopleMutations
from server.accounts.graph.queries import NODES, OwnQueries
from server.accounts.graph.reports import ReportMutations, ReportQueries
from server.accounts.graph.resale import ResaleMutations
from server.accounts.graph.resellers import ResellerMutations
from server.accounts.graph.second_factors import SecondFactorMutations
from server.accounts.graph.signing_in import SignInMutations
from server.accounts.graph.staff import StaffMutations
from server.accounts.graph.team import TeamMutations
from server.accounts.graph.types import Account

__all__ = ["EXTENSIONS", "NODES", "Account", "AccountMutations", "AccountQueries"]

EXTENSIONS = (*accesses.EXTENSIONS, *reports.EXTENSIONS, *resellers.EXTENSIONS, *restricting.EXTENSIONS)
"""Fields whose types need the account's own."""


@strawberry.type
class AccountQueries(OwnQueries, ReportQueries, ClosingQueries, ApiLogQueries, ListingQueries):
    pass


@strawberry.type
class AccountMutations(
    CredentialMutations,
    SignInMutations,
    SecondFactorMutations,
    ReportMutations,
    ResellerMutations,
    ResaleMutations,
    PeopleMutations,
    TeamMutations,
    ClosingMutations,
    StaffMutations,
    IssuingMutations,
    LimitMutations,
    AgeMutations,
):
    pass
