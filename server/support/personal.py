"""What the slice holds of persons: all that they and support wrote to each other, which belongs to them (P010)."""

from __future__ import annotations

from server.kit.db import Base
from server.kit.personal import Category, Held, Purpose
from server.support.model import Ticket, TicketMessage

_CODE = ("code_hash", "code_attempts_left")


def _words(model: type[Base], columns: tuple[str, ...], category: Category, purpose: Purpose) -> Held:
    return Held(
        model=model,
        columns=columns,
        category=category,
        purpose=purpose,
        legal_basis="contract",
        retention="support",
        erasure="shred",
        retention_class="content",
        source="contact",
    )


def _facts(model: type[Base], columns: tuple[str, ...], *, exported: bool = True) -> Held:
    return Held(
        model=model,
        columns=columns,
        category="activity",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="support",
        erasure="delete",
        exported=exported,
        source="contact",
    )


HELD = (
    _words(Ticket, ("subject",), "activity", "balance_and_orders"),
    _words(Ticket, ("email",), "identification", "identification"),
    _facts(
        Ticket,
        (
            "id",
            "account_id",
            "person_id",
            "kind",
            "source",
            "status",
            "messages",
            "received_at",
            "due_at",
            "waiting_since",
            "closed_at",
            "updated_at",
        ),
    ),
    _facts(Ticket, _CODE, exported=False),
    _words(TicketMessage, ("text",), "activity", "balance_and_orders"),
    _facts(TicketMessage, ("id", "ticket_id", "account_id", "person_id", "from_staff", "received_at")),
    _facts(TicketMessage, ("written_by",), exported=False),  # it is of whoever of the staff wrote
)
"""The whole slice, column by column."""
