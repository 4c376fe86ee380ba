"""Saving, choosing and removing payment methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.topups.actions import methods as actions
from server.topups.adapters.gateway import Gateways
from server.topups.graph.enums import SavedForEnum
from server.topups.graph.method_types import PaymentMethodType
from server.topups.graph.problems import (
    ConfirmationCodeInvalid,
    GatewayUnavailable,
    PaymentMethodNotFound,
    PaymentMethodStatusConflict,
    PaymentTokenInvalid,
    TooManyConfirmations,
    TooManyPaymentMethods,
    TooManySavings,
)
from server.topups.graph.types import WRITE
from server.topups.reads.methods import MethodRow, method
from server.topups.rules.methods import SavedFor

_WHICH = "Which payment method."


@exposes(OUTCOME)
@strawberry.type(
    description="The gateway is being asked to keep it; `paymentMethodChanged` tells what it says."
)
class PaymentMethodAdded:
    payment_method: PaymentMethodType = strawberry.field(description="The payment method, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The answer is on its way; `paymentMethodChanged` tells what the gateway says.")
class PaymentMethodConfirmed:
    payment_method: PaymentMethodType = strawberry.field(description="The payment method, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The payment method is as asked.")
class PaymentMethodUpdated:
    payment_method: PaymentMethodType = strawberry.field(description="The payment method, as it is now.")


@exposes(OUTCOME)
@strawberry.type(
    description="The payment method is not kept any more, and the gateway is told to forget it. Without any left, "
    "automatic top-ups and renewals stop."
)
class PaymentMethodRemoved:
    payment_method: PaymentMethodType = strawberry.field(description="What is left of it.")


SavePaymentMethodResult = Annotated[
    PaymentMethodAdded
    | PaymentTokenInvalid
    | GatewayUnavailable
    | TooManyPaymentMethods
    | TooManySavings
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("SavePaymentMethodResult", description="What became of `savePaymentMethod`."),
]
ConfirmPaymentMethodResult = Annotated[
    PaymentMethodConfirmed
    | ConfirmationCodeInvalid
    | PaymentMethodNotFound
    | PaymentMethodStatusConflict
    | TooManyConfirmations
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ConfirmPaymentMethodResult", description="What became of `confirmPaymentMethod`."),
]
UpdatePaymentMethodResult = Annotated[
    PaymentMethodUpdated | PaymentMethodNotFound | PaymentMethodStatusConflict,
    strawberry.union("UpdatePaymentMethodResult", description="The payment method, or why not."),
]
RemovePaymentMethodResult = Annotated[
    PaymentMethodRemoved | PaymentMethodNotFound | PaymentMethodStatusConflict,
    strawberry.union("RemovePaymentMethodResult", description="That it was removed, or why not."),
]


@strawberry.input(description="A payment method to keep.")
class SavePaymentMethodInput:
    token: str = strawberry.field(
        description="A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number."
    )
    saved_for: SavedForEnum = strawberry.field(description="What it is kept for; for nothing else it is.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    make_default: bool = strawberry.field(
        default=False, description="Whether to make it the default one. The first one is it anyway."
    )


@strawberry.input(description="The payer's answer to the challenge at saving.")
class ConfirmPaymentMethodInput:
    id: strawberry.ID = strawberry.field(description="The payment method that has a `nextAction`.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    code: str | None = strawberry.field(
        default=None,
        description="The code that the payer got, 4 to 12 letters and digits; null when they gave it to their bank.",
    )


@strawberry.input(description="What to change of a payment method.")
class UpdatePaymentMethodInput:
    id: strawberry.ID = strawberry.field(description=_WHICH)
    make_default: bool = strawberry.field(default=False, description="Whether to make it the default one.")
    saved_for: SavedForEnum | None = strawberry.field(
        default=None, description="What it is kept for from now on; null to leave that."
    )


@strawberry.input(description="Which payment method to remove.")
class RemovePaymentMethodInput:
    id: strawberry.ID = strawberry.field(description=_WHICH)


@strawberry.type
class PaymentMethodMutations:
    @strawberry.mutation(
        description="Let the gateway keep a payment method, for one-click payments, automatic top-ups or a plan.",
        metadata=declare(WRITE),
    )
    async def save_payment_method(
        self,
        info: Info,
        input: Annotated[SavePaymentMethodInput, strawberry.argument(description="What to keep.")],
    ) -> SavePaymentMethodResult:
        account_id = account_of(info)
        gateways = info.context.services.get(Gateways)

        def save(work: Work) -> Receipt:
            gateway = gateways.of_token(input.token, "token").name
            purpose = SavedFor[input.saved_for.name]
            saved = actions.save_method(
                work, account_id, input.token, gateway, purpose, make_default=input.make_default
            )
            return Receipt({"method_id": saved.id})

        return await run_once(info, input, save, _present(account_id, PaymentMethodAdded))

    @strawberry.mutation(
        description="Answer the challenge of a payment method that is being saved.", metadata=declare(WRITE)
    )
    async def confirm_payment_method(
        self,
        info: Info,
        input: Annotated[ConfirmPaymentMethodInput, strawberry.argument(description="The answer.")],
    ) -> ConfirmPaymentMethodResult:
        account_id = account_of(info)

        def confirm(work: Work) -> Receipt:
            return Receipt({"method_id": actions.confirm_method(work, account_id, input.id, input.code).id})

        return await run_once(info, input, confirm, _present(account_id, PaymentMethodConfirmed))

    @strawberry.mutation(
        description="Make a payment method the default one, or keep it for something else.",
        metadata=declare(WRITE),
    )
    async def update_payment_method(
        self,
        info: Info,
        input: Annotated[UpdatePaymentMethodInput, strawberry.argument(description="What to change.")],
    ) -> UpdatePaymentMethodResult:
        account_id = account_of(info)

        def change(work: Work) -> MethodRow:
            purpose = SavedFor[input.saved_for.name] if input.saved_for is not None else None
            return actions.update_method(
                work, account_id, input.id, make_default=input.make_default, saved_for=purpose
            )

        return await run(info, change, _show(PaymentMethodUpdated))

    @strawberry.mutation(
        description="Remove a payment method, at any time. Payments that are on their way go on.",
        metadata=declare(WRITE),
    )
    async def remove_payment_method(
        self,
        info: Info,
        input: Annotated[RemovePaymentMethodInput, strawberry.argument(description=_WHICH)],
    ) -> RemovePaymentMethodResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: actions.remove_method(work, account_id, input.id),
            _show(PaymentMethodRemoved),
        )


def _present(account_id: str, payload: type[Any]) -> Callable[[Work, Receipt], Any]:
    def present(work: Work, receipt: Receipt) -> Any:
        row = method(work, account_id, receipt.facts["method_id"])
        assert row is not None, "an idempotency key lives no longer than what it made"
        return payload(payment_method=PaymentMethodType.of(work, row), replayed=receipt.replayed)

    return present


def _show(payload: type[Any]) -> Callable[[Work, MethodRow], Any]:
    return lambda work, row: payload(payment_method=PaymentMethodType.of(work, row))
