"""The refusals of the ledger as members of result unions. Amounts are in whole units."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from server.kit.graph.problems import Problem, common, problem
from server.wallet import rules
from server.wallet.graph.enums import HoldStateEnum, Unit
from server.wallet.rules import amount_of


@problem(rules.BalanceTooLow)
@strawberry.type(name="InsufficientBalance", description="There is less available than this needs.")
class InsufficientBalanceProblem(Problem):
    unit: Unit = strawberry.field(description="Of which balance.")
    available: Decimal = strawberry.field(description="What is available, in whole units.")
    required: Decimal = strawberry.field(description="What is needed, in whole units.")

    @classmethod
    def of(cls, refusal: rules.BalanceTooLow) -> InsufficientBalanceProblem:
        return cls(
            **common(refusal),
            unit=Unit[refusal.unit],
            available=amount_of(refusal.unit, refusal.available),
            required=amount_of(refusal.unit, refusal.required),
        )


@problem(rules.BalanceTooHigh)
@strawberry.type(name="BalanceTooHigh", description="The wallet cannot hold that much.")
class BalanceTooHighProblem(Problem):
    unit: Unit = strawberry.field(description="Of which balance.")
    limit: Decimal = strawberry.field(description="The most it can hold, in whole units.")

    @classmethod
    def of(cls, refusal: rules.BalanceTooHigh) -> BalanceTooHighProblem:
        limit = amount_of(refusal.unit, refusal.limit)
        return cls(**common(refusal), unit=Unit[refusal.unit], limit=limit)


@problem(rules.HoldQuantityInvalid)
@strawberry.type(
    name="HoldQuantityInvalid",
    description="The quantity is not above zero, too large, or more precise than its unit.",
)
class HoldQuantityInvalidProblem(Problem):
    unit: Unit = strawberry.field(description="Of which unit.")
    limit: Decimal = strawberry.field(description="The most it can be, in whole units.")

    @classmethod
    def of(cls, refusal: rules.HoldQuantityInvalid) -> HoldQuantityInvalidProblem:
        limit = amount_of(refusal.unit, refusal.limit)
        return cls(**common(refusal), unit=Unit[refusal.unit], limit=limit)


@problem(rules.HoldTimeInvalid)
@strawberry.type(name="HoldTimeInvalid", description="A hold cannot last that long, or that short.")
class HoldTimeInvalidProblem(Problem):
    minutes_max: int = strawberry.field(description="The longest it can last, in minutes.")


@problem(rules.TooManyHolds)
@strawberry.type(name="TooManyHolds", description="The wallet has as many open holds as it may have.")
class TooManyHoldsProblem(Problem):
    limit: int = strawberry.field(description="How many open holds a wallet may have.")


@problem(rules.HoldNotFound)
@strawberry.type(name="HoldNotFound", description="There is no such hold.")
class HoldNotFoundProblem(Problem):
    pass


@problem(rules.HoldBound)
@strawberry.type(
    name="HoldBound",
    description="The hold belongs to what it was placed for, such as a campaign, and is spent and given back there.",
)
class HoldBoundProblem(Problem):
    reference: strawberry.ID = strawberry.field(description="What it was placed for.")


@problem(rules.HoldNotOpen)
@strawberry.type(name="HoldNotOpen", description="The hold was captured, released or has expired.")
class HoldNotOpenProblem(Problem):
    state: HoldStateEnum = strawberry.field(description="Where the hold is.")

    @classmethod
    def of(cls, refusal: rules.HoldNotOpen) -> HoldNotOpenProblem:
        return cls(**common(refusal), state=HoldStateEnum[refusal.state])


@problem(rules.HoldTooSmall)
@strawberry.type(name="HoldTooSmall", description="Less is left in the hold than the capture asks for.")
class HoldTooSmallProblem(Problem):
    unit: Unit = strawberry.field(description="Of which unit.")
    remaining: Decimal = strawberry.field(description="What is left in the hold, in whole units.")
    required: Decimal = strawberry.field(description="What the capture asks for, in whole units.")

    @classmethod
    def of(cls, refusal: rules.HoldTooSmall) -> HoldTooSmallProblem:
        return cls(
            **common(refusal),
            unit=Unit[refusal.unit],
            remaining=amount_of(refusal.unit, refusal.remaining),
            required=amount_of(refusal.unit, refusal.required),
        )
