"""The slice's refusals as members of result unions."""

from __future__ import annotations

from typing import Any, Self

import strawberry

from server.kit.graph.problems import Problem, common, problem
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.orders.graph.enums import OrderStatusEnum, VatNumberFaultEnum
from server.orders.rules.problems import (
    CountryInvalid,
    CountryMissing,
    CreditsUsed,
    NotSoldInCurrency,
    OrderNotCancellable,
    OrderNotFound,
    OrderNotInProgress,
    PriceOutOfRange,
    ProductUnknown,
    QuantityOutOfRange,
    ReferenceInvalid,
    TooManyPendingOrders,
    VatNumberInvalid,
    VatNumberNotFound,
)


@problem(ProductUnknown)
@strawberry.type(name="ProductUnknown", description="There is no product with this code in the catalog.")
class ProductUnknownProblem(Problem):
    product: str = strawberry.field(description="The code that was asked for.")


@problem(NotSoldInCurrency)
@strawberry.type(name="NotSoldInCurrency", description="Nothing is sold in this currency.")
class NotSoldInCurrencyProblem(Problem):
    currency: Currency = strawberry.field(description="The currency that was asked for.")


@problem(QuantityOutOfRange)
@strawberry.type(name="QuantityOutOfRange", description="The quantity is too small or too large.")
class QuantityOutOfRangeProblem(Problem):
    minimum: int = strawberry.field(description="The smallest quantity that is allowed.")
    maximum: int = strawberry.field(description="The largest quantity that is allowed.")


@problem(CountryInvalid)
@strawberry.type(
    name="CountryInvalid", description="A country is its two upper-case letters of ISO 3166-1, such as CH."
)
class CountryInvalidProblem(Problem):
    pass


@problem(ReferenceInvalid)
@strawberry.type(
    name="ReferenceInvalid", description="The text is too long or has characters that are not allowed here."
)
class ReferenceInvalidProblem(Problem):
    length_max: int = strawberry.field(description="The most characters that are allowed.")


@problem(TooManyPendingOrders)
@strawberry.type(
    name="TooManyPendingOrders", description="So many orders of this account wait for payment already."
)
class TooManyPendingOrdersProblem(Problem):
    limit: int = strawberry.field(description="The most orders that may wait for payment.")


@problem(OrderNotFound)
@strawberry.type(name="OrderNotFound", description="This account has no order with this id.")
class OrderNotFoundProblem(Problem):
    pass


@problem(OrderNotCancellable)
@strawberry.type(name="OrderNotCancellable", description="An order in this status cannot be cancelled.")
class OrderNotCancellableProblem(Problem):
    status: OrderStatusEnum = strawberry.field(description="The order's status.")


@problem(OrderNotInProgress)
@strawberry.type(
    name="OrderNotInProgress", description="Only an active order of a metered product makes progress."
)
class OrderNotInProgressProblem(Problem):
    status: OrderStatusEnum = strawberry.field(description="The order's status.")


@problem(CreditsUsed)
@strawberry.type(
    name="CreditsUsed",
    description="Some of what the order brought was used or is held: it can no longer be cancelled.",
)
class CreditsUsedProblem(Problem):
    available: int = strawberry.field(description="Credits or units that are still unused.")
    required: int = strawberry.field(description="Credits or units that a cancellation has to take back.")


@problem(CountryMissing)
@strawberry.type(
    name="CountryMissing",
    description="The account's country is not known, and the tax depends on it: set the postal address first.",
)
class CountryMissingProblem(Problem):
    pass


@problem(VatNumberInvalid)
@strawberry.type(name="VatNumberInvalid", description="This is no VAT number of the account's country.")
class VatNumberInvalidProblem(Problem):
    fault: VatNumberFaultEnum = strawberry.field(description="What is wrong with it.")
    country: str = strawberry.field(description="The account's country, by ISO 3166-1.")


@problem(VatNumberNotFound)
@strawberry.type(name="VatNumberNotFound", description="The account has not, or no longer, this VAT number.")
class VatNumberNotFoundProblem(Problem):
    pass


@problem(PriceOutOfRange)
@strawberry.type(
    name="PriceOutOfRange",
    description="A price is more than nothing, as precise as its currency, and not far from the one it replaces.",
)
class PriceOutOfRangeProblem(Problem):
    minimum: MoneyType = strawberry.field(description="The lowest price that is taken.")
    maximum: MoneyType = strawberry.field(description="The highest price that is taken.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        currency = Currency[refusal.currency]
        return cls(
            minimum=MoneyType.of(Money(refusal.minimum_minor, currency)),
            maximum=MoneyType.of(Money(refusal.maximum_minor, currency)),
            **common(refusal),
        )
