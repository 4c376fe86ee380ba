"""The refusals of automatic top-ups as members of result unions."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any, Self

import strawberry

from server.kit.graph.problems import Problem, common, problem
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.orders.graph.auto_top_up_enums import AutoTopUpStateEnum
from server.orders.rules.problems import (
    AutomaticOrderNotRefundable,
    AutoTopUpAmountInvalid,
    AutoTopUpCapTooLow,
    AutoTopUpNeedsChannel,
    AutoTopUpNeedsMethod,
    AutoTopUpNotFound,
    AutoTopUpNotSuspended,
    AutoTopUpQuantityInvalid,
)
from server.wallet.graph import Unit
from server.wallet.rules import amount_of


@strawberry.enum(description="How an account sends.")
class SendingChannel(Enum):
    API = strawberry.enum_value("API", description="Through the API: it has a live API key.")
    SMTP = strawberry.enum_value(
        "SMTP", description="Through the SMTP relay: it has a live API key with the scope usage:write."
    )


@problem(AutomaticOrderNotRefundable)
@strawberry.type(
    name="AutomaticOrderNotRefundable", description="What an automatic top-up bought is not taken back."
)
class AutomaticOrderNotRefundableProblem(Problem):
    credits: int = strawberry.field(description="How many credits the order brought or will bring.")


@problem(AutoTopUpNotFound)
@strawberry.type(
    name="AutoTopUpNotFound", description="No automatic top-up was ever set up for this balance."
)
class AutoTopUpNotFoundProblem(Problem):
    pass


@problem(AutoTopUpNotSuspended)
@strawberry.type(
    name="AutoTopUpNotSuspended", description="Only a suspended automatic top-up can be resumed."
)
class AutoTopUpNotSuspendedProblem(Problem):
    state: AutoTopUpStateEnum = strawberry.field(description="Where it is instead.")


@problem(AutoTopUpNeedsChannel)
@strawberry.type(
    name="AutoTopUpNeedsChannel",
    description="Automatic top-ups are for accounts that send through one of these channels.",
)
class AutoTopUpNeedsChannelProblem(Problem):
    channels: list[SendingChannel] = strawberry.field(description="One of them is enough.")


@problem(AutoTopUpNeedsMethod)
@strawberry.type(
    name="AutoTopUpNeedsMethod",
    description="There is no valid payment method to charge: save one for automatic top-ups first.",
)
class AutoTopUpNeedsMethodProblem(Problem):
    pass


@problem(AutoTopUpQuantityInvalid)
@strawberry.type(
    name="AutoTopUpQuantityInvalid",
    description="A quantity is left out, too small, too large, or more precise than its unit.",
)
class AutoTopUpQuantityInvalidProblem(Problem):
    unit: Unit = strawberry.field(description="What the quantity is counted in.")
    smallest: Decimal = strawberry.field(description="The smallest that is allowed, in whole units.")
    largest: Decimal = strawberry.field(description="The largest that is allowed, in whole units.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        smallest = amount_of(refusal.unit, refusal.minimum)
        largest = amount_of(refusal.unit, refusal.maximum)
        return cls(**common(refusal), unit=Unit[refusal.unit], smallest=smallest, largest=largest)


@problem(AutoTopUpAmountInvalid)
@strawberry.type(
    name="AutoTopUpAmountInvalid",
    description="What one automatic top-up costs is less or more than can be paid at once.",
)
class AutoTopUpAmountInvalidProblem(Problem):
    amount: MoneyType = strawberry.field(description="What it would cost, tax included.")
    smallest_payment: MoneyType = strawberry.field(description="The smallest payment.")
    largest_payment: MoneyType = strawberry.field(description="The largest payment.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        amount = _money(refusal.amount_minor, refusal.currency)
        smallest = _money(refusal.minimum_minor, refusal.currency)
        largest = _money(refusal.maximum_minor, refusal.currency)
        return cls(**common(refusal), amount=amount, smallest_payment=smallest, largest_payment=largest)


@problem(AutoTopUpCapTooLow)
@strawberry.type(
    name="AutoTopUpCapTooLow", description="A limit is lower than what a single automatic top-up costs."
)
class AutoTopUpCapTooLowProblem(Problem):
    required: MoneyType = strawberry.field(description="What a single one costs, tax included.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        return cls(**common(refusal), required=_money(refusal.required_minor, refusal.currency))


def _money(minor: int, currency: str) -> MoneyType:
    return MoneyType.of(Money(minor, Currency[currency]))
