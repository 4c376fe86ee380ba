"""Orders in the API: catalog, prices, quotes, orders, usage, tax, invoices, and the live feed."""

from __future__ import annotations

import strawberry

from server.orders.graph import auto_top_up, invoices, mutations, queries, subscriptions, vat_numbers
from server.orders.graph.auto_top_up_feed import AutoTopUpSubscriptions
from server.orders.graph.prices import PriceMutations, PriceQueries

EXTENSIONS = [
    *queries.EXTENSIONS,
    *vat_numbers.EXTENSIONS,
    *invoices.EXTENSIONS,
    *auto_top_up.EXTENSIONS,
]
NODES = {**queries.NODES, **invoices.NODES, **auto_top_up.NODES}


@strawberry.type
class OrderQueries(
    queries.OrderQueries,
    PriceQueries,
    vat_numbers.VatNumberQueries,
    invoices.InvoiceQueries,
    auto_top_up.AutoTopUpQueries,
):
    pass


@strawberry.type
class OrderMutations(
    mutations.OrderMutations, PriceMutations, vat_numbers.VatNumberMutations, auto_top_up.AutoTopUpMutations
):
    pass


@strawberry.type
class OrderSubscriptions(subscriptions.OrderSubscriptions, AutoTopUpSubscriptions):
    pass


__all__ = ["EXTENSIONS", "NODES", "OrderMutations", "OrderQueries", "OrderSubscriptions"]
