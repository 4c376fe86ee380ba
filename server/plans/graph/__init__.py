"""Plans in the API: the catalog, the account's plan and seats, what they cost, and what becomes of them live."""

from server.plans.graph.mutations import PlanMutations
from server.plans.graph.queries import EXTENSIONS, NODES, PlanQueries
from server.plans.graph.subscriptions import PlanSubscriptions

__all__ = ["EXTENSIONS", "NODES", "PlanMutations", "PlanQueries", "PlanSubscriptions"]
