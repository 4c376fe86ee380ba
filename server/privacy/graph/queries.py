"""Recipients' requests by receipt, as a list of the account, and the staff's queue."""

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
from server.kit.graph.places import place_after
from server.privacy.graph.types import (
    ANSWER,
    OPEN,
    WATCH,
    RecipientRequestCase,
    RecipientRequestStatus,
    RecipientRequestType,
)
from server.privacy.reads import recipient_requests as reads


@strawberry.type
class RecipientRequestQueries:
    @strawberry.field(
        description="Where the request of a recipient is, for who has its receipt; null when there is no such one.",
        metadata=declare(OPEN),
    )
    def recipient_request(
        self,
        info: Info,
        receipt: Annotated[strawberry.ID, strawberry.argument(description="The receipt, `rrq_…`.")],
    ) -> RecipientRequestStatus | None:
        row = reads.any_request(info.context.read, receipt)
        return None if row is None else RecipientRequestStatus.of(row)

    @strawberry.field(
        description="The open requests of all recipients: what is escalated first, then what is relayed, then what is "
        "not verified, each by due date. For the staff.",
        metadata=declare(WATCH),
    )
    def recipient_requests(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[RecipientRequestCase]:
        read = info.context.read
        rows = reads.queue(read, rows_wanted(first), place_after(after))
        cases = [RecipientRequestCase.of(read, row, info.context.viewer) for row in rows]
        return page(cases, first, after, lambda case: case, lambda case: case.cursor)


@strawberry.field(
    description="What recipients of the account's messages ask about their data, newest first.",
    metadata=declare(ANSWER),
)
def recipient_requests(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[RecipientRequestType]:
    read = info.context.read
    rows = reads.requests_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: RecipientRequestType.of(read, row), lambda row: row.id)


def _node(info: Info, id: str) -> RecipientRequestType | None:
    if ANSWER.denial(info.context.viewer):
        return None
    row = reads.request(info.context.read, account_of(info), id)
    return None if row is None else RecipientRequestType.of(info.context.read, row)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, recipient_requests)]
NODES: Mapping[str, NodeLoader] = {"rrq": _node}
