"""Where an order is, and what may become of it."""

from __future__ import annotations

from enum import Enum

from server.orders.rules.problems import (
    CreditsUsed,
    OrderNotCancellable,
    OrderNotInProgress,
    QuantityOutOfRange,
)


class OrderStatus(Enum):
    """An order waits for its payment and becomes active with it (M030); the last two are final."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


def check_cancellable(status: OrderStatus, is_credits: bool, quantity: int, fulfilled: int) -> None:
    """An order can be cancelled until it is used (C6, M084). Raises OrderNotCancellable, CreditsUsed.

    Whether the credits of a credit order are unused is for the ledger to say.
    """
    if status not in (OrderStatus.PENDING, OrderStatus.ACTIVE):
        raise OrderNotCancellable(status.value)
    if not is_credits and fulfilled:
        raise CreditsUsed(available=quantity - fulfilled, required=quantity)


def fulfil(status: OrderStatus, is_credits: bool, quantity: int, fulfilled: int, units: int) -> OrderStatus:
    """The status after so many more units were done. Raises OrderNotInProgress, QuantityOutOfRange.

    Credits are delivered whole, when they are paid for: only metered orders make progress.
    """
    if status is not OrderStatus.ACTIVE or is_credits:
        raise OrderNotInProgress(status.value)
    if not 1 <= units <= quantity - fulfilled:
        raise QuantityOutOfRange(1, quantity - fulfilled, "units")
    return OrderStatus.COMPLETED if fulfilled + units == quantity else OrderStatus.ACTIVE
