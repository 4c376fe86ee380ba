"""Giving a payment back: only staff does, for a reason. Nobody can ask for it by the API (M049, M054). Minor units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.kit.money import Money
from server.kit.problems import Refusal
from server.topups.rules.outcomes import TopUpStatus


class RefundStatus(Enum):
    """Where a refund is. ERRORED ones wait for a person: the gateway did not say what became of them."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ERRORED = "ERRORED"


class RefundReason(Enum):
    """Why staff gives money back; prepaid money is not refundable on request (M049)."""

    DUPLICATE = "DUPLICATE"
    SERVICE_FAILURE = "SERVICE_FAILURE"
    STATUTORY = "STATUTORY"
    FRAUD = "FRAUD"
    GOODWILL = "GOODWILL"


@dataclass(eq=False)
class TopUpNotRefundable(Refusal):
    """Only a top-up that succeeded can be given back, out of a balance that is not closed."""

    code = "TOP_UP_NOT_REFUNDABLE"
    blames = "topUpId"
    status: str


@dataclass(eq=False)
class RefundCurrencyWrong(Refusal):
    """A payment is given back in its own currency."""

    code = "REFUND_CURRENCY_WRONG"
    blames = "amount.currency"
    currency: str


@dataclass(eq=False)
class RefundTooLarge(Refusal):
    """Less than this is left of the payment."""

    code = "REFUND_TOO_LARGE"
    blames = "amount.amount"
    currency: str
    left_minor: int


def check_refund(status: TopUpStatus, currency: str, left_minor: int, money: Money) -> None:
    """Raises TopUpNotRefundable, RefundCurrencyWrong, or RefundTooLarge when the amount is not 1 to what is left."""
    if status is not TopUpStatus.SUCCEEDED:
        raise TopUpNotRefundable(status.value)
    if money.currency.code != currency:
        raise RefundCurrencyWrong(currency)
    if not 0 < money.minor <= left_minor:
        raise RefundTooLarge(currency, left_minor)
