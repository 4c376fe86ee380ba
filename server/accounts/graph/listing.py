"""Customers' accounts as the staff lists them: by opaque ids, with nothing of anybody in them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

import strawberry

from server.accounts.graph.types import AccountStatus, AccountStatusReason
from server.accounts.reads.listing import customers
from server.accounts.rules.accesses import LegalDuty
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.problems import PublicError

_STAFF = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({StaffRole.SUPPORT.value, StaffRole.ADMIN.value}),
    duty=LegalDuty.OPERATION.value,
)
_BEGINNING = re.compile(r"acc_[0-9a-z]{0,26}")


@exposes(_STAFF)
@strawberry.type(description="A customer's account as the staff lists it.")
class ListedAccount:
    id: strawberry.ID = strawberry.field(description="The account, `acc_…`.")
    status: AccountStatus = strawberry.field(description="Whether it may be used.")
    status_since: datetime | None = strawberry.field(
        description="Since when it is in this state, such as when it was closed; null: since it was opened."
    )
    status_reason: AccountStatusReason | None = strawberry.field(
        description="Why it is in this state; null when there is nothing to say."
    )
    opened_at: datetime = strawberry.field(description="When it was opened.")

    @classmethod
    def of(cls, row: Any) -> ListedAccount:
        return cls(
            id=row.id,
            status=AccountStatus(row.status),
            status_since=row.status_since,
            status_reason=None if row.status_reason is None else AccountStatusReason(row.status_reason),
            opened_at=row.created_at,
        )


@strawberry.type
class ListingQueries:
    @strawberry.field(
        metadata=declare(_STAFF),
        description="For staff: customers' accounts, newest first, closed ones too.",
    )
    def accounts(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        status: Annotated[
            AccountStatus | None, strawberry.argument(description="Only accounts in this state.")
        ] = None,
        beginning: Annotated[
            str | None,
            strawberry.argument(description="Only accounts whose id begins so, such as `acc_01j8`."),
        ] = None,
    ) -> Connection[ListedAccount]:
        if beginning is not None and not _BEGINNING.fullmatch(beginning):
            raise PublicError("BAD_USER_INPUT", "`beginning` is the beginning of an account's id, `acc_…`.")
        state = None if status is None else status.name
        rows = customers(info.context.read, rows_wanted(first), key_after(after), state, beginning)
        return page(rows, first, after, ListedAccount.of, lambda row: row.id)
