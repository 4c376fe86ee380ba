"""Decisions of the ledger: what may be posted, held, captured and taken back. Integers only, no I/O.

Quantities are minor units of a currency, or whole credits.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from server.kit.money import AMOUNT_MINOR_MAX, AmountError, Currency, to_decimal, to_minor
from server.kit.problems import Refusal

CREDIT_UNITS = ("EMAIL", "SMS")
"""The units that are counted in whole credits (M046); every other unit is a currency code."""
UNITS = frozenset((*CREDIT_UNITS, *(currency.code for currency in Currency)))
TRANSFERS_MAX = 1_000
"""Most transfers in one call: they share a transaction, and a lock on each of their wallets."""
REFERENCE_LENGTH_MAX = 64
CHAIN_KEY = "chain"
"""Under which purpose the key store keeps a wallet's secret."""
HOUSE = "house"
"""Owner of the wallets for money of nobody: what arrives for an account whose wallets are closed."""


class Counter(Enum):
    """The other side of a posting. Counter-accounts are sums over postings, not rows that everybody locks."""

    PAYMENTS = "PAYMENTS"
    REVENUE = "REVENUE"
    REFUNDS = "REFUNDS"
    FEES = "FEES"
    TAX = "TAX"
    FORFEITS = "FORFEITS"
    CREDITS_SOLD = "CREDITS_SOLD"
    CREDITS_USED = "CREDITS_USED"
    CHARGEBACKS = "CHARGEBACKS"
    ADJUSTMENTS = "ADJUSTMENTS"
    UNATTRIBUTED = "UNATTRIBUTED"


class PostingKind(Enum):
    """Why a wallet changed."""

    TOP_UP = "TOP_UP"
    TOP_UP_REVERSED = "TOP_UP_REVERSED"
    TOP_UP_REINSTATED = "TOP_UP_REINSTATED"
    TOP_UP_REFUNDED = "TOP_UP_REFUNDED"
    TOP_UP_REFUND_FAILED = "TOP_UP_REFUND_FAILED"
    ORDER = "ORDER"
    ORDER_CREDITS = "ORDER_CREDITS"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    CANCELLATION_FEE = "CANCELLATION_FEE"
    PLAN = "PLAN"
    TAX = "TAX"
    TAX_REFUNDED = "TAX_REFUNDED"
    USAGE = "USAGE"
    USAGE_REFUNDED = "USAGE_REFUNDED"
    HOLD_PLACED = "HOLD_PLACED"
    HOLD_CAPTURED = "HOLD_CAPTURED"
    HOLD_RELEASED = "HOLD_RELEASED"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    FORFEITED = "FORFEITED"
    FORFEIT_RETURNED = "FORFEIT_RETURNED"
    ADJUSTMENT = "ADJUSTMENT"


class HoldState(Enum):
    """Where a hold is. Every state but OPEN is final."""

    OPEN = "OPEN"
    CAPTURED = "CAPTURED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of the ledger that a policy profile may set."""

    hold_minutes_default: int = 60
    hold_minutes_max: int = 7 * 24 * 60
    holds_open_max: int = 1_000


@dataclass(eq=False)
class BalanceTooLow(Refusal):
    """There is less available than this needs."""

    code = "INSUFFICIENT_BALANCE"
    unit: str
    available: int
    required: int


@dataclass(eq=False)
class BalanceTooHigh(Refusal):
    """A wallet cannot hold that much."""

    code = "BALANCE_TOO_HIGH"
    unit: str
    limit: int


@dataclass(eq=False)
class HoldQuantityInvalid(Refusal):
    """The quantity of a hold is more than 0, at most the limit, and as precise as its unit."""

    code = "HOLD_QUANTITY_INVALID"
    blames = "quantity"
    unit: str
    limit: int


@dataclass(eq=False)
class HoldTimeInvalid(Refusal):
    """A hold lasts at least one minute and at most the limit."""

    code = "HOLD_TIME_INVALID"
    blames = "minutes"
    minutes_max: int


@dataclass(eq=False)
class TooManyHolds(Refusal):
    """The wallet has as many open holds as it may have."""

    code = "TOO_MANY_HOLDS"
    limit: int


