"""Orders in the API: catalog, prices, quotes, orders, usage, tax, and the live feed."""

from __future__ import annotations

import strawberry

from server.orders.graph import mutations, queries, vat_numbers
from server.orders.graph.prices import PriceMutations, PriceQueries
from server.orders.graph.queries import NODES
from server.orders.graph.subscriptions import OrderSubscriptions

EXTENSIONS = [*queries.EXTENSIONS, *vat_numbers.EXTENSIONS]


@strawberry.type
class OrderQueries(queries.OrderQueries, PriceQueries, vat_numbers.VatNumberQueries):
    pass


@strawberry.type
class OrderMutations(mutations.OrderMutations, PriceMutations, vat_numbers.VatNumberMutations):
    pass


__all__ = ["EXTENSIONS", "NODES", "OrderMutations", "OrderQueries", "OrderSubscriptions"]
