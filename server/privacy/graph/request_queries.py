"""Customers' requests as a list of the account, and the staff's queue."""

from __future__ import annotations

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.places import place_after
from server.privacy.graph.request_types import ASK, PrivacyRequestCase, PrivacyRequestType
from server.privacy.graph.types import WATCH
from server.privacy.reads import requests as reads


@strawberry.type
class PrivacyRequestQueries:
    @strawberry.field(
        description="The open requests of all customers about their data, what is not verified last, each by due date. "
        "For the staff.",
        metadata=declare(WATCH),
    )
    def privacy_requests(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[PrivacyRequestCase]:
        read = info.context.read
        rows = reads.queue(read, rows_wanted(first), place_after(after))
        cases = [PrivacyRequestCase.of(read, row) for row in rows]
        return page(cases, first, after, lambda case: case, lambda case: case.cursor)


@strawberry.field(
    description="What was asked about the account's data, newest first.",
    metadata=declare(ASK),
)
def privacy_requests(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[PrivacyRequestType]:
    read = info.context.read
    rows = reads.requests_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: PrivacyRequestType.of(read, row), lambda row: row.id)


def privacy_request_node(info: Info, id: str) -> PrivacyRequestType | None:
    if ASK.denial(info.context.viewer):
        return None
    row = reads.request(info.context.read, account_of(info), id)
    return None if row is None else PrivacyRequestType.of(info.context.read, row)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, privacy_requests)]
