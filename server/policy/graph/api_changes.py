"""What changed in this API, for everybody: added, deprecated, changed, removed, and since when (M142)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.policy.graph.published import PUBLIC
from server.policy.reads.api_changes import changes


@strawberry.enum(name="ApiChangeKind", description="What became of a place of the schema.")
class ApiChangeKindEnum(Enum):
    ADDED = strawberry.enum_value("ADDED", description="It is new.")
    DEPRECATED = strawberry.enum_value("DEPRECATED", description="It works, and will be taken away.")
    CHANGED = strawberry.enum_value("CHANGED", description="It has another type, or must be given now.")
    REMOVED = strawberry.enum_value("REMOVED", description="It is gone.")


@exposes(PUBLIC)
@strawberry.type(name="ApiChange", description="One thing that changed in this API.")
class ApiChangeType:
    id: strawberry.ID = strawberry.field(description="Its id, `chg_…`.")
    kind: ApiChangeKindEnum = strawberry.field(description="What became of it.")
    place: str = strawberry.field(
        description="What it is: a type, field, argument, input field, enum value or member of a union, such as "
        "`Query.node(id:)`."
    )
    breaking: bool = strawberry.field(description="Whether what an integration does now may fail by it.")
    detail: str | None = strawberry.field(
        description="Why it is deprecated, or its types before and after; null where there is nothing to say."
    )
    changed_at: datetime = strawberry.field(description="When this server began to serve it so.")

    @classmethod
    def of(cls, row: Row[Any]) -> ApiChangeType:
        return cls(
            id=strawberry.ID(row.id),
            kind=ApiChangeKindEnum[row.kind],
            place=row.place,
            breaking=row.breaking,
            detail=row.detail,
            changed_at=row.changed_at,
        )


@strawberry.type
class ApiChangeQueries:
    @strawberry.field(
        metadata=declare(PUBLIC),
        description="What changed in this API since the server first ran, the newest first. Needs no sign-in. Owners "
        "of API keys are told of breaking changes and deprecations, too (M142).",
    )
    def api_changes(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        breaking: Annotated[
            bool | None, strawberry.argument(description="Only those that break, or do not; null for all.")
        ] = None,
    ) -> Connection[ApiChangeType]:
        rows = changes(info.context.read, rows_wanted(first), key_after(after), breaking=breaking)
        return page(rows, first, after, ApiChangeType.of, lambda row: row.id)
