"""Who read an account's data, for its owners."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph.types import Account, StaffRole
from server.accounts.reads import accesses as reads
from server.accounts.rules import PRIVACY_WRITE
from server.accounts.rules.restricting import RestrictionTerms
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.work import Read

_READ = Access(Who.SIGNED_IN, "security", PRIVACY_WRITE)


@strawberry.enum(name="DataReader", description="Who read an account's data without being of the account.")
class ReaderEnum(Enum):
    STAFF = strawberry.enum_value("STAFF", description="Somebody of the company's staff.")
    RESELLER = strawberry.enum_value("RESELLER", description="The reseller who manages the account.")


@exposes(_READ)
@strawberry.type(description="That somebody who is not of the account read of its data.")
class DataAccess:
    id: strawberry.ID = strawberry.field(description="Its id, `dac_…`.")
    at: datetime = strawberry.field(description="When.")
    reader: ReaderEnum = strawberry.field(description="Who.")
    roles: list[StaffRole] = strawberry.field(
        description="Of the staff: which roles they had then; empty for a reseller."
    )
    handle: str | None = strawberry.field(
        description="Of the staff: a pseudonym, the same for all that this person reads; null for a reseller."
    )
    reseller_account_id: strawberry.ID | None = strawberry.field(
        description="The reseller's account; null for the staff."
    )
    purpose: str = strawberry.field(description="For which purpose of the policy.")
    fields: list[str] = strawberry.field(
        description="What was read: fields of this API, as `Type.field`. The last one ends with `…` where there were "
        "more than fit."
    )

    @classmethod
    def of(cls, read: Read, row: Any) -> DataAccess:
        return cls(
            id=strawberry.ID(row.id),
            at=row.at,
            reader=ReaderEnum[row.reader],
            roles=[StaffRole(role) for role in row.roles.split()],
            handle=row.handle,
            reseller_account_id=None if row.reseller_id is None else strawberry.ID(row.reseller_id),
            purpose=read.terms(RestrictionTerms).policy_name(row.purpose),
            fields=row.fields.split(),
        )


@strawberry.field(
    description="Who read the account's data, or changed it, without being of it: the company's staff, and the "
    "reseller who manages it; newest first. For its owners.",
    metadata=declare(_READ),
)
def data_access(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[DataAccess]:
    read = info.context.read
    rows = reads.accesses(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: DataAccess.of(read, row), lambda row: row.id)


EXTENSIONS: tuple[tuple[type, StrawberryField], ...] = ((Account, data_access),)
