"""How much of a payment goes back. Minor units, no I/O."""

from __future__ import annotations

from enum import Enum

from server.topups.rules.outcomes import ChargedBack, Outcome, Refunded


class ReversalKind(Enum):
    """Why a part of a payment went again: disputed at the bank, refunded at the gateway, or it failed after all."""

    DISPUTE = "DISPUTE"
    REFUND = "REFUND"
    FAILURE = "FAILURE"

    @staticmethod
    def of(outcome: Outcome) -> ReversalKind:
        """The kind of what the gateway says."""
        if isinstance(outcome, ChargedBack):
            return ReversalKind.DISPUTE
        return ReversalKind.REFUND if isinstance(outcome, Refunded) else ReversalKind.FAILURE


class ReversalState(Enum):
    """Where a part is. WAITING: the payment it is of has not come yet. RETURNED: the bank gave it back again."""

    WAITING = "WAITING"
    TAKEN = "TAKEN"
    RETURNED = "RETURNED"


def disputed_minor(outcome: ChargedBack, currency: str, received_minor: int) -> int:
    """What a dispute is about: all of the payment where the bank says nothing, or says it in another currency."""
    if outcome.amount_minor is None or outcome.currency != currency:
        return received_minor
    return min(outcome.amount_minor, received_minor)


def refunded_elsewhere_minor(total_minor: int, known_minor: int, left_minor: int) -> int:
    """What of the gateway's total of refunds is not known yet; never more than is left of the payment."""
    return max(0, min(total_minor - known_minor, left_minor))
