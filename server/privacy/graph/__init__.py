"""Privacy in the API: what customers, and recipients of campaigns, ask about their data, and how it is answered."""

from collections.abc import Mapping

from server.kit.graph.node import NodeLoader
from server.privacy.graph import processing, queries, request_queries
from server.privacy.graph.answering import AnsweringMutations
from server.privacy.graph.erasures import ErasureMutations, ErasureQueries
from server.privacy.graph.exporting import ExportMutations, ExportQueries, ExportSubscriptions, export_node
from server.privacy.graph.feed import RecipientRequestSubscriptions
from server.privacy.graph.filing import FilingMutations
from server.privacy.graph.minors import MinorMutations, MinorQueries
from server.privacy.graph.queries import RecipientRequestQueries
from server.privacy.graph.refusing import RefusingMutations, RefusingQueries
from server.privacy.graph.request_desk import RequestDeskMutations
from server.privacy.graph.request_feed import PrivacyRequestSubscriptions
from server.privacy.graph.request_mutations import OwnRequestMutations
from server.privacy.graph.request_queries import PrivacyRequestQueries, privacy_request_node
from server.privacy.graph.retention import RetentionQueries
from server.privacy.graph.tickets import TicketRequestMutations

EXTENSIONS = [*queries.EXTENSIONS, *request_queries.EXTENSIONS, *processing.EXTENSIONS]
NODES: Mapping[str, NodeLoader] = {**queries.NODES, "dsr": privacy_request_node, "exp": export_node}


class PrivacyQueries(
    RecipientRequestQueries,
    PrivacyRequestQueries,
    ExportQueries,
    RetentionQueries,
    MinorQueries,
    ErasureQueries,
    RefusingQueries,
):
    """All of them."""


class PrivacyMutations(
    FilingMutations,
    AnsweringMutations,
    OwnRequestMutations,
    RequestDeskMutations,
    TicketRequestMutations,
    ExportMutations,
    MinorMutations,
    ErasureMutations,
    RefusingMutations,
):
    """All of them."""


class PrivacySubscriptions(RecipientRequestSubscriptions, PrivacyRequestSubscriptions, ExportSubscriptions):
    """All of them."""


__all__ = ["EXTENSIONS", "NODES", "PrivacyMutations", "PrivacyQueries", "PrivacySubscriptions"]
