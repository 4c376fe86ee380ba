"""Campaigns in the API: what is sent to whom, what it costs, what is reported, and who wants nothing more."""

from server.campaigns.graph import connections, queries, statistics
from server.campaigns.graph.connections import ConnectionMutations, ConnectionQueries
from server.campaigns.graph.drafts import DraftMutations
from server.campaigns.graph.exports import ExportQueries
from server.campaigns.graph.recording import RecordingMutations
from server.campaigns.graph.sending import SendingMutations
from server.campaigns.graph.statistics_live import StatisticsSubscriptions
from server.campaigns.graph.subscriptions import CampaignSubscriptions as _CampaignSubscriptions
from server.campaigns.graph.suppression import SuppressionMutations


class CampaignMutations(
    DraftMutations, SendingMutations, SuppressionMutations, RecordingMutations, ConnectionMutations
):
    """All of them."""


class CampaignQueries(
    queries.CampaignQueries, statistics.StatisticsQueries, ExportQueries, ConnectionQueries
):
    """Campaigns, their statistics, copies of both, and who reports."""


class CampaignSubscriptions(_CampaignSubscriptions, StatisticsSubscriptions):
    """Both of them live."""


EXTENSIONS = [*queries.EXTENSIONS, *statistics.EXTENSIONS, *connections.EXTENSIONS]
NODES = {**queries.NODES, **connections.NODES}


__all__ = ["EXTENSIONS", "NODES", "CampaignMutations", "CampaignQueries", "CampaignSubscriptions"]
