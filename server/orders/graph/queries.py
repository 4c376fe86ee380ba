"""What can be asked: the catalog, a quote, orders."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.kit.graph.problems import problem_of
from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.problems import Refusal
from server.orders import reads
from server.orders.graph.access import CATALOG, READ
from server.orders.graph.catalog import Catalog, OrderQuote, PriceList, QuoteOrderResult
from server.orders.graph.enums import OrderStatusEnum
from server.orders.graph.inputs import OrderItemInput
from server.orders.graph.types import Order
from server.orders.reads.prices import changed_prices, next_prices
from server.orders.reads.tax import tax_status
from server.orders.rules.pricing import quote
from server.orders.rules.status import OrderStatus
from server.orders.rules.tax import tax
from server.orders.rules.terms import Terms
from server.wallet.reads import balance

CurrencyArgument = Annotated[Currency, strawberry.argument(description="The currency of the prices.")]
StatusArgument = Annotated[
    OrderStatusEnum | None, strawberry.argument(description="Only orders in this status.")
]


@strawberry.input(description="What to quote.")
class QuoteOrderInput:
    item: OrderItemInput = strawberry.field(description="What would be ordered.")
    currency: Currency = strawberry.field(description="From which balance it would be paid.")


@strawberry.type
class OrderQueries:
    @strawberry.field(
        description="What there is to buy; empty lists when nothing is sold in the currency.",
        metadata=declare(CATALOG),
    )
    def catalog(self, info: Info, currency: CurrencyArgument) -> Catalog:
        read = info.context.read
        changed = changed_prices(read, [currency], read.now)
        return Catalog.of(PriceList(currency, read.terms(Terms), changed, next_prices(read, currency)))

    @strawberry.field(
        description="What an order would cost now, and whether the balance is enough.", metadata=declare(READ)
    )
    def quote_order(
        self,
        info: Info,
        input: Annotated[QuoteOrderInput, strawberry.argument(description="What to quote.")],
    ) -> QuoteOrderResult:
        return _quoted(info, input)

    @strawberry.field(
        description="An order of the viewer's account; null when there is none with this id.",
        metadata=declare(READ),
    )
    def order(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The order's id.")]
    ) -> Order | None:
        return _own_order(info, id)


def _quoted(info: Info, data: QuoteOrderInput) -> Any:
    read, account_id, currency = info.context.read, account_of(info), data.currency
    terms = read.terms(Terms)
    try:
        priced = quote(data.item.item(), currency, terms, changed_prices(read, [currency], read.now))
        taxed = tax(priced.net_minor, tax_status(read, account_id), terms)
    except Refusal as refusal:
        return problem_of(refusal)
    return OrderQuote.of(priced, taxed, balance(read, account_id, currency.code).available)


@strawberry.field(description="The account's orders, newest first.", metadata=declare(READ))
def orders(
    account: strawberry.Parent[Account],
    info: Info,
    first: First = 20,
    after: After = None,
    status: StatusArgument = None,
) -> Connection[Order]:
    wanted = OrderStatus[status.name] if status is not None else None
    rows = reads.orders_of_account(
        info.context.read, account.id, wanted, key_after(after), rows_wanted(first)
    )
    return page(rows, first, after, Order.of, lambda row: row.id)


def _order_node(info: Info, id: str) -> Order | None:
    return None if READ.denial(info.context.viewer) else _own_order(info, id)


def _own_order(info: Info, order_id: str) -> Order | None:
    if not is_id(order_id, "ord"):
        return None
    row = reads.order(info.context.read, account_of(info), order_id)
    return Order.of(row) if row is not None else None


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, orders)]
NODES: dict[str, NodeLoader] = {"ord": _order_node}
