"""Customers' requests as the API shows them: to the customer, and to the staff."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.accounts.reads import open_or_none
from server.accounts.rules import PRIVACY_WRITE
from server.kit.clock import to_micros
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.privacy.graph.enums import GroundEnum
from server.privacy.graph.request_enums import (
    ExtensionReasonEnum,
    HoldGroundEnum,
    PrivacyKindEnum,
    PrivacySourceEnum,
    PrivacyStateEnum,
    ProofEnum,
    RegimeEnum,
)
from server.privacy.graph.types import OWN, WATCH
from server.privacy.reads import requests as reads
from server.privacy.reads.requests import PrivacyRequestRow

ASK = Access(Who.SIGNED_IN, "security", PRIVACY_WRITE)
"""For what customers ask about their own data."""


@exposes(OWN)
@strawberry.type(
    name="PrivacyRequest", description="What a customer asks about their data, and what becomes of it."
)
class PrivacyRequestType(Node):
    kind: PrivacyKindEnum = strawberry.field(description="What is asked.")
    source: PrivacySourceEnum = strawberry.field(description="How it came.")
    state: PrivacyStateEnum = strawberry.field(description="Where it is.")
    purposes: list[str] = strawberry.field(
        description="Which purposes it is about; empty for all, or where there is no such choice."
    )
    text: str | None = strawberry.field(description="What they say; null without.")
    received_at: datetime = strawberry.field(description="When it was received, which starts the clock.")
    regime: RegimeEnum = strawberry.field(
        description="The law of the account's country when it was filed: it may set an earlier due date."
    )
    due_at: datetime = strawberry.field(description="By when it is answered; no pause moves it.")
    verified_at: datetime | None = strawberry.field(description="When it was known who asks; null before.")
    proof: ProofEnum | None = strawberry.field(
        description="How they showed who they are; null before, and where the server asked by itself."
    )
    extended_at: datetime | None = strawberry.field(
        description="When the due date was moved; null otherwise."
    )
    extension_reason: ExtensionReasonEnum | None = strawberry.field(
        description="Why it was moved; null otherwise."
    )
    hold_ground: HoldGroundEnum | None = strawberry.field(
        description="Which open case keeps it from being done; null otherwise."
    )
    ended_at: datetime | None = strawberry.field(description="When it ended; null before.")
    ground: GroundEnum | None = strawberry.field(
        description="On which legal ground it was refused, or done in part only; null otherwise."
    )
    answer: str | None = strawberry.field(description="What is said of the outcome; null without.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def of(cls, read: Read, row: PrivacyRequestRow) -> PrivacyRequestType:
        return cls(
            id=strawberry.ID(row.id),
            kind=PrivacyKindEnum[row.kind],
            source=PrivacySourceEnum[row.source],
            state=PrivacyStateEnum[row.status],
            purposes=row.purposes.split(),
            text=open_or_none(read, reads.TEXT_COLUMN, row.text),
            received_at=row.received_at,
            regime=RegimeEnum[row.regime],
            due_at=row.due_at,
            verified_at=row.verified_at,
            proof=None if row.proof is None else ProofEnum[row.proof],
            extended_at=row.extended_at,
            extension_reason=None
            if row.extension_reason is None
            else ExtensionReasonEnum[row.extension_reason],
            hold_ground=None if row.hold_ground is None else HoldGroundEnum[row.hold_ground],
            ended_at=row.ended_at,
            ground=None if row.ground is None else GroundEnum[row.ground],
            answer=open_or_none(read, reads.ANSWER_COLUMN, row.answer),
            updated_at=row.updated_at,
        )


@exposes(OWN)
@strawberry.type(description="One message of `privacyRequestChanged`.")
class PrivacyRequestUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    request: PrivacyRequestType | None = strawberry.field(
        description="The request, in the state that it had right after this change. In a snapshot or a reset the one "
        "that was asked for as it is now, null when all are watched."
    )
    newest: list[PrivacyRequestType] = strawberry.field(
        description="In a snapshot or a reset of all requests the 20 newest; else empty."
    )


@exposes(WATCH)
@strawberry.type(description="A customer's request as the staff sees it.")
class PrivacyRequestCase:
    account_id: strawberry.ID = strawberry.field(description="Whose data it is about.")
    request: PrivacyRequestType = strawberry.field(description="The request.")
    message_id: str | None = strawberry.field(
        description="The Message-ID of the mail, or the message of the ticket, by which it came; null without."
    )
    overdue: bool = strawberry.field(description="Whether the due date passed while it was open.")
    cursor: strawberry.Private[str]

    @classmethod
    def of(cls, read: Read, row: PrivacyRequestRow) -> PrivacyRequestCase:
        return cls(
            account_id=strawberry.ID(row.account_id),
            request=PrivacyRequestType.of(read, row),
            message_id=open_or_none(read, reads.MESSAGE_ID_COLUMN, row.message_id),
            overdue=row.overdue_at is not None,
            cursor=f"{row.queue_rank}.{to_micros(row.due_at)}.{row.id}",
        )
