"""What a PaymentIntent says, as the API returns it and as an event carries it, in the words of our rules.

Credited is its `amount_received`, in the currency that was ordered (M031): Stripe's own fees are ours to bear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from server.topups.adapters.stripe.amounts import from_stripe
from server.topups.rules.outcomes import (
    ChargeResult,
    Declined,
    FailureCode,
    NeedsStepUp,
    NextAction,
    Processing,
    Succeeded,
)

UNCONFIRMED = "requires_confirmation"
AUTHENTICATION_REQUIRED = "authentication_required"
_FAILURES: Mapping[str, FailureCode] = {
    "payment_intent_authentication_failure": FailureCode.STEP_UP_FAILED,
    "setup_intent_authentication_failure": FailureCode.STEP_UP_FAILED,
}


@dataclass(frozen=True, slots=True)
class Intent:
    """The fields of a PaymentIntent that matter to us. `changed_at` is Stripe's instant of its newest charge."""

    id: str
    status: str
    amount_received: int
    currency: str
    created_at: datetime
    changed_at: datetime
    error_code: str | None
    client_secret: str | None = field(repr=False)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError when it is no PaymentIntent."""
        charge = fields.get("latest_charge")
        error = fields.get("last_payment_error")
        changed = charge["created"] if isinstance(charge, Mapping) else None
        created = fields["created"]
        return cls(
            id=fields["id"],
            status=fields["status"],
            amount_received=fields["amount_received"],
            currency=fields["currency"],
            created_at=instant(created),
            changed_at=instant(fields.get("canceled_at") or changed or created),
            error_code=(error.get("code") or "unknown") if error else None,
            client_secret=fields.get("client_secret"),
        )

    @property
    def was_tried(self) -> bool:
        """Whether a charge was ever asked of a bank; if not, none can exist."""
        return self.status != UNCONFIRMED and not (
            self.status == "requires_payment_method" and self.error_code is None
        )

    def result(self) -> ChargeResult | None:
        """What it says of the charge; None when none was tried.

        Raises AmountUnsupported, and ValueError for a status that is not known: it may mean anything.
        """
        if self.status == "succeeded":
            received = from_stripe(self.amount_received, self.currency)
            return Succeeded(received.minor, self.id, self.changed_at)
        if self.status == "canceled":
            return Declined(FailureCode.NOT_CHARGED, self.changed_at)
        if self.status in ("processing", "requires_capture"):
            return Processing(self.id, self.created_at)
        if not self.was_tried:
            return None
        if self.status not in ("requires_action", "requires_payment_method"):
            raise ValueError("an unknown status")
        if self.status == "requires_action" or self.error_code == AUTHENTICATION_REQUIRED:
            return NeedsStepUp(NextAction.AUTHENTICATE, self.created_at, self.client_secret)
        return Declined(failure_of(self.error_code), self.changed_at)


def failure_of(code: str | None) -> FailureCode:
    """Why Stripe's error code says that no money comes."""
    return _FAILURES.get(code or "", FailureCode.DECLINED)


def instant(seconds: int) -> datetime:
    """Stripe counts whole seconds since 1970. Raises TypeError or ValueError."""
    if type(seconds) is not int:
        raise TypeError("an instant is a whole number")
    return datetime.fromtimestamp(seconds, UTC)
