"""What a customer loses by closing the account, and that they said they know it (M086)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum

from server.kit.problems import Refusal


class LossKind(Enum):
    """What is lost. Later slices add the plan, sender IDs and dedicated IPs that are theirs."""

    CREDITS = "CREDITS"
    MONEY = "MONEY"
    PAYMENT_IN_FLIGHT = "PAYMENT_IN_FLIGHT"
    ORDER = "ORDER"
    PLAN = "PLAN"
    SENDER_ID = "SENDER_ID"
    DEDICATED_IP = "DEDICATED_IP"


@dataclass(frozen=True, slots=True, order=True)
class Loss:
    """One thing that is lost: `quantity` in the smallest part of `unit` (a currency, EMAIL or SMS), or a count
    where there is no unit. `subject_id` names the thing, `until` (ISO 8601) when it would have ended.
    """

    kind: str
    unit: str | None
    quantity: int
    subject_id: str | None = None
    until: str | None = None


@dataclass(eq=False)
class LossesNotAcknowledged(Refusal):
    """What is lost by closing is not, or no longer, what was acknowledged."""

    code = "LOSSES_NOT_ACKNOWLEDGED"
    blames = "acknowledgedLosses"
    digest: str
    losses: str
    """The present losses, as `encode` writes them."""


def encode(losses: Iterable[Loss]) -> str:
    """The losses as canonical JSON: equal losses are equal text."""
    ordered = sorted((asdict(loss) for loss in losses), key=lambda one: json.dumps(one, sort_keys=True))
    return json.dumps(ordered, sort_keys=True, separators=(",", ":"))


def decode(text: str) -> Sequence[Loss]:
    """The losses that `encode` wrote."""
    return [Loss(**one) for one in json.loads(text)]


def digest(losses: Iterable[Loss]) -> str:
    """What stands for exactly these losses in an acknowledgement: 64 hexadecimal digits."""
    return hashlib.sha256(encode(losses).encode()).hexdigest()


def check_acknowledged(acknowledged: str, losses: Sequence[Loss]) -> None:
    """Raises LossesNotAcknowledged, with what it is now (M086)."""
    if acknowledged != digest(losses):
        raise LossesNotAcknowledged(digest(losses), encode(losses))
