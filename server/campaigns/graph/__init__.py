"""Campaigns in the API: what is sent to whom, what it costs, what is reported, and who wants no more or complained."""

from server.campaigns.graph import complaints_queries, connections, queries, statistics
from server.campaigns.graph.benchmarks import BenchmarkQueries
from server.campaigns.graph.complaints_answering import AnsweringMutations
from server.campaigns.graph.complaints_deciding import DecidingMutations
from server.campaigns.graph.complaints_feed import ComplaintSubscriptions
from server.campaigns.graph.complaints_queries import ComplaintQueries
from server.campaigns.graph.connections import ConnectionMutations, ConnectionQueries
from server.campaigns.graph.drafts import DraftMutations
from server.campaigns.graph.exports import ExportQueries
from server.campaigns.graph.recording import RecordingMutations
from server.campaigns.graph.sending import SendingMutations
from server.campaigns.graph.statistics_live import StatisticsSubscriptions
from server.campaigns.graph.subscriptions import CampaignSubscriptions as _CampaignSubscriptions
from server.campaigns.graph.suppression import SuppressionMutations


class CampaignMutations(
    DraftMutations,
    SendingMutations,
    SuppressionMutations,
    RecordingMutations,
    ConnectionMutations,
    AnsweringMutations,
    DecidingMutations,
):
    """All of them."""


class CampaignQueries(
    queries.CampaignQueries,
    statistics.StatisticsQueries,
    BenchmarkQueries,
    ExportQueries,
    ConnectionQueries,
    ComplaintQueries,
):
    """Campaigns, their statistics and those of others, copies of both, who reports, and complaints."""


class CampaignSubscriptions(_CampaignSubscriptions, StatisticsSubscriptions, ComplaintSubscriptions):
    """All of them live."""


EXTENSIONS = [
    *queries.EXTENSIONS,
    *statistics.EXTENSIONS,
    *connections.EXTENSIONS,
    *complaints_queries.EXTENSIONS,
]
NODES = {**queries.NODES, **connections.NODES, **complaints_queries.NODES}


__all__ = ["EXTENSIONS", "NODES", "CampaignMutations", "CampaignQueries", "CampaignSubscriptions"]
