"""Support in the API: ask, report a defect, follow the answer, write without an account, and for the staff, answer."""

from server.support.graph.contact import ContactMutations
from server.support.graph.desk import DeskMutations
from server.support.graph.mutations import CustomerTicketMutations
from server.support.graph.queries import EXTENSIONS, NODES, SupportQueries
from server.support.graph.subscriptions import SupportSubscriptions


class SupportMutations(CustomerTicketMutations, ContactMutations, DeskMutations):
    """Of all sides."""


__all__ = ["EXTENSIONS", "NODES", "SupportMutations", "SupportQueries", "SupportSubscriptions"]
