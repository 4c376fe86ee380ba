"""Senders as the API shows them. No type has a document's content: that goes through links (M073)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.senders import reads
from server.senders.graph.enums import (
    ContentTypeEnum,
    DocumentKindEnum,
    ReasonEnum,
    SenderKindEnum,
    SenderStatusEnum,
)
from server.senders.reads import SenderRow
from server.senders.rules.documents import ContentType

READ = Access(Who.SIGNED_IN, "balance_and_orders", "account:read")
WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "account:write")
UPLOAD = Access(Who.SIGNED_IN, "identification", "account:write")
REVIEW = Access(Who.STAFF, "identification", staff_roles=frozenset({"SUPPORT", "ADMIN"}))
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""For the fields of a sender: whoever was let through a field that leads to it may read it, the payload of a mutation
included."""
_OWN_DOCUMENT = Access(Who.SIGNED_IN, "identification")


@exposes(OWN)
@strawberry.type(description="A country that a sender was asked for in.")
class SenderCountry:
    country: str = strawberry.field(description="The country, by ISO 3166-1.")
    accepted: bool = strawberry.field(description="Whether it may be used there.")
    carrier_refused_at: datetime | None = strawberry.field(
        description="When a carrier of the country last refused it; messages then show the default sender."
    )


@exposes(_OWN_DOCUMENT)
@strawberry.type(description="A document of an application. It is deleted with the decision.")
class SenderDocument:
    id: strawberry.ID = strawberry.field(description="The document's id, `doc_…`.")
    kind: DocumentKindEnum = strawberry.field(description="Which of the two documents it is.")
    content_type: ContentTypeEnum = strawberry.field(description="What it is.")
    size_bytes: int = strawberry.field(description="Its size, in bytes.")
    uploaded_at: datetime = strawberry.field(description="When it arrived.")

    @classmethod
    def of(cls, row: Any) -> SenderDocument:
        return cls(
            id=strawberry.ID(row.id),
            kind=DocumentKindEnum[row.kind],
            content_type=ContentTypeEnum[ContentType(row.content_type).name],
            size_bytes=row.size_bytes,
            uploaded_at=row.stored_at,
        )


@exposes(OWN)
@strawberry.type(
    name="Sender",
    description="What an account's SMS show as their sender, once it is accepted. It is free, and not guaranteed: a "
    "carrier may show another one.",
)
class SenderType(Node):
    name: str | None = strawberry.field(description="What is shown; null once it was erased.")
    kind: SenderKindEnum = strawberry.field(description="What it is.")
    status: SenderStatusEnum = strawberry.field(description="Where it is.")
    countries: list[SenderCountry] = strawberry.field(description="Where it was asked for, in order.")
    documents: list[SenderDocument] = strawberry.field(description="What was uploaded and is still kept.")
    submissions: int = strawberry.field(description="How often it was submitted.")
    submitted_at: datetime | None = strawberry.field(description="When it was last submitted.")
    decided_at: datetime | None = strawberry.field(description="When the last submission was decided.")
    reason: ReasonEnum | None = strawberry.field(description="Why it is REFUSED; else null.")
    note: str | None = strawberry.field(description="What the reviewer says about it; null when nothing.")
    created_at: datetime = strawberry.field(description="When the application was begun.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def many(cls, read: Read, rows: Sequence[SenderRow]) -> list[SenderType]:
        """All of them, with two look-ups for what belongs to them."""
        ids = [row.id for row in rows]
        countries, documents = reads.countries(read, ids), reads.documents(read, ids)
        return [
            cls(
                id=strawberry.ID(row.id),
                name=reads.name_of(read, row),
                kind=SenderKindEnum[row.kind],
                status=SenderStatusEnum[row.status],
                countries=[
                    SenderCountry(
                        country=each.country,
                        accepted=each.accepted,
                        carrier_refused_at=each.carrier_refused_at,
                    )
                    for each in countries.get(row.id, ())
                ],
                documents=[SenderDocument.of(each) for each in documents.get(row.id, ())],
                submissions=row.submissions,
                submitted_at=row.submitted_at,
                decided_at=row.decided_at,
                reason=None if row.reason_code is None else ReasonEnum[row.reason_code],
                note=reads.note_of(read, row),
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows
        ]

    @classmethod
    def of(cls, read: Read, row: SenderRow) -> SenderType:
        return cls.many(read, [row])[0]


@exposes(OWN)
@strawberry.type(description="One message of `senderChanged`.")
class SenderUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    sender: SenderType | None = strawberry.field(
        description="The sender, in the status that it had right after this change. In a snapshot or a reset the one "
        "that was asked for as it is now, null when all are watched."
    )
    newest: list[SenderType] = strawberry.field(
        description="In a snapshot or a reset of all senders the 20 newest; else empty."
    )


@exposes(REVIEW)
@strawberry.type(description="A sender that waits for a decision, for the staff.")
class SenderReview:
    submission_id: strawberry.ID = strawberry.field(
        description="Which submission it is; the decision names it."
    )
    account_id: strawberry.ID = strawberry.field(description="Whose it is.")
    sender: SenderType = strawberry.field(description="The application.")
    other_accounts: int = strawberry.field(
        description="How many other accounts have the same sender accepted, in capitals or small letters."
    )

    @classmethod
    def many(cls, read: Read, rows: Sequence[SenderRow]) -> list[SenderReview]:
        senders = SenderType.many(read, rows)
        return [
            cls(
                submission_id=strawberry.ID(row.submission_id or ""),
                account_id=strawberry.ID(row.account_id),
                sender=sender,
                other_accounts=reads.others_accepted(read, row),
            )
            for row, sender in zip(rows, senders, strict=True)
        ]
