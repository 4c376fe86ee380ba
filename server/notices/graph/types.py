"""Notices as the API shows them, and who may see them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.kit.crypto import Shredded
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.context import Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.notices import reads
from server.notices.adapters.rendering import Rendered, in_app
from server.notices.graph.enums import EmailingEnum, NoticeKind
from server.notices.reads import NoticeRow
from server.notices.rules.templates import Catalog

READ = Access(Who.SIGNED_IN, "api_use", scope="account:read")
WRITE = Access(Who.SIGNED_IN, "api_use", scope="account:write")
OWN = Access(Who.SIGNED_IN, "api_use")
"""For the fields of a notice: whoever got one was allowed to ask for it."""


@exposes(OWN)
@strawberry.type(
    name="Notice", description="Something the account is told, in the language of `Accept-Language`."
)
class NoticeType(Node):
    row: strawberry.Private[NoticeRow]
    kind: NoticeKind = strawberry.field(description="What it is about, for programs.")
    created_at: datetime = strawberry.field(description="When it was posted.")
    read_at: datetime | None = strawberry.field(description="When it was read; null while it is not.")
    emailing: EmailingEnum = strawberry.field(description="Whether it also goes out by e-mail.")

    @strawberry.field(description="One line; null once its values were erased.")
    def title(self, info: Info) -> str | None:
        rendered = _rendered(info, self.row)
        return rendered.title if rendered is not None else None

    @strawberry.field(description="The whole notice, plain text; null once its values were erased.")
    def text(self, info: Info) -> str | None:
        rendered = _rendered(info, self.row)
        return rendered.text if rendered is not None else None

    @classmethod
    def of(cls, row: NoticeRow) -> NoticeType:
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            kind=NoticeKind(row.kind),
            created_at=row.created_at,
            read_at=row.read_at,
            emailing=EmailingEnum(row.emailing),
        )


@exposes(OWN)
@strawberry.type(description="One message of `noticePosted`.")
class NoticeUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    notice: NoticeType | None = strawberry.field(
        description="The new notice, unread; null in a snapshot or a reset."
    )
    newest: list[NoticeType] = strawberry.field(
        description="In a snapshot or a reset the 20 newest notices; else empty."
    )


def _rendered(info: Info, row: NoticeRow) -> Rendered | None:
    read = info.context.read
    try:
        values = reads.values(read, row)
    except Shredded:
        return None
    return in_app(read.terms(Catalog), row.kind, values, info.context.language)
