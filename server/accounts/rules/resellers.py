"""What a reseller may do for the accounts that it manages: read what its explicit powers name (B013, B014)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from server.kit.problems import Refusal


class Power(Enum):
    """One thing that a reseller may do for an account; each is the scope of that name, and nothing changes by any."""

    READ_ACCOUNT = "account:read"
    READ_BALANCE = "balance:read"
    READ_LEDGER = "ledger:read"
    READ_TOPUPS = "topups:read"
    READ_ORDERS = "orders:read"


@dataclass(eq=False)
class ResaleNotPermitted(Refusal):
    """The service is for the customer's own use; acting for others needs a contract that says so."""

    code = "RESALE_NOT_PERMITTED"


@dataclass(eq=False)
class NotAReseller(Refusal):
    """The account is no reseller; register it as one first."""

    code = "NOT_A_RESELLER"


@dataclass(eq=False)
class NoPowers(Refusal):
    """An offer names at least one power."""

    code = "NO_POWERS"
    blames = "powers"


@dataclass(eq=False)
class ManagementNotFound(Refusal):
    """There is no such open offer or management."""

    code = "MANAGEMENT_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class AlreadyManaged(Refusal):
    """Another reseller manages the account; end that first."""

    code = "ALREADY_MANAGED"
    management_id: str


@dataclass(eq=False)
class ManagementLimitReached(Refusal):
    """The reseller manages, or offers to manage, as many accounts as it may."""

    code = "MANAGEMENT_LIMIT_REACHED"
    limit: int


def stored_powers(powers: Collection[Power]) -> str:
    """The powers as they are stored, each once and in one order. Raises NoPowers."""
    if not powers:
        raise NoPowers
    return " ".join(power.value for power in Power if power in powers)


def delegated(powers: str, held: frozenset[str] | None) -> frozenset[str]:
    """What somebody of the reseller may do: the powers, as far as they may do the same for the reseller itself."""
    granted = frozenset(powers.split(" "))
    return granted if held is None else granted & held
