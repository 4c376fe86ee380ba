"""The cancellation fee (M077 to M080), at the order's own rate of exchange (C28)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.kit.money import convert_half_up, percent_half_up
from server.orders.rules.terms import CancellationTerms, FxRate


class CancellationReason(Enum):
    """Why an order is cancelled; it decides whether there is a fee."""

    CUSTOMER_ERROR = "CUSTOMER_ERROR"
    DUPLICATE = "DUPLICATE"
    SERVICE_FAULT = "SERVICE_FAULT"


@dataclass(frozen=True, slots=True)
class Settlement:
    """How what was paid for a cancelled order is split; the two always add up to it."""

    fee_minor: int
    refund_minor: int


def settle(
    net_minor: int, reason: CancellationReason, fx: FxRate, terms: CancellationTerms, tax_minor: int = 0
) -> Settlement:
    """What the service keeps and what goes back, in minor units of the order's currency.

    The fee is a part of the net amount. All of the tax goes back: nothing was supplied that it could be due on, and
    the fee makes good a damage.
    """
    fee = cancellation_fee(net_minor, reason, fx, terms)
    return Settlement(fee_minor=fee, refund_minor=net_minor + tax_minor - fee)


def cancellation_fee(net_minor: int, reason: CancellationReason, fx: FxRate, terms: CancellationTerms) -> int:
    """35.00 USD, or 7 % of an amount above 500.00 USD, never more than the amount (M078, M079, M080).

    The amount is compared with the threshold exactly, at the order's rate; the fee is rounded once, half up, to a
    minor unit of the order's currency. Only a customer's error costs anything (M077).
    """
    if reason is not CancellationReason.CUSTOMER_ERROR:
        return 0
    fee = convert_half_up(terms.fee_min_minor, fx.denominator, fx.numerator)
    if net_minor * fx.numerator > terms.percent_above_minor * fx.denominator:
        fee = max(fee, percent_half_up(net_minor, terms.percent))
    return min(fee, net_minor)
