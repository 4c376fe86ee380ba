"""Privacy in the API: what recipients of campaigns ask about their data and how it is answered, and erasures."""

from server.privacy.graph.answering import AnsweringMutations
from server.privacy.graph.erasures import ErasureMutations, ErasureQueries
from server.privacy.graph.feed import PrivacySubscriptions
from server.privacy.graph.filing import FilingMutations
from server.privacy.graph.queries import EXTENSIONS, NODES, RecipientRequestQueries


class PrivacyQueries(RecipientRequestQueries, ErasureQueries):
    """All of them."""


class PrivacyMutations(FilingMutations, AnsweringMutations, ErasureMutations):
    """All of them."""


__all__ = ["EXTENSIONS", "NODES", "PrivacyMutations", "PrivacyQueries", "PrivacySubscriptions"]
