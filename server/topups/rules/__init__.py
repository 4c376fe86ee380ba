"""What may be ordered and in which amounts, and the slice's refusals. Minor units, no I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from server.kit.money import AmountError, Currency, Money, to_minor
from server.kit.problems import Refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """The smallest and the largest top-up of one currency."""

    minimum_minor: int
    maximum_minor: int


_WHOLE_UNITS_NEAR_ONE_EURO = {"BRL": 5, "CZK": 25, "DKK": 10, "JPY": 100, "MXN": 20, "NOK": 10, "SEK": 10}


def _default_limits() -> Mapping[str, Limits]:
    units = {
        currency: _WHOLE_UNITS_NEAR_ONE_EURO.get(currency.code, 1) * 10**currency.decimals
        for currency in Currency
    }
    return {currency.code: Limits(unit, 10_000 * unit) for currency, unit in units.items()}


@dataclass(frozen=True, slots=True)
class Terms:
    """The slice's numbers."""

    limits: Mapping[str, Limits] = field(default_factory=_default_limits)
    """By currency code; a currency that is not here cannot be paid in."""
    unresolved_max: int = 50
    """Top-ups of one account that may wait for their outcome at once."""
    confirmations_max: int = 5
    """Answers to the challenges of one top-up."""
    payment_methods_max: int = 10
    """Payment methods that one account may have."""
    savings_per_day_max: int = 20
    """Payment methods that one account may try to save in 24 hours: more is somebody who tests stolen cards."""
    expiry_notice_days: int = 30
    """How long before a card expires its owner is told."""
    step_up_seconds_max: int = 3600
    reconcile_delays_seconds: tuple[int, ...] = (30, 120, 600, 3600, 6 * 3600, 24 * 3600, 3 * 24 * 3600)
    """How long to wait before each question to the gateway; after the last one a person has to look."""
    sandbox_settle_later_seconds: int = 20
    sandbox_chargeback_seconds: int = 60


@dataclass(eq=False)
class AmountInvalid(Refusal):
    """The amount cannot be meant: it is negative, too large, or has more decimals than the currency."""

    code = "AMOUNT_INVALID"
    blames = "amount.amount"
    fault: str


@dataclass(eq=False)
class AmountTooSmall(Refusal):
    """The amount is below the smallest top-up of this currency."""

    code = "AMOUNT_TOO_SMALL"
    blames = "amount.amount"
    currency: str
    minimum_minor: int


@dataclass(eq=False)
class AmountTooLarge(Refusal):
    """The amount is above the largest top-up of this currency."""

    code = "AMOUNT_TOO_LARGE"
    blames = "amount.amount"
    currency: str
    maximum_minor: int


@dataclass(eq=False)
class CurrencyNotAccepted(Refusal):
    """No payment is accepted in this currency."""

    code = "CURRENCY_NOT_ACCEPTED"
    blames = "amount.currency"
    currency: str


@dataclass(eq=False)
class PaymentTokenInvalid(Refusal):
    """This is not a payment token of a gateway here. Card numbers are never accepted (M115)."""

    code = "PAYMENT_TOKEN_INVALID"
    at: str = "paymentToken"

    @property
    def input_field(self) -> str:
        return self.at


@dataclass(eq=False)
class GatewayUnavailable(Refusal):
    """The payment gateway is switched off in this deployment."""

    code = "GATEWAY_UNAVAILABLE"
    gateway: str
    at: str = "paymentToken"

    @property
    def input_field(self) -> str:
        return self.at


@dataclass(eq=False)
class TooManyTopUps(Refusal):
    """As many top-ups as allowed are waiting for their outcome."""

    code = "TOO_MANY_TOP_UPS"
    limit: int


@dataclass(eq=False)
class TopUpNotFound(Refusal):
    """There is no such top-up."""

    code = "TOP_UP_NOT_FOUND"
    blames = "topUpId"


@dataclass(eq=False)
class ConfirmationCodeInvalid(Refusal):
    """A confirmation code has 4 to 12 letters and digits."""

    code = "CONFIRMATION_CODE_INVALID"
    blames = "code"


@dataclass(eq=False)
class TooManyConfirmations(Refusal):
    """The challenge was answered as often as allowed."""

    code = "TOO_MANY_CONFIRMATIONS"
    limit: int


@dataclass(eq=False)
class ProviderEventAltered(Refusal):
    """An event with this id was reported before with another content."""

    code = "PROVIDER_EVENT_ALTERED"


_TOKEN = re.compile(r"tok_sandbox_[a-z_]+\Z|(tok|pm)_(?!sandbox_)[0-9A-Za-z_]+\Z")
_TOKEN_LENGTH_MAX = 64
_CARD_NUMBER = re.compile(r"\d(_?\d){11}")
_CODE = re.compile(r"[0-9A-Za-z]{4,12}\Z")


def amount_of(amount: Decimal, currency: Currency, terms: Terms) -> Money:
    """The ordered amount. Raises AmountInvalid, CurrencyNotAccepted, AmountTooSmall or AmountTooLarge."""
    if currency.code not in terms.limits:
        raise CurrencyNotAccepted(currency.code)
    money = money_of(amount, currency)
    check_amount(money, terms)
    return money


def money_of(amount: Decimal, currency: Currency) -> Money:
    """The amount in minor units. Raises AmountInvalid."""
    try:
        return Money(to_minor(amount, currency), currency)
    except AmountError as error:
        raise AmountInvalid(error.fault.value) from None


def check_amount(money: Money, terms: Terms) -> None:
    """Raises CurrencyNotAccepted, AmountTooSmall or AmountTooLarge."""
    limits = terms.limits.get(money.currency.code)
    if limits is None:
        raise CurrencyNotAccepted(money.currency.code)
    if money.minor < limits.minimum_minor:
        raise AmountTooSmall(money.currency.code, limits.minimum_minor)
    if money.minor > limits.maximum_minor:
        raise AmountTooLarge(money.currency.code, limits.maximum_minor)


def check_token(token: str, at: str = "paymentToken") -> None:
    """Raises PaymentTokenInvalid.

    Twelve digits in a row never pass, so no card number can be stored by mistake (M115). A token is random letters and
    digits: one in a hundred million holds so many digits by chance.
    """
    if len(token) > _TOKEN_LENGTH_MAX or not _TOKEN.match(token) or _CARD_NUMBER.search(token):
        raise PaymentTokenInvalid(at)


def check_code(code: str) -> None:
    """Raises ConfirmationCodeInvalid. A card number has at least 13 digits and never fits (M115)."""
    if not _CODE.match(code):
        raise ConfirmationCodeInvalid


def reconcile_at(now: datetime, tries: int, terms: Terms) -> datetime | None:
    """When to ask the gateway the next time, after so many tries; None when a person has to look."""
    if tries >= len(terms.reconcile_delays_seconds):
        return None
    return now + timedelta(seconds=terms.reconcile_delays_seconds[tries])
