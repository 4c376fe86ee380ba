"""The refusals of top-ups as members of result unions."""

from __future__ import annotations

from typing import Self

import strawberry

from server.kit.graph.problems import Problem, common, problem
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.topups import rules
from server.topups.graph.enums import AmountFaultEnum, MethodStatusEnum, TopUpStatusEnum
from server.topups.rules import methods, outcomes, refunds


@problem(rules.AmountInvalid)
@strawberry.type(description="The amount cannot be meant.")
class AmountInvalid(Problem):
    fault: AmountFaultEnum = strawberry.field(description="What is wrong with it.")


@problem(rules.AmountTooSmall)
@strawberry.type(description="The amount is below the smallest top-up of this currency.")
class AmountTooSmall(Problem):
    minimum: MoneyType = strawberry.field(description="The smallest top-up.")

    @classmethod
    def of(cls, refusal: rules.AmountTooSmall) -> Self:
        minimum = Money(refusal.minimum_minor, Currency[refusal.currency])
        return cls(**common(refusal), minimum=MoneyType.of(minimum))


@problem(rules.AmountTooLarge)
@strawberry.type(description="The amount is above the largest top-up of this currency.")
class AmountTooLarge(Problem):
    maximum: MoneyType = strawberry.field(description="The largest top-up.")

    @classmethod
    def of(cls, refusal: rules.AmountTooLarge) -> Self:
        maximum = Money(refusal.maximum_minor, Currency[refusal.currency])
        return cls(**common(refusal), maximum=MoneyType.of(maximum))


@problem(rules.CurrencyNotAccepted)
@strawberry.type(description="No payment is accepted in this currency.")
class CurrencyNotAccepted(Problem):
    currency: Currency = strawberry.field(description="The currency that was asked for.")


@problem(rules.PaymentTokenInvalid)
@strawberry.type(description="No gateway here knows this payment token. Card numbers are never accepted.")
class PaymentTokenInvalid(Problem):
    pass


@problem(rules.GatewayUnavailable)
@strawberry.type(description="The token's payment gateway is switched off in this deployment.")
class GatewayUnavailable(Problem):
    gateway: str = strawberry.field(description="The gateway's name.")


@problem(rules.TooManyTopUps)
@strawberry.type(description="As many top-ups as allowed are waiting for their outcome.")
class TooManyTopUps(Problem):
    limit: int = strawberry.field(description="How many may wait at once.")


@problem(rules.TopUpNotFound)
@strawberry.type(description="There is no such top-up.")
class TopUpNotFound(Problem):
    pass


@problem(outcomes.TopUpStatusConflict)
@strawberry.type(description="The top-up is not waiting for a code.")
class TopUpStatusConflict(Problem):
    status: TopUpStatusEnum = strawberry.field(description="Where it is instead.")


@problem(rules.ConfirmationCodeInvalid)
@strawberry.type(description="A confirmation code has 4 to 12 letters and digits.")
class ConfirmationCodeInvalid(Problem):
    pass


@problem(rules.TooManyConfirmations)
@strawberry.type(description="The challenge was answered as often as allowed.")
class TooManyConfirmations(Problem):
    limit: int = strawberry.field(description="How many answers are allowed.")


@problem(methods.NoValidPaymentMethod)
@strawberry.type(description="There is no payment method that can be charged.")
class NoValidPaymentMethod(Problem):
    pass


@problem(methods.PaymentMethodNotFound)
@strawberry.type(description="There is no such payment method.")
class PaymentMethodNotFound(Problem):
    pass


@problem(methods.PaymentMethodStatusConflict)
@strawberry.type(description="The payment method is not in a status that allows this.")
class PaymentMethodStatusConflict(Problem):
    status: MethodStatusEnum = strawberry.field(description="Where it is instead.")


@problem(methods.TooManyPaymentMethods)
@strawberry.type(description="The account has as many payment methods as allowed.")
class TooManyPaymentMethods(Problem):
    limit: int = strawberry.field(description="How many it may have.")


@problem(methods.TooManySavings)
@strawberry.type(description="As many payment methods as allowed were saved within a day.")
class TooManySavings(Problem):
    limit: int = strawberry.field(description="How many may be tried within 24 hours.")


@problem(refunds.TopUpNotRefundable)
@strawberry.type(
    description="Only a top-up that succeeded can be given back, out of a balance that is not closed."
)
class TopUpNotRefundable(Problem):
    status: TopUpStatusEnum = strawberry.field(description="Where it is.")


@problem(refunds.RefundCurrencyWrong)
@strawberry.type(description="A payment is given back in its own currency.")
class RefundCurrencyWrong(Problem):
    currency: Currency = strawberry.field(description="The payment's currency.")


@problem(refunds.RefundTooLarge)
@strawberry.type(description="The amount is not above zero and at most what is left of the payment.")
class RefundTooLarge(Problem):
    left: MoneyType = strawberry.field(description="What is left of the payment.")

    @classmethod
    def of(cls, refusal: refunds.RefundTooLarge) -> Self:
        left = Money(refusal.left_minor, Currency[refusal.currency])
        return cls(**common(refusal), left=MoneyType.of(left))
