"""Orders in the API: catalog, prices, quotes, orders, usage, tax, invoices, and the live feed."""

from __future__ import annotations

import strawberry

from server.orders.graph import invoices, mutations, queries, vat_numbers
from server.orders.graph.prices import PriceMutations, PriceQueries
from server.orders.graph.subscriptions import OrderSubscriptions

EXTENSIONS = [*queries.EXTENSIONS, *vat_numbers.EXTENSIONS, *invoices.EXTENSIONS]
NODES = {**queries.NODES, **invoices.NODES}


@strawberry.type
class OrderQueries(queries.OrderQueries, PriceQueries, vat_numbers.VatNumberQueries, invoices.InvoiceQueries):
    pass


@strawberry.type
class OrderMutations(mutations.OrderMutations, PriceMutations, vat_numbers.VatNumberMutations):
    pass


__all__ = ["EXTENSIONS", "NODES", "OrderMutations", "OrderQueries", "OrderSubscriptions"]
