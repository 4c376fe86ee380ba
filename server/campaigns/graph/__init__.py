"""Campaigns in the API: what is sent to whom, what it costs, who wants nothing more, and who complained."""

from server.campaigns.graph import complaints_queries, queries
from server.campaigns.graph.complaints_answering import AnsweringMutations
from server.campaigns.graph.complaints_deciding import DecidingMutations
from server.campaigns.graph.complaints_feed import ComplaintSubscriptions
from server.campaigns.graph.complaints_queries import ComplaintQueries
from server.campaigns.graph.drafts import DraftMutations
from server.campaigns.graph.queries import CampaignQueries as OwnQueries
from server.campaigns.graph.sending import SendingMutations
from server.campaigns.graph.subscriptions import CampaignSubscriptions as OwnSubscriptions
from server.campaigns.graph.suppression import SuppressionMutations

EXTENSIONS = [*queries.EXTENSIONS, *complaints_queries.EXTENSIONS]
NODES = {**queries.NODES, **complaints_queries.NODES}


class CampaignQueries(OwnQueries, ComplaintQueries):
    """All of them."""


class CampaignMutations(
    DraftMutations, SendingMutations, SuppressionMutations, AnsweringMutations, DecidingMutations
):
    """All of them."""


class CampaignSubscriptions(OwnSubscriptions, ComplaintSubscriptions):
    """All of them."""


__all__ = ["EXTENSIONS", "NODES", "CampaignMutations", "CampaignQueries", "CampaignSubscriptions"]
