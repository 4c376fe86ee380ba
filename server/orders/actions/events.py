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


@dataclass(frozen=True, slots=True)
class UsageBilled(DomainEvent):
    """What was used in a month (YYYY-MM) and paid with money is invoiced; the subject is the account."""

    month: str
    currency: str


@dataclass(frozen=True, slots=True)
class InvoiceEvent(DomainEvent):
    """A document was issued under this number; its gross amount is in minor units of `currency`."""

    number: str
    currency: str
    gross_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceIssued(InvoiceEvent):
    """Something that was paid is billed."""


@dataclass(frozen=True, slots=True)
class CreditNoteIssued(InvoiceEvent):
    """An invoice was taken back, in whole or in part."""


@dataclass(frozen=True, slots=True)
class ReceiptIssued(InvoiceEvent):
    """Money that came in, or went again, is confirmed."""
