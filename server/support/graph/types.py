"""Tickets as the API shows them: to the customer, and to the staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from server.accounts.reads import open_or_none
from server.accounts.rules import SELF_WRITE
from server.kit.clock import to_micros
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.support import reads
from server.support.graph.enums import TicketKindEnum, TicketSourceEnum, TicketStateEnum
from server.support.reads import EMAIL_COLUMN, SUBJECT_COLUMN, TEXT_COLUMN, TicketRow

ASK = Access(Who.SIGNED_IN, "balance_and_orders", SELF_WRITE)
"""For the account's people: no API key and no reseller reads what they write to support."""
OPEN = Access(Who.ANYONE, "security")
DESK = Access(Who.STAFF, "balance_and_orders", staff_roles=frozenset({"SUPPORT", "ADMIN"}))
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""For the fields of a ticket: whoever was let through a field that leads to it may read it."""
_BATCHED = "the batch resolves it"


@exposes(OWN)
@strawberry.type(description="One message of a ticket.")
class TicketMessage:
    id: strawberry.ID = strawberry.field(description="The message's id, `tkm_…`.")
    from_staff: bool = strawberry.field(description="Whether support wrote it, and not the customer.")
    text: str | None = strawberry.field(description="What it says; null once it was erased.")
    received_at: datetime = strawberry.field(description="When it was received.")

    @classmethod
    def of(cls, read: Read, row: Any) -> TicketMessage:
        return cls(
            id=strawberry.ID(row.id),
            from_staff=row.from_staff,
            text=open_or_none(read, TEXT_COLUMN, row.text),
            received_at=row.received_at,
        )


def _messages_of(tickets: Sequence[TicketType], info: Info) -> list[list[TicketMessage]]:
    """As many of each as there were: a change that is told later shows none that came after it."""
    read = info.context.read
    found = reads.messages(read, [str(ticket.id) for ticket in tickets])
    return [
        [TicketMessage.of(read, row) for row in found.get(str(ticket.id), ())[: ticket.shown]]
        for ticket in tickets
    ]


@exposes(OWN)
@strawberry.type(
    name="Ticket", description="What was asked of support, or a defect that was reported, with the answers."
)
class TicketType(Node):
    kind: TicketKindEnum = strawberry.field(description="What it is about.")
    source: TicketSourceEnum = strawberry.field(description="How it came.")
    state: TicketStateEnum = strawberry.field(description="Where it is.")
    subject: str | None = strawberry.field(description="Its subject; null once it was erased.")
    received_at: datetime = strawberry.field(description="When it was received.")
    due_at: datetime | None = strawberry.field(
        description="By when it is resolved; null wherever no time is guaranteed, as for a defect. What is asked about "
        "one's data is a privacy request, which always has a due date."
    )
    closed_at: datetime | None = strawberry.field(description="When it was closed; null while it is not.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    shown: strawberry.Private[int]

    @strawberry.field(
        description="All of its messages, oldest first.", metadata=declare(batch=_messages_of, items=10)
    )
    def messages(self) -> list[TicketMessage]:
        raise AssertionError(_BATCHED)

    @classmethod
    def of(cls, read: Read, row: TicketRow) -> TicketType:
        return cls(
            id=strawberry.ID(row.id),
            kind=TicketKindEnum[row.kind],
            source=TicketSourceEnum[row.source],
            state=TicketStateEnum[row.status],
            subject=open_or_none(read, SUBJECT_COLUMN, row.subject),
            received_at=row.received_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
            updated_at=row.updated_at,
            shown=row.messages,
        )


@exposes(OWN)
@strawberry.type(description="One message of `ticketChanged`.")
class TicketUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    ticket: TicketType | None = strawberry.field(
        description="The ticket, in the state that it had right after this change. In a snapshot or a reset the one "
        "that was asked for as it is now, null when all are watched."
    )
    newest: list[TicketType] = strawberry.field(
        description="In a snapshot or a reset of all tickets the 20 newest; else empty."
    )


@exposes(DESK)
@strawberry.type(description="A ticket as the staff sees it.")
class TicketCase:
    account_id: strawberry.ID | None = strawberry.field(
        description="Whose it is; null where it came from an address that is no customer's."
    )
    email: str | None = strawberry.field(
        description="The address that the contact form was used from; null otherwise, and once it was erased."
    )
    waiting_since: datetime | None = strawberry.field(
        description="Since when the staff is to answer; null while it is not."
    )
    ticket: TicketType = strawberry.field(description="The ticket.")
    cursor: strawberry.Private[str]

    @classmethod
    def of(cls, read: Read, row: TicketRow) -> TicketCase:
        waiting = row.waiting_since or row.received_at
        return cls(
            account_id=None if row.account_id is None else strawberry.ID(row.account_id),
            email=open_or_none(read, EMAIL_COLUMN, row.email),
            waiting_since=row.waiting_since,
            ticket=TicketType.of(read, row),
            cursor=f"{to_micros(waiting)}.{row.id}",
        )


@exposes(DESK)
@strawberry.type(
    description="Where a ticket is, without a word of it: what it says is read by `supportTicket`, which is audited."
)
class QueuedTicket:
    id: strawberry.ID = strawberry.field(description="The ticket, `tkt_…`.")
    account_id: strawberry.ID | None = strawberry.field(description="Whose it is; null for no customer's.")
    kind: TicketKindEnum = strawberry.field(description="What it is about.")
    state: TicketStateEnum = strawberry.field(description="Where it is.")
    messages: int = strawberry.field(description="How many messages it has.")
    received_at: datetime = strawberry.field(description="When it was received.")

    @classmethod
    def of(cls, row: TicketRow) -> QueuedTicket:
        return cls(
            id=strawberry.ID(row.id),
            account_id=None if row.account_id is None else strawberry.ID(row.account_id),
            kind=TicketKindEnum[row.kind],
            state=TicketStateEnum[row.status],
            messages=row.messages,
            received_at=row.received_at,
        )


@exposes(DESK)
@strawberry.type(description="One message of `supportQueueChanged`.")
class SupportQueueUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The company's sequence of this message; give it as `after` to resume behind it."
    )
    ticket: QueuedTicket | None = strawberry.field(
        description="The ticket, in the state that it had right after this change; null in a snapshot or a reset, and "
        "once it was erased."
    )
    waiting: list[QueuedTicket] = strawberry.field(
        description="In a snapshot or a reset the 20 that wait longest; else empty."
    )