@dataclass(eq=False)
class HoldNotFound(Refusal):
    """There is no such hold."""

    code = "HOLD_NOT_FOUND"
    blames = "holdId"


@dataclass(eq=False)
class HoldBound(Refusal):
    """This hold belongs to what it was placed for, such as a campaign, and is spent and given back there."""

    code = "HOLD_BOUND"
    blames = "holdId"
    reference: str


@dataclass(eq=False)
class HoldNotOpen(Refusal):
    """The hold was captured, released or has expired."""

    code = "HOLD_NOT_OPEN"
    state: str


@dataclass(eq=False)
class HoldTooSmall(Refusal):
    """Less is left in the hold than the capture asks for."""

    code = "HOLD_TOO_SMALL"
    unit: str
    remaining: int
    required: int


@dataclass(eq=False)
class WalletsClosed(Refusal):
    """The account's wallets were erased or closed for ever."""

    code = "WALLETS_CLOSED"


@dataclass(eq=False)
class LedgerNotIntact(Refusal):
    """The ledger does not prove itself here; an erasure would sign what is wrong and destroy the evidence."""

    code = "LEDGER_NOT_INTACT"
    faults: int


def check_change(unit: str, posted: int, held: int, posted_delta: int, held_delta: int) -> None:
    """Whether a wallet may change so.

    Raises BalanceTooLow when available would fall below zero, BalanceTooHigh when the wallet or the amount
    would pass the limit under which every sum stays inside 64 bits.
    """
    if posted + posted_delta - held - held_delta < 0:
        raise BalanceTooLow(unit, available=posted - held, required=held_delta - posted_delta)
    if posted + posted_delta > AMOUNT_MINOR_MAX:
        raise BalanceTooHigh(unit, AMOUNT_MINOR_MAX)


def quantity_of(unit: str, amount: Decimal) -> int:
    """An amount as the API has it, in the smallest part of its unit. Raises HoldQuantityInvalid."""
    # A whole number of credits has the precision of a currency without decimals.
    currency = Currency.JPY if unit in CREDIT_UNITS else Currency[unit]
    try:
        return to_minor(amount, currency)
    except AmountError:
        raise HoldQuantityInvalid(unit, AMOUNT_MINOR_MAX) from None


def amount_of(unit: str, quantity: int) -> Decimal:
    """A quantity as the API shows it, with exactly the decimals of its unit; credits have none."""
    return to_decimal(quantity, Currency[unit]) if unit not in CREDIT_UNITS else Decimal(quantity)


def check_quantity(unit: str, quantity: int) -> None:
    """Raises HoldQuantityInvalid."""
    if not 1 <= quantity <= AMOUNT_MINOR_MAX:
        raise HoldQuantityInvalid(unit, AMOUNT_MINOR_MAX)


def check_minutes(minutes: int, terms: Terms) -> None:
    """Raises HoldTimeInvalid."""
    if not 1 <= minutes <= terms.hold_minutes_max:
        raise HoldTimeInvalid(terms.hold_minutes_max)


def check_unbound(hold_id: str, reference: str) -> None:
    """Raises HoldBound: a customer spends and gives back what the customer placed, and nothing else."""
    if reference != hold_id:
        raise HoldBound(reference)


def check_open(state: str, expired: bool) -> None:
    """Raises HoldNotOpen. A hold is over at its expiry, also when the sweep has not come by yet."""
    if state != HoldState.OPEN.value:
        raise HoldNotOpen(state)
    if expired:
        raise HoldNotOpen(HoldState.EXPIRED.value)


def check_capture(unit: str, remaining: int, quantity: int) -> None:
    """Raises HoldQuantityInvalid, or HoldTooSmall: a hold captures at most itself."""
    check_quantity(unit, quantity)
    if quantity > remaining:
        raise HoldTooSmall(unit, remaining, quantity)


@dataclass(frozen=True, slots=True)
class Split:
    """A reversal in two: what can be taken now, and what stays owed."""

    now: int
    owed: int


def split_reversal(amount: int, available: int) -> Split:
    """A reversal takes what is available and no more: held parts are promised, and zero is the floor."""
    now = min(amount, available)
    return Split(now, amount - now)
