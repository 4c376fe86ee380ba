"""Recipients' requests as the API shows them: to the person, to the customer, and to the staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import strawberry

from server.accounts.graph.masking import MASKED, Masked, masked
from server.accounts.reads import open_or_none
from server.accounts.rules import REQUESTS_ANSWER
from server.accounts.rules.accesses import LegalDuty
from server.kit.clock import to_micros
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.viewer import Viewer
from server.kit.work import Read
from server.privacy.graph.enums import GroundEnum, KindEnum, OutcomeEnum, SourceEnum, StateEnum
from server.privacy.reads import recipient_requests as reads
from server.privacy.reads.recipient_requests import RequestRow

OPEN = Access(Who.ANYONE, "security")
ANSWER = Access(Who.SIGNED_IN, "security", REQUESTS_ANSWER)
DESK = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({"PRIVACY_OFFICER", "SUPPORT", "ADMIN"}),
    duty=LegalDuty.DATA_PROTECTION.value,
)
WATCH = replace(DESK, staff_roles=DESK.staff_roles | {"DPO"})
"""Who may read what is asked; the data protection officer does nothing about it (P039)."""
OWN = Access(Who.SIGNED_IN, "security")
"""For the fields of a request: whoever was let through a field that leads to it may read it."""


@exposes(OPEN)
@strawberry.type(description="Where a request is, for who has its receipt.")
class RecipientRequestStatus:
    state: StateEnum = strawberry.field(description="Where it is.")
    due_at: datetime = strawberry.field(description="By when the sender of the message has to answer.")
    outcome: OutcomeEnum | None = strawberry.field(description="What the sender did; null before.")

    @classmethod
    def of(cls, row: RequestRow) -> RecipientRequestStatus:
        return cls(state=StateEnum[row.status], due_at=row.due_at, outcome=_outcome(row))


@exposes(OWN)
@strawberry.type(
    name="RecipientRequest",
    description="What somebody who got a message of the account asks about their data. It is shown once the address is "
    "known to be theirs.",
)
class RecipientRequestType(Node):
    campaign_id: strawberry.ID = strawberry.field(description="Which campaign the message was of, `cmp_…`.")
    kind: KindEnum = strawberry.field(description="What is asked.")
    source: SourceEnum = strawberry.field(description="How it came.")
    state: StateEnum = strawberry.field(description="Where it is.")
    address: str | None = strawberry.field(
        description="Whose data it is about: the address or number. Null 30 days after the end."
    )
    text: str | None = strawberry.field(description="What they say; null without, and 30 days after the end.")
    received_at: datetime = strawberry.field(description="When it was received, which starts the clock.")
    due_at: datetime = strawberry.field(description="By when it has to be answered; no pause moves it.")
    verified_at: datetime | None = strawberry.field(
        description="When the address was shown to be theirs; null before."
    )
    escalated_at: datetime | None = strawberry.field(
        description="When the due date passed without an answer; null otherwise."
    )
    ended_at: datetime | None = strawberry.field(description="When it was answered or closed; null before.")
    outcome: OutcomeEnum | None = strawberry.field(description="What was done; null before.")
    ground: GroundEnum | None = strawberry.field(
        description="On which legal ground it was refused; null otherwise."
    )
    answer: str | None = strawberry.field(
        description="What the person was told; null without, and 30 days after the end."
    )
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, read: Read, row: RequestRow) -> RecipientRequestType:
        return cls(
            id=strawberry.ID(row.id),
            campaign_id=strawberry.ID(row.campaign_id),
            kind=KindEnum[row.kind],
            source=SourceEnum[row.source],
            state=StateEnum[row.status],
            address=open_or_none(read, reads.ADDRESS_COLUMN, row.address),
            text=open_or_none(read, reads.TEXT_COLUMN, row.text),
            received_at=row.received_at,
            due_at=row.due_at,
            verified_at=row.verified_at,
            escalated_at=row.escalated_at,
            ended_at=row.ended_at,
            outcome=_outcome(row),
            ground=None if row.ground is None else GroundEnum[row.ground],
            answer=open_or_none(read, reads.ANSWER_COLUMN, row.answer),
            updated_at=row.updated_at,
        )


@exposes(OWN)
@strawberry.type(description="One message of `recipientRequestChanged`.")
class RecipientRequestUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    request: RecipientRequestType | None = strawberry.field(
        description="The request, in the state that it had right after this change. In a snapshot or a reset the one "
        "that was asked for as it is now, null when all are watched."
    )
    newest: list[RecipientRequestType] = strawberry.field(
        description="In a snapshot or a reset of all requests the 20 newest; else empty."
    )


@exposes(WATCH)
@strawberry.type(description="A recipient's request as the staff sees it.")
class RecipientRequestCase:
    account_id: strawberry.ID = strawberry.field(description="Whose message it was.")
    request: RecipientRequestType = strawberry.field(description="The request.")
    message_id: str | None = strawberry.field(
        description="The Message-ID of the mail by which it came; null without, and 30 days after the end."
    )
    masked: Masked | None = strawberry.field(description=MASKED)
    cursor: strawberry.Private[str]

    @classmethod
    def of(cls, read: Read, row: RequestRow, viewer: Viewer) -> RecipientRequestCase:
        hidden = masked(read, viewer, ["address", "text", "answer", "messageId"])
        request = RecipientRequestType.of(read, row)
        return cls(
            account_id=strawberry.ID(row.account_id),
            request=replace(request, address=None, text=None, answer=None) if hidden else request,
            message_id=None if hidden else open_or_none(read, reads.MESSAGE_ID_COLUMN, row.message_id),
            masked=hidden,
            cursor=f"{row.queue_rank}.{to_micros(row.due_at)}.{row.id}",
        )


def _outcome(row: RequestRow) -> OutcomeEnum | None:
    return None if row.outcome is None else OutcomeEnum[row.outcome]
