"""What becomes of an order, as domain events."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.events import DomainEvent


@dataclass(frozen=True, slots=True)
class OrderEvent(DomainEvent):
    """What became of an order: its status and its progress from then on."""

    status: str
    fulfilled: int


@dataclass(frozen=True, slots=True)
class OrderPlaced(OrderEvent):
    """It is registered and waits for its payment."""


@dataclass(frozen=True, slots=True)
class OrderActivated(OrderEvent):
    """It is paid; credits are delivered with it (M030)."""


@dataclass(frozen=True, slots=True)
class OrderProgressed(OrderEvent):
    """Some of its units are done."""


@dataclass(frozen=True, slots=True)
class OrderCompleted(OrderEvent):
    """All of its units are done."""


@dataclass(frozen=True, slots=True)
class OrderCancelled(OrderEvent):
    """It was cancelled, and refunded less the fee."""
