"""What can be done: place, cancel and fulfil orders, and record usage."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.accounts.graph.people_problems import PostalAddressMissingProblem, StepUpRequiredProblem
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run_once,
)
from server.kit.graph.scalars import MoneyType
from server.kit.idempotency import Receipt
from server.kit.money import Currency
from server.kit.work import Work
from server.orders import actions, reads
from server.orders.actions.step_up import check_step_up
from server.orders.actions.usage import record_usage
from server.orders.graph.access import USAGE, WRITE
from server.orders.graph.auto_top_up_problems import AutomaticOrderNotRefundableProblem
from server.orders.graph.enums import CancellationReasonEnum
from server.orders.graph.inputs import OrderItemInput
from server.orders.graph.problems import (
    CountryInvalidProblem,
    CountryMissingProblem,
    CreditsUsedProblem,
    NotSoldInCurrencyProblem,
    OrderNotCancellableProblem,
    OrderNotFoundProblem,
    OrderNotInProgressProblem,
    ProductUnknownProblem,
    QuantityOutOfRangeProblem,
    ReferenceInvalidProblem,
    TooManyPendingOrdersProblem,
)
from server.orders.graph.types import Order
from server.orders.graph.usage import RecordUsageInput, RecordUsageResult, UsageRecorded
from server.orders.rules.cancellation import CancellationReason
from server.wallet.graph import InsufficientBalanceProblem


@strawberry.input(description="An order to place.")
class PlaceOrderInput:
    item: OrderItemInput = strawberry.field(description="What to order.")
    currency: Currency = strawberry.field(description="From which balance it is paid.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    reference: str | None = strawberry.field(
        default=None, description="Your own name for the order, at most 140 characters; kept encrypted."
    )
    await_payment: bool = strawberry.field(
        default=False,
        description="When the balance is too low: true leaves the order PENDING until a top-up pays for it, false "
        "refuses it.",
    )


@strawberry.input(description="An order to cancel.")
class CancelOrderInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    reason: CancellationReasonEnum = strawberry.field(description="Why; it decides whether there is a fee.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="Progress of a metered order.")
class RecordFulfilmentInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    units: int = strawberry.field(description="How many more of its units are done.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(name="OrderPlaced", description="The order is placed.")
class OrderPlacedPayload:
    order: Order = strawberry.field(description="The order as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(name="OrderCancelled", description="The order is cancelled.")
class OrderCancelledPayload:
    order: Order = strawberry.field(description="The order as it is now.")
    refund: MoneyType = strawberry.field(description="What went back to the balance.")
    fee: MoneyType = strawberry.field(description="What the service kept of the net price.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(name="FulfilmentRecorded", description="The progress is recorded.")
class FulfilmentRecordedPayload:
    order: Order = strawberry.field(description="The order as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


PlaceOrderResult = Annotated[
    OrderPlacedPayload
    | InsufficientBalanceProblem
    | ProductUnknownProblem
    | QuantityOutOfRangeProblem
    | NotSoldInCurrencyProblem
    | CountryInvalidProblem
    | ReferenceInvalidProblem
    | TooManyPendingOrdersProblem
    | PostalAddressMissingProblem
    | CountryMissingProblem
    | StepUpRequiredProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("PlaceOrderResult", description="The placed order, or why there is none."),
]
CancelOrderResult = Annotated[
    OrderCancelledPayload
    | OrderNotFoundProblem
    | OrderNotCancellableProblem
    | CreditsUsedProblem
    | AutomaticOrderNotRefundableProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("CancelOrderResult", description="The cancelled order, or why it stands."),
]
RecordFulfilmentResult = Annotated[
    FulfilmentRecordedPayload
    | OrderNotFoundProblem
    | OrderNotInProgressProblem
    | QuantityOutOfRangeProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("RecordFulfilmentResult", description="The order's progress, or why it was refused."),
]


@strawberry.type
class OrderMutations:
    @strawberry.mutation(
        description="Order something and pay for it, with its tax, from the balance. SMS credits need a fresh proof of "
        "the password: `confirmPassword`, or a new sign-in, and then a new idempotency key.",
        metadata=declare(WRITE),
    )
    async def place_order(
        self, info: Info, input: Annotated[PlaceOrderInput, strawberry.argument(description="The order.")]
    ) -> PlaceOrderResult:
        account_id = account_of(info)
        item, currency = input.item.item(), input.currency

        def place(work: Work) -> Receipt:
            check_step_up(work, item)
            return actions.place_order(
                work, account_id, item, currency, input.reference, await_payment=input.await_payment
            )

        def present(work: Work, receipt: Receipt) -> OrderPlacedPayload:
            return OrderPlacedPayload(order=_order(work, account_id, receipt), replayed=receipt.replayed)

        return await run_once(info, input, place, present)

    @strawberry.mutation(
        description="Cancel an order that was not used. A customer's error costs 35.00 USD, or 7 % of an amount "
        "above 500.00 USD, at the order's own rate of exchange, and never more than its net price. The tax goes back.",
        metadata=declare(WRITE),
    )
    async def cancel_order(
        self, info: Info, input: Annotated[CancelOrderInput, strawberry.argument(description="The order.")]
    ) -> CancelOrderResult:
        account_id = account_of(info)
        reason = CancellationReason[input.reason.name]

        def cancel(work: Work) -> Receipt:
            return actions.cancel_order(work, account_id, input.order_id, reason)

        def present(work: Work, receipt: Receipt) -> OrderCancelledPayload:
            order = _order(work, account_id, receipt)
            assert order.cancellation is not None
            return OrderCancelledPayload(
                order=order,
                refund=order.cancellation.refund,
                fee=order.cancellation.fee,
                replayed=receipt.replayed,
            )

        return await run_once(info, input, cancel, present)

    @strawberry.mutation(
        description="Record that more units of a metered order are done; the last one completes it.",
        metadata=declare(USAGE),
    )
    async def record_fulfilment(
        self,
        info: Info,
        input: Annotated[RecordFulfilmentInput, strawberry.argument(description="The progress.")],
    ) -> RecordFulfilmentResult:
        account_id = account_of(info)

        def record(work: Work) -> Receipt:
            return actions.record_fulfilment(work, account_id, input.order_id, input.units)

        def present(work: Work, receipt: Receipt) -> FulfilmentRecordedPayload:
            order = _order(work, account_id, receipt)
            return FulfilmentRecordedPayload(order=order, replayed=receipt.replayed)

        return await run_once(info, input, record, present)

    @strawberry.mutation(
        description="Charge usage to the balance, all entries or none. Made for many calls a second.",
        metadata=declare(USAGE),
    )
    async def record_usage(
        self, info: Info, input: Annotated[RecordUsageInput, strawberry.argument(description="The usage.")]
    ) -> RecordUsageResult:
        account_id = account_of(info)
        entries = [entry.usage() for entry in input.entries]
        return await run_once(
            info,
            input,
            lambda work: record_usage(work, account_id, entries),
            lambda work, receipt: UsageRecorded.of(receipt),
        )


def _order(work: Work, account_id: str, receipt: Receipt) -> Order:
    row = reads.order(work, account_id, receipt.facts["order_id"])
    assert row is not None, "the receipt's transaction wrote it"
    return Order.of(row)
