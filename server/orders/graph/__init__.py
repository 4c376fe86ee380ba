"""Orders in the API: catalog, quotes, orders, usage, and their live feed."""

from server.orders.graph.mutations import OrderMutations
from server.orders.graph.queries import EXTENSIONS, NODES, OrderQueries
from server.orders.graph.subscriptions import OrderSubscriptions

__all__ = ["EXTENSIONS", "NODES", "OrderMutations", "OrderQueries", "OrderSubscriptions"]
