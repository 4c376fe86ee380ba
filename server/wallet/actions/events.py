"""What the ledger tells as a domain event; balances themselves are watched by their own sequence."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.events import DomainEvent


@dataclass(frozen=True, slots=True)
class BalanceFellBelow(DomainEvent):
    """A wallet's alarm rang: `available` fell under `below`, both in the smallest part of `unit`. The subject is
    the wallet.
    """

    unit: str
    available: int
    below: int
