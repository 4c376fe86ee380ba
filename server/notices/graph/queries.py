"""Notices as a list of the account, by id, and how many are unread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.notices import reads
from server.notices.graph.types import READ, NoticeType


@strawberry.field(description="What the account was told, newest first.", metadata=declare(READ))
def notices(
    account: strawberry.Parent[Account],
    info: Info,
    first: First = 20,
    after: After = None,
    unread_only: Annotated[bool, strawberry.argument(description="Only those that nobody has read.")] = False,
) -> Connection[NoticeType]:
    rows = reads.notices_of_account(
        info.context.read, account.id, rows_wanted(first), key_after(after), unread_only=unread_only
    )
    return page(rows, first, after, NoticeType.of, lambda row: row.id)


@strawberry.field(description="How many notices nobody has read.", metadata=declare(READ))
def unread_notices(account: strawberry.Parent[Account], info: Info) -> int:
    return reads.unread_notices(info.context.read, account.id)


def _node(info: Info, id: str) -> NoticeType | None:
    if READ.denial(info.context.viewer):
        return None
    found = reads.notice(info.context.read, account_of(info), id)
    return NoticeType.of(found) if found is not None else None


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, notices), (Account, unread_notices)]
NODES: Mapping[str, NodeLoader] = {"ntc": _node}
