"""The log of API use, as an account sees its own and staff any."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from server.accounts.graph.types import KEYS_READ
from server.accounts.reads.api_log import api_uses
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.scalars import BigInt
from server.kit.ids import is_id

_STAFF = Access(
    Who.STAFF, "security", staff_roles=frozenset({StaffRole.ADMIN.value, StaffRole.SUPPORT.value})
)
_OUTCOME = Access(Who.ANYONE, "api_use")
_KEY = strawberry.argument(description="Only uses of the API key with this id.")
_ACCOUNT = strawberry.argument(description="The id of the account.")


@strawberry.enum(description="How an operation came to the server.")
class ApiChannel(Enum):
    HTTP = strawberry.enum_value("HTTP", description="A request of its own, or an event stream.")
    WEBSOCKET = strawberry.enum_value("WEBSOCKET", description="A message on a WebSocket.")


@exposes(_OUTCOME)
@strawberry.type(
    description="One operation that was run with an API key. It is kept for a limited time, and names no person."
)
class ApiUse:
    id: strawberry.ID = strawberry.field(description="Its id.")
    key_id: strawberry.ID = strawberry.field(description="The API key, which may be revoked by now.")
    channel: ApiChannel = strawberry.field(description="How it came.")
    fields: list[str] = strawberry.field(
        description="The root fields that were asked for, such as `viewer`; of very many the first ones."
    )
    cost: int | None = strawberry.field(description="Its cost in points; null where costs are not counted.")
    status: str = strawberry.field(description="`OK`, or the code of the first error.")
    bytes: BigInt | None = strawberry.field(
        description="The size of the answer in bytes; null for a subscription, and where nobody took the answer."
    )
    at: datetime = strawberry.field(description="When it was run.")

    @classmethod
    def of(cls, row: Any) -> ApiUse:
        return cls(
            id=row.id,
            key_id=row.key_id,
            channel=ApiChannel[row.channel],
            fields=row.fields.split(" "),
            cost=row.cost,
            status=row.status,
            bytes=row.bytes,
            at=row.at,
        )


@strawberry.type
class ApiLogQueries:
    @strawberry.field(
        metadata=declare(KEYS_READ),
        description="What your account's API keys did, newest first. The last minute may be missing.",
    )
    def api_usage(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        key_id: Annotated[strawberry.ID | None, _KEY] = None,
    ) -> Connection[ApiUse]:
        account_id = info.context.viewer.account_id
        assert account_id is not None
        return _usage(info, account_id, first, after, key_id)

    @strawberry.field(
        metadata=declare(_STAFF), description="For staff: what an account's API keys did, newest first."
    )
    def api_usage_of(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID, _ACCOUNT],
        first: First = 20,
        after: After = None,
        key_id: Annotated[strawberry.ID | None, _KEY] = None,
    ) -> Connection[ApiUse]:
        return _usage(info, account_id, first, after, key_id)


def _usage(
    info: Info, account_id: str, first: int, after: str | None, key_id: str | None
) -> Connection[ApiUse]:
    wanted, behind = rows_wanted(first), key_after(after)
    ids = [account_id, *([key_id] if key_id is not None else [])]
    if not all(map(is_id, ids)):  # PostgreSQL takes no NUL
        return page([], first, after, ApiUse.of, lambda row: row.id)
    rows = api_uses(info.context.read, account_id, behind, wanted, key_id)
    return page(rows, first, after, ApiUse.of, lambda row: row.id)
