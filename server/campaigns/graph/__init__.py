"""Campaigns in the API."""

from server.campaigns.graph.connections import EXTENSIONS, NODES, ConnectionMutations, ConnectionQueries


class CampaignQueries(ConnectionQueries):
    """Of all parts."""


class CampaignMutations(ConnectionMutations):
    """Of all parts."""


__all__ = ["EXTENSIONS", "NODES", "CampaignMutations", "CampaignQueries"]
