"""Campaigns in the API: what is sent to whom, what it costs, what is reported, and who wants nothing more."""

from collections.abc import Mapping

from strawberry.types.field import StrawberryField

from server.campaigns.graph import connections, queries
from server.campaigns.graph.connections import ConnectionMutations, ConnectionQueries
from server.campaigns.graph.drafts import DraftMutations
from server.campaigns.graph.sending import SendingMutations
from server.campaigns.graph.subscriptions import CampaignSubscriptions
from server.campaigns.graph.suppression import SuppressionMutations
from server.kit.graph.node import NodeLoader

EXTENSIONS: list[tuple[type, StrawberryField]] = [*queries.EXTENSIONS, *connections.EXTENSIONS]
NODES: Mapping[str, NodeLoader] = {**queries.NODES, **connections.NODES}


class CampaignQueries(queries.CampaignQueries, ConnectionQueries):
    """All of them."""


class CampaignMutations(DraftMutations, SendingMutations, SuppressionMutations, ConnectionMutations):
    """All of them."""


__all__ = ["EXTENSIONS", "NODES", "CampaignMutations", "CampaignQueries", "CampaignSubscriptions"]
