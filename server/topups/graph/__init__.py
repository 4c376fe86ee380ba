"""Top-ups in the API: order one, answer its challenge, list them, and follow them live."""

from server.topups.graph.mutations import TopUpMutations
from server.topups.graph.queries import EXTENSIONS, NODES, TopUpQueries
from server.topups.graph.subscriptions import TopUpSubscriptions

__all__ = ["EXTENSIONS", "NODES", "TopUpMutations", "TopUpQueries", "TopUpSubscriptions"]
