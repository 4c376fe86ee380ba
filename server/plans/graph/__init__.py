"""Plans in the API: the catalog, the account's plan and seats, what they cost, and what becomes of them live."""

from server.plans.graph.fixed_ips import FIXED_IP_EXTENSIONS, FixedIpMutations
from server.plans.graph.ip_pool import PoolMutations, PoolQueries
from server.plans.graph.mutations import PlanMutations as _PlanMutations
from server.plans.graph.queries import EXTENSIONS as _EXTENSIONS
from server.plans.graph.queries import NODES
from server.plans.graph.queries import PlanQueries as _PlanQueries
from server.plans.graph.subscriptions import PlanSubscriptions


class PlanQueries(_PlanQueries, PoolQueries):
    """Of customers and of the staff."""


class PlanMutations(_PlanMutations, FixedIpMutations, PoolMutations):
    """Of plans, seats and fixed addresses, and of the staff."""


EXTENSIONS = [*_EXTENSIONS, *FIXED_IP_EXTENSIONS]

__all__ = ["EXTENSIONS", "NODES", "PlanMutations", "PlanQueries", "PlanSubscriptions"]
