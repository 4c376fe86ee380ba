"""Tickets as a list of the account, and the staff's queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare
from server.kit.graph.connections import (
    NUMBER_MAX,
    After,
    Connection,
    First,
    key_after,
    page,
    rows_wanted,
)
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.kit.problems import PublicError
from server.support import reads
from server.support.graph.types import ASK, DESK, TicketCase, TicketType


@strawberry.type
class SupportQueries:
    @strawberry.field(
        description="The tickets that wait for an answer of support, the longest waiting first. For the staff.",
        metadata=declare(DESK),
    )
    def support_queue(self, info: Info, first: First = 20, after: After = None) -> Connection[TicketCase]:
        read = info.context.read
        rows = reads.queue(read, rows_wanted(first), _place_after(after))
        cases = [TicketCase.of(read, row) for row in rows]
        return page(cases, first, after, lambda case: case, lambda case: case.cursor)

    @strawberry.field(
        description="One ticket, whosever it is; null when there is no such one. For the staff.",
        metadata=declare(DESK),
    )
    def support_ticket(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The ticket's id, `tkt_…`.")],
    ) -> TicketCase | None:
        row = reads.any_ticket(info.context.read, id)
        return None if row is None else TicketCase.of(info.context.read, row)


@strawberry.field(
    description="What people of the account asked of support, and the defects that they reported, newest first.",
    metadata=declare(ASK),
)
def tickets(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[TicketType]:
    read = info.context.read
    rows = reads.tickets_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: TicketType.of(read, row), lambda row: row.id)


def _place_after(after: str | None) -> tuple[int, str] | None:
    """The instant and the id inside a cursor of the queue. Raises PublicError BAD_USER_INPUT."""
    key = key_after(after)
    if key is None:
        return None
    instant, _, ticket_id = key.partition(".")
    if not (instant.isdigit() and len(instant) <= 19 and ticket_id) or int(instant) > NUMBER_MAX:
        raise PublicError("BAD_USER_INPUT", "`after` is not a cursor of this list.")
    return int(instant), ticket_id


def _node(info: Info, id: str) -> TicketType | None:
    if ASK.denial(info.context.viewer):
        return None
    row = reads.ticket(info.context.read, account_of(info), id)
    return None if row is None else TicketType.of(info.context.read, row)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, tickets)]
NODES: Mapping[str, NodeLoader] = {"tkt": _node}
