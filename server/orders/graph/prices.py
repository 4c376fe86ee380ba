"""Prices as they change: what is announced, and the field by which staff announce it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run_once,
)
from server.kit.graph.scalars import MoneyInput, MoneyType
from server.kit.idempotency import Receipt
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.orders.actions.prices import set_price
from server.orders.graph.access import CATALOG, FINANCE
from server.orders.graph.enums import PriceChangeReasonEnum
from server.orders.graph.problems import (
    NotSoldInCurrencyProblem,
    PriceOutOfRangeProblem,
    ProductUnknownProblem,
)
from server.orders.reads import prices
from server.orders.reads.prices import PriceChangeRow
from server.orders.rules.price_changes import NewPrice, PriceChangeReason


@exposes(CATALOG)
@strawberry.type(description="What a product will cost.")
class NextPrice:
    amount: MoneyType = strawberry.field(description="The price, for as many units as today's, net of tax.")
    effective_at: datetime = strawberry.field(description="From which instant on.")
    reason: PriceChangeReasonEnum = strawberry.field(description="What it follows.")

    @classmethod
    def of(cls, row: PriceChangeRow) -> NextPrice:
        return cls(
            amount=_money(row), effective_at=row.effective_at, reason=PriceChangeReasonEnum[row.reason]
        )


@exposes(CATALOG)
@strawberry.type(description="A price that was announced. Orders keep the price at which they were placed.")
class PriceChange:
    id: strawberry.ID = strawberry.field(description="The id of the announcement.")
    product: str = strawberry.field(description="The product's code in the catalog.")
    price: MoneyType = strawberry.field(description="The price of its `pricedUnits`, net of tax.")
    reason: PriceChangeReasonEnum = strawberry.field(description="What it follows.")
    announced_at: datetime = strawberry.field(description="When it was set.")
    effective_at: datetime = strawberry.field(
        description="From which instant on it applies, unless a newer one is announced for then."
    )

    @classmethod
    def of(cls, row: PriceChangeRow) -> PriceChange:
        return cls(
            id=strawberry.ID(row.id),
            product=row.product,
            price=_money(row),
            reason=PriceChangeReasonEnum[row.reason],
            announced_at=row.announced_at,
            effective_at=row.effective_at,
        )


@strawberry.input(description="A price to announce.")
class SetPriceInput:
    product: str = strawberry.field(description="The product's code in the catalog, or in `planCatalog`.")
    price: MoneyInput = strawberry.field(description="The price of its `pricedUnits`, net of tax.")
    reason: PriceChangeReasonEnum = strawberry.field(description="What it follows.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The price is announced.")
class PriceSet:
    change: PriceChange = strawberry.field(description="What will apply, and from when on.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


SetPriceResult = Annotated[
    PriceSet
    | ProductUnknownProblem
    | NotSoldInCurrencyProblem
    | PriceOutOfRangeProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("SetPriceResult", description="The announced price, or why there is none."),
]
CurrencyArgument = Annotated[
    Currency | None, strawberry.argument(description="Only prices in this currency.")
]
UpcomingArgument = Annotated[
    bool, strawberry.argument(description="Only what does not apply yet; false for the history too.")
]


@strawberry.type
class PriceQueries:
    @strawberry.field(
        description="The prices that were announced, newest first; the first of several for one product holds.",
        metadata=declare(CATALOG),
    )
    def price_changes(
        self,
        info: Info,
        currency: CurrencyArgument = None,
        upcoming: UpcomingArgument = True,
        first: First = 20,
        after: After = None,
    ) -> Connection[PriceChange]:
        rows = prices.price_changes(
            info.context.read, currency, upcoming, key_after(after), rows_wanted(first)
        )
        return page(rows, first, after, PriceChange.of, lambda row: row.id)


@strawberry.type
class PriceMutations:
    @strawberry.mutation(
        description="For the company's staff: announce a price. It applies from the first instant of the next month, "
        "in UTC.",
        metadata=declare(FINANCE),
    )
    async def set_price(
        self, info: Info, input: Annotated[SetPriceInput, strawberry.argument(description="The price.")]
    ) -> SetPriceResult:
        reason = PriceChangeReason[input.reason.name]
        price = NewPrice(input.product, input.price.currency, input.price.amount, reason)

        def present(work: Work, receipt: Receipt) -> PriceSet:
            row = prices.price_change(work, receipt.facts["change_id"])
            assert row is not None, "the receipt's transaction wrote it"
            return PriceSet(change=PriceChange.of(row), replayed=receipt.replayed)

        return await run_once(info, input, lambda work: set_price(work, price), present)


def _money(row: PriceChangeRow) -> MoneyType:
    return MoneyType.of(Money(row.amount_minor, Currency[row.currency]))
