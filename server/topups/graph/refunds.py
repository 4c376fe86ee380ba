"""Refunds: staff gives them, and whose payment it was sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.rules.accesses import LegalDuty
from server.kit.graph.access import Access, Who, declare, exposes
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
from server.topups.actions.refunds import order_refund_freshly
from server.topups.graph.enums import FailureCodeEnum, RefundReasonEnum, RefundStatusEnum
from server.topups.graph.problems import (
    AmountInvalid,
    RefundCurrencyWrong,
    RefundTooLarge,
    TopUpNotFound,
    TopUpNotRefundable,
)
from server.topups.graph.types import OWN, TopUpType
from server.topups.reads.refunds import RefundRow, refund, refunds_of
from server.topups.rules import money_of
from server.topups.rules.refunds import RefundReason
from server.wallet.graph.problems import InsufficientBalanceProblem

_FINANCE = Access(
    Who.STAFF,
    "balance_and_orders",
    staff_roles=frozenset({"FINANCE", "ADMIN"}),
    duty=LegalDuty.BOOKKEEPING.value,
)
REFUNDS_SHOWN_MAX = 1_000


@exposes(OWN)
@strawberry.type(name="TopUpRefund", description="A part of a payment that is given back.")
class TopUpRefundType:
    id: strawberry.ID = strawberry.field(description="The refund's id, `rfd_…`.")
    amount: MoneyType = strawberry.field(description="How much.")
    status: RefundStatusEnum = strawberry.field(description="Where it is.")
    reason: RefundReasonEnum = strawberry.field(description="Why it is given back.")
    failure_code: FailureCodeEnum | None = strawberry.field(description="Why it is FAILED.")
    created_at: datetime = strawberry.field(description="When it was ordered.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, row: RefundRow) -> TopUpRefundType:
        return cls(
            id=strawberry.ID(row.id),
            amount=MoneyType.of(Money(row.amount_minor, Currency[row.currency])),
            status=RefundStatusEnum[row.status],
            reason=RefundReasonEnum[row.reason],
            failure_code=None if row.failure_code is None else FailureCodeEnum[row.failure_code],
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@exposes(OUTCOME)
@strawberry.type(description="The money is out of the customer's balance and on its way back to the payer.")
class TopUpRefundOrdered:
    refund: TopUpRefundType = strawberry.field(description="The refund, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


RefundTopUpResult = Annotated[
    TopUpRefundOrdered
    | TopUpNotFound
    | TopUpNotRefundable
    | AmountInvalid
    | RefundCurrencyWrong
    | RefundTooLarge
    | InsufficientBalanceProblem
    | StepUpRequiredProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("RefundTopUpResult", description="What became of `refundTopUp`."),
]


@strawberry.input(description="A payment, or a part of it, to give back.")
class RefundTopUpInput:
    top_up_id: strawberry.ID = strawberry.field(description="The top-up, of any account.")
    amount: MoneyInput = strawberry.field(
        description="How much: at most what is left of the payment, and of the customer's balance."
    )
    reason: RefundReasonEnum = strawberry.field(description="Why.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.type
class RefundMutations:
    @strawberry.mutation(
        description="Give a payment back. For staff in finance with a fresh proof of their password: what is prepaid "
        "is not refundable on request.",
        metadata=declare(_FINANCE),
    )
    async def refund_top_up(
        self,
        info: Info,
        input: Annotated[RefundTopUpInput, strawberry.argument(description="What to give back.")],
    ) -> RefundTopUpResult:
        def order(work: Work) -> Receipt:
            money = money_of(input.amount.amount, input.amount.currency)
            ordered = order_refund_freshly(work, input.top_up_id, money, RefundReason[input.reason.name])
            return Receipt({"refund_id": ordered.id})

        return await run_once(info, input, order, _present)


def _present(work: Work, receipt: Receipt) -> TopUpRefundOrdered:
    row = refund(work, receipt.facts["refund_id"])
    assert row is not None, "an idempotency key lives no longer than what it made"
    return TopUpRefundOrdered(refund=TopUpRefundType.of(row), replayed=receipt.replayed)


def _refunds(parents: Sequence[TopUpType], info: Info) -> list[list[TopUpRefundType]]:
    found = refunds_of(info.context.read, [parent.id for parent in parents], REFUNDS_SHOWN_MAX)
    return [[TopUpRefundType.of(row) for row in found.get(parent.id, ())] for parent in parents]


@strawberry.field(
    description="What was given back of it, or is on its way back, the oldest first.",
    metadata=declare(OWN, batch=_refunds),
)
def refunds(top_up: strawberry.Parent[TopUpType], info: Info) -> list[TopUpRefundType]:
    raise AssertionError("the engine resolves it for many top-ups at once")
