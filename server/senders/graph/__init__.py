"""Sender IDs in the API: apply for one, prove it, follow its review, and for the staff, review it."""

from server.senders.graph.mutations import CustomerSenderMutations
from server.senders.graph.queries import EXTENSIONS, NODES, SenderQueries
from server.senders.graph.review import ReviewMutations
from server.senders.graph.subscriptions import SenderSubscriptions


class SenderMutations(CustomerSenderMutations, ReviewMutations):
    """Of both sides."""


__all__ = ["EXTENSIONS", "NODES", "SenderMutations", "SenderQueries", "SenderSubscriptions"]
