"""Ordering a top-up and answering its challenge."""

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
    run_once,
)
from server.kit.graph.scalars import MoneyInput
from server.kit.idempotency import Receipt
from server.kit.problems import PublicError
from server.kit.work import Work
from server.topups import actions, reads, rules
from server.topups.actions.methods import charge_method
from server.topups.adapters.gateway import Gateways
from server.topups.graph.problems import (
    AmountInvalid,
    AmountTooLarge,
    AmountTooSmall,
    ConfirmationCodeInvalid,
    CurrencyNotAccepted,
    GatewayUnavailable,
    NoValidPaymentMethod,
    PaymentTokenInvalid,
    TooManyConfirmations,
    TooManyTopUps,
    TopUpNotFound,
    TopUpStatusConflict,
)
from server.topups.graph.types import WRITE, TopUpType
from server.topups.rules.outcomes import TopUpPurpose

_METHOD = "payment.methodId"


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
    | NoValidPaymentMethod
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


@strawberry.input(one_of=True, description="What to charge: exactly one of these.")
class PaymentInput:
    token: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number. It is "
        "forgotten once the outcome is known.",
    )
    method_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A payment method that the account has saved."
    )


@strawberry.input(description="A payment into the balance.")
class CreateTopUpInput:
    amount: MoneyInput = strawberry.field(description="What to pay. What comes of it is credited.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    payment: PaymentInput | None = strawberry.field(
        default=None, description="What to charge. It or `paymentToken` is required."
    )
    payment_token: str | None = strawberry.field(
        default=None,
        description="The same as `payment: {token}`.",
        deprecation_reason="Give `payment`, which takes saved payment methods too.",
    )

    def source(self) -> tuple[str, str]:
        """What is to be charged, and the input field that says so. Raises PublicError unless exactly one does."""
        given = {"paymentToken": self.payment_token}
        if self.payment is not None:
            given |= {"payment.token": self.payment.token or None, _METHOD: self.payment.method_id or None}
        sources = [(at, what) for at, what in given.items() if what is not None]
        if len(sources) != 1:
            raise PublicError("BAD_USER_INPUT", "Give exactly one of `payment` and `paymentToken`.")
        return sources[0]


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
        at, given = input.source()

        def create(work: Work) -> Receipt:
            money = rules.amount_of(input.amount.amount, input.amount.currency, work.terms(rules.Terms))
            if at == _METHOD:
                top_up = charge_method(work, account_id, money, TopUpPurpose.MANUAL, method_id=given)
            else:
                gateway = gateways.of_token(given, at).name
                top_up = actions.create_top_up(work, account_id, money, given, gateway)
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
