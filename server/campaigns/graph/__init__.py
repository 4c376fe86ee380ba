"""Campaigns in the API: what is sent to whom, what it costs, and who wants nothing more."""

from server.campaigns.graph.drafts import DraftMutations
from server.campaigns.graph.queries import EXTENSIONS, NODES, CampaignQueries
from server.campaigns.graph.sending import SendingMutations
from server.campaigns.graph.subscriptions import CampaignSubscriptions
from server.campaigns.graph.suppression import SuppressionMutations


class CampaignMutations(DraftMutations, SendingMutations, SuppressionMutations):
    """All of them."""


__all__ = ["EXTENSIONS", "NODES", "CampaignMutations", "CampaignQueries", "CampaignSubscriptions"]
