"""Whether a customer may sell the service on to others (M009)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.kit.problems import Refusal


class ResalePolicy(Enum):
    """Whom the service is for: the customer alone, or also theirs where the contract with them says so."""

    FORBIDDEN = "FORBIDDEN"
    PER_CONTRACT = "PER_CONTRACT"


class ResaleReason(Enum):
    """Why a permission is given or taken."""

    CONTRACT_SIGNED = "CONTRACT_SIGNED"
    CONTRACT_ENDED = "CONTRACT_ENDED"
    CONTRACT_BROKEN = "CONTRACT_BROKEN"
    CORRECTION = "CORRECTION"


@dataclass(eq=False)
class ResaleForbidden(Refusal):
    """The service is for the customer alone: no contract permits resale."""

    code = "RESALE_FORBIDDEN"


def check_resale_permission(policy: ResalePolicy, *, permitted: bool) -> None:
    """Whether an account's contract may be said to permit resale; to take that back is always possible.

    Raises ResaleForbidden.
    """
    if permitted and policy is ResalePolicy.FORBIDDEN:
        raise ResaleForbidden
