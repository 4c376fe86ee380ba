"""Ordering a top-up and answering its challenge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
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
from server.kit.graph.scalars import MoneyInput
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.topups import actions, reads, rules
from server.topups.adapters.gateway import Gateways
from server.topups.graph.problems import (
    AmountInvalid,
    AmountTooLarge,
    AmountTooSmall,
    ConfirmationCodeInvalid,
    CurrencyNotAccepted,
    GatewayUnavailable,
    PaymentTokenInvalid,
    TooManyConfirmations,
    TooManyTopUps,
    TopUpNotFound,
    TopUpStatusConflict,
)
from server.topups.graph.types import WRITE, TopUpType, account_of


@exposes(OUTCOME)
@strawberry.type(description="The top-up is ordered; `topUpChanged` tells what becomes of it.")
class TopUpCreated:
    top_up: TopUpType = strawberry.field(description="The top-up, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The answer is on its way to the gateway; `topUpChanged` tells what it says.")
class TopUpConfirmed:
    top_up: TopUpType = strawberry.field(description="The top-up, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


CreateTopUpResult = Annotated[
    TopUpCreated
    | AmountInvalid
    | AmountTooSmall
    | AmountTooLarge
    | CurrencyNotAccepted
    | PaymentTokenInvalid
    | GatewayUnavailable
    | TooManyTopUps
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("CreateTopUpResult", description="What became of `createTopUp`."),
]
ConfirmTopUpResult = Annotated[
    TopUpConfirmed
    | ConfirmationCodeInvalid
    | TopUpNotFound
    | TopUpStatusConflict
    | TooManyConfirmations
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ConfirmTopUpResult", description="What became of `confirmTopUp`."),
]


@strawberry.input(description="A payment into the balance.")
class CreateTopUpInput:
    amount: MoneyInput = strawberry.field(description="What to pay. What comes of it is credited.")
    payment_token: str = strawberry.field(
        description="A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="The payer's answer to a challenge.")
class ConfirmTopUpInput:
    top_up_id: strawberry.ID = strawberry.field(description="The top-up whose `nextAction` is ENTER_CODE.")
    code: str = strawberry.field(description="The code that the payer got, 4 to 12 letters and digits.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.type
class TopUpMutations:
    @strawberry.mutation(
        description="Order a payment into the balance. It returns at once; the payment runs behind it.",
        metadata=declare(WRITE),
    )
    async def create_top_up(
        self,
        info: Info,
        input: Annotated[CreateTopUpInput, strawberry.argument(description="The payment.")],
    ) -> CreateTopUpResult:
        account_id = account_of(info)
        gateways = info.context.services.get(Gateways)

        def create(work: Work) -> Receipt:
            money = rules.amount_of(input.amount.amount, input.amount.currency, work.terms(rules.Terms))
            gateway = gateways.of_token(input.payment_token).name
            top_up = actions.create_top_up(work, account_id, money, input.payment_token, gateway)
            return Receipt({"top_up_id": top_up.id})

        return await run_once(info, input, create, _present(account_id, TopUpCreated))

    @strawberry.mutation(
        description="Answer a top-up's challenge with the code that the payer got.", metadata=declare(WRITE)
    )
    async def confirm_top_up(
        self,
        info: Info,
        input: Annotated[ConfirmTopUpInput, strawberry.argument(description="The answer.")],
    ) -> ConfirmTopUpResult:
        account_id = account_of(info)

        def confirm(work: Work) -> Receipt:
            top_up = actions.confirm_top_up(work, account_id, input.top_up_id, input.code)
            return Receipt({"top_up_id": top_up.id})

        return await run_once(info, input, confirm, _present(account_id, TopUpConfirmed))


def _present(account_id: str, payload: type[Any]) -> Callable[[Work, Receipt], Any]:
    def present(work: Work, receipt: Receipt) -> Any:
        top_up = reads.top_up(work, account_id, receipt.facts["top_up_id"])
        assert top_up is not None, "an idempotency key lives no longer than what it made"
        return payload(top_up=TopUpType.of(top_up), replayed=receipt.replayed)

    return present
