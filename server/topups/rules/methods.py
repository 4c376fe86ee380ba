"""Saved payment methods: what they are kept for, how long a card is good, and their refusals. No I/O (M039, M040)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from server.kit.problems import Refusal
from server.topups.rules.outcomes import Declined, NeedsStepUp


class SavedFor(Enum):
    """Why a token is kept at all; for nothing else it is (M039)."""

    ONE_CLICK = "ONE_CLICK"
    AUTO_TOP_UP = "AUTO_TOP_UP"
    PLAN = "PLAN"


class MethodStatus(Enum):
    """Where a payment method is. Only an ACTIVE one can be charged."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    REMOVED = "REMOVED"


KEPT = frozenset({MethodStatus.PENDING, MethodStatus.ACTIVE, MethodStatus.EXPIRED})
"""The states in which a method counts and is listed."""


class MethodFailure(Enum):
    """Why a payment method was not saved."""

    DECLINED = "DECLINED"
    CARD_EXPIRED = "CARD_EXPIRED"
    STEP_UP_FAILED = "STEP_UP_FAILED"
    STEP_UP_EXPIRED = "STEP_UP_EXPIRED"
    TOKEN_GONE = "TOKEN_GONE"  # noqa: S105 - a code, not a secret
    GATEWAY_SILENT = "GATEWAY_SILENT"


@dataclass(frozen=True, slots=True)
class SaveRequest:
    """An order to keep a token for later charges. `method_id` is the idempotency key: one saved method, however often
    it is sent. `code` is the payer's answer to the challenge of an earlier request, where the gateway wants it from us,
    and `answers` says how many there were: each counts once.
    """

    account_id: str
    method_id: str
    token: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    answers: int = 0


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """The gateway keeps it under its reference. A card is good until the end of its expiry month (1 to 12)."""

    provider_reference: str = field(repr=False)
    brand: str
    last4: str = field(repr=False)
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class CardAuthenticated:
    """The payer of a method that is being saved was at their bank, whatever came of it."""

    method_id: str


@dataclass(frozen=True, slots=True)
class CardRenewed:
    """The bank gave out a new card for a saved one."""

    method_id: str
    brand: str
    last4: str = field(repr=False)
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class CardGone:
    """The gateway keeps a method no longer."""

    method_id: str


CardNews = CardAuthenticated | CardRenewed | CardGone
"""What a gateway tells of a saved method by itself."""
SaveResult = SavedMethod | Declined | NeedsStepUp


@dataclass(eq=False)
class NoValidPaymentMethod(Refusal):
    """There is no payment method that can be charged: none was saved, or its card has expired."""

    code = "NO_VALID_PAYMENT_METHOD"
    at: str | None = "payment.methodId"

    @property
    def input_field(self) -> str | None:
        return self.at


@dataclass(eq=False)
class PaymentMethodNotFound(Refusal):
    """There is no such payment method."""

    code = "PAYMENT_METHOD_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class PaymentMethodStatusConflict(Refusal):
    """The payment method is not in a status that allows this."""

    code = "PAYMENT_METHOD_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class TooManyPaymentMethods(Refusal):
    """The account has as many payment methods as allowed."""

    code = "TOO_MANY_PAYMENT_METHODS"
    limit: int


@dataclass(eq=False)
class TooManySavings(Refusal):
    """As many payment methods as allowed were saved within a day."""

    code = "TOO_MANY_SAVINGS"
    limit: int


def expires_at(exp_month: int, exp_year: int) -> datetime:
    """The first instant at which the card is good no more: a card is good to the last instant of its month, in UTC."""
    if exp_month == 12:
        return datetime(exp_year + 1, 1, 1, tzinfo=UTC)
    return datetime(exp_year, exp_month + 1, 1, tzinfo=UTC)
