"""Incidents in the API: the staff's register and what they do about it, and what customers are told of."""

from server.incidents.graph.desk import IncidentMutations
from server.incidents.graph.feeds import IncidentSubscriptions
from server.incidents.graph.queries import EXTENSIONS, NODES, IncidentQueries

__all__ = ["EXTENSIONS", "NODES", "IncidentMutations", "IncidentQueries", "IncidentSubscriptions"]
