"""Joins the slices' queries, mutations and subscriptions, and the fields that later slices add to earlier types."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from server.accounts import graph as accounts
from server.accounts import personal as accounts_personal
from server.accounts.graph.restricting import ProcessingRestrictedProblem, can_be_restricted
from server.campaigns import graph as campaigns
from server.campaigns import personal as campaigns_personal
from server.incidents import graph as incidents
from server.incidents import personal as incidents_personal
from server.kit import personal as kit_personal
from server.kit.graph.access import Access, Who, declare
from server.kit.graph.context import Info
from server.kit.graph.mutations import refuse_too
from server.kit.graph.node import Node, extend
from server.kit.graph.scalars import SCALARS
from server.kit.ids import prefix_of
from server.notices import graph as notices
from server.notices import personal as notices_personal
from server.operations import graph as operations
from server.orders import graph as orders
from server.orders import personal as orders_personal
from server.plans import graph as plans
from server.plans import personal as plans_personal
from server.policy import graph as policy
from server.policy import personal as policy_personal
from server.privacy import graph as privacy
from server.privacy import personal as privacy_personal
from server.senders import graph as senders
from server.senders import personal as senders_personal
from server.support import graph as support
from server.support import personal as support_personal
from server.topups import graph as topups
from server.topups import personal as topups_personal
from server.wallet import graph as wallet
from server.wallet import personal as wallet_personal

_SLICES = (
    accounts,
    notices,
    wallet,
    topups,
    orders,
    plans,
    senders,
    campaigns,
    support,
    policy,
    incidents,
    privacy,
)
NODES = {prefix: loader for part in _SLICES for prefix, loader in part.NODES.items()}

for _part in _SLICES:
    for _type, _field in _part.EXTENSIONS:
        extend(_type, _field)


@strawberry.type(description="Everything that can be read.")
class Query(
    accounts.AccountQueries,
    notices.NoticeQueries,
    wallet.WalletQueries,
    topups.TopUpQueries,
    orders.OrderQueries,
    plans.PlanQueries,
    senders.SenderQueries,
    campaigns.CampaignQueries,
    support.SupportQueries,
    policy.PolicyQueries,
    incidents.IncidentQueries,
    privacy.PrivacyQueries,
    operations.OperationsQueries,
):
    @strawberry.field(
        description="Anything with an id, if it is yours; null when there is no such thing, or not for you (Q014).",
        metadata=declare(Access(Who.SIGNED_IN, "api_use")),
    )
    def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of anything.")],
    ) -> Node | None:
        loader = NODES.get(prefix_of(id) or "")
        found: Node | None = loader(info, id) if loader else None
        return found


@strawberry.type(
    description="Everything that can be done. Each field is one transaction; several run in order."
)
class Mutation(
    accounts.AccountMutations,
    notices.NoticeMutations,
    wallet.WalletMutations,
    topups.TopUpMutations,
    orders.OrderMutations,
    plans.PlanMutations,
    senders.SenderMutations,
    campaigns.CampaignMutations,
    support.SupportMutations,
    policy.PolicyMutations,
    incidents.IncidentMutations,
    privacy.PrivacyMutations,
    operations.OperationsMutations,
):
    pass


@strawberry.type(
    description="Everything that can be watched. Each feed starts with the present state and its sequence; give the "
    "last sequence you saw as `after` to resume without a gap or a repetition."
)
class Subscription(
    notices.NoticeSubscriptions,
    wallet.WalletSubscriptions,
    topups.TopUpSubscriptions,
    orders.OrderSubscriptions,
    plans.PlanSubscriptions,
    senders.SenderSubscriptions,
    campaigns.CampaignSubscriptions,
    support.SupportSubscriptions,
    incidents.IncidentSubscriptions,
    privacy.PrivacySubscriptions,
    operations.OperationsSubscriptions,
):
    pass


refuse_too(Mutation, ProcessingRestrictedProblem, can_be_restricted)

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map=SCALARS),
)


@cache
def sdl() -> str:
    """The schema as text: made once, for it takes a while."""
    return schema.as_str()


HELD = (
    *kit_personal.HELD,
    *accounts_personal.HELD,
    *notices_personal.HELD,
    *wallet_personal.HELD,
    *topups_personal.HELD,
    *orders_personal.HELD,
    *plans_personal.HELD,
    *senders_personal.HELD,
    *campaigns_personal.HELD,
    *support_personal.HELD,
    *policy_personal.HELD,
    *incidents_personal.HELD,
    *privacy_personal.HELD,
)
"""What the whole server holds, declared column by column (Q003)."""
