"""Usage as the API takes and answers it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import strawberry

from server.accounts.graph.people_problems import EmailNotVerifiedProblem
from server.kit.clock import from_micros
from server.kit.graph.access import exposes
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
)
from server.kit.graph.scalars import BigInt
from server.kit.idempotency import Receipt
from server.orders.graph.enums import TaxTreatmentEnum
from server.orders.graph.inputs import UsageEntryInput
from server.orders.graph.problems import (
    CountryInvalidProblem,
    CountryMissingProblem,
    NotSoldInCurrencyProblem,
    QuantityOutOfRangeProblem,
    ReferenceInvalidProblem,
)
from server.orders.rules.tax import TaxTreatment, percent_of
from server.wallet.graph import Balance, InsufficientBalanceProblem, Unit
from server.wallet.reads import BalanceRow
from server.wallet.rules import CREDIT_UNITS, amount_of


@strawberry.input(description="Usage to charge, all of it or nothing.")
class RecordUsageInput:
    entries: list[UsageEntryInput] = strawberry.field(description="1 to 500 things that were used.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="What one entry was charged.")
class UsagePosting:
    reference: str = strawberry.field(description="The entry's reference.")
    unit: Unit = strawberry.field(description="Which balance was charged.")
    amount: Decimal = strawberry.field(
        description="Credits, or money with its tax; negative: it left the balance."
    )
    tax: Decimal = strawberry.field(
        description="The tax in the amount, negative too. Credits have none: it fell on their order."
    )
    tax_rate: Decimal = strawberry.field(description="The rate of the tax in percent, such as 8.1.")
    tax_treatment: TaxTreatmentEnum | None = strawberry.field(
        description="Why it has this tax; null for credits."
    )
    sequence: BigInt = strawberry.field(
        description="The wallet's sequence of its posting; with a tax that of the second, which is the tax."
    )


@exposes(OUTCOME)
@strawberry.type(description="The usage is charged.")
class UsageRecorded:
    postings: list[UsagePosting] = strawberry.field(description="One for each entry, in their order.")
    balances: list[Balance] = strawberry.field(description="Each balance that was charged, after it.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)

    @classmethod
    def of(cls, receipt: Receipt) -> UsageRecorded:
        return cls(
            postings=[_posting(*facts) for facts in receipt.facts["postings"]],
            balances=[_balance(*facts) for facts in receipt.facts["balances"]],
            replayed=receipt.replayed,
        )


def _posting(
    unit: str,
    amount: int,
    sequence: int,
    reference: str,
    tax_minor: int = 0,
    rate_basis_points: int = 0,
    treatment: str = TaxTreatment.OUTSIDE_SCOPE.value,
) -> UsagePosting:
    return UsagePosting(
        reference=reference,
        unit=Unit[unit],
        amount=amount_of(unit, amount),
        tax=amount_of(unit, -tax_minor),
        tax_rate=percent_of(rate_basis_points),
        tax_treatment=None if unit in CREDIT_UNITS else TaxTreatmentEnum[treatment],
        sequence=BigInt(sequence),
    )


def _balance(unit: str, posted: int, held: int, sequence: int, at: int) -> Balance:
    return Balance.of(BalanceRow(unit, posted, held, sequence, from_micros(at)))


RecordUsageResult = Annotated[
    UsageRecorded
    | InsufficientBalanceProblem
    | QuantityOutOfRangeProblem
    | NotSoldInCurrencyProblem
    | CountryInvalidProblem
    | ReferenceInvalidProblem
    | CountryMissingProblem
    | EmailNotVerifiedProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("RecordUsageResult", description="What was charged, or why nothing was."),
]
