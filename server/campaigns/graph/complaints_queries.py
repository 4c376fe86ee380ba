"""Complaints by id, as a list of the account, and the staff's queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.campaigns.graph.complaints_enums import StatusEnum
from server.campaigns.graph.complaints_types import ANSWER, DECIDE, ComplaintCase, ComplaintType
from server.campaigns.reads import complaints as reads
from server.campaigns.rules.complaints import ComplaintStatus
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.kit.graph.places import INSTANT_MAX
from server.kit.problems import PublicError


@strawberry.type
class ComplaintQueries:
    @strawberry.field(
        description="One complaint about the signed-in account; null when there is no such one.",
        metadata=declare(ANSWER),
    )
    def complaint(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The complaint's id, `cpl_…`.")],
    ) -> ComplaintType | None:
        return _load(info, id)

    @strawberry.field(
        description="The complaints about all accounts in one status, what is late first. For the staff.",
        metadata=declare(DECIDE),
    )
    def complaints(
        self,
        info: Info,
        state: Annotated[StatusEnum, strawberry.argument(description="Where they are.")],
        first: First = 20,
        after: After = None,
    ) -> Connection[ComplaintCase]:
        read = info.context.read
        rows = reads.queue(read, ComplaintStatus[state.name], rows_wanted(first), _behind(after))
        cases = ComplaintCase.many(read, rows, info.context.viewer)
        return page(cases, first, after, lambda case: case, lambda case: case.cursor)


@strawberry.field(
    description="The complaints about what the account sent, newest first.", metadata=declare(ANSWER)
)
def complaints(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[ComplaintType]:
    read = info.context.read
    rows = reads.cases_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(ComplaintType.many(read, rows), first, after, lambda row: row, lambda row: row.id)


def _node(info: Info, id: str) -> ComplaintType | None:
    return None if ANSWER.denial(info.context.viewer) else _load(info, id)


def _load(info: Info, id: str) -> ComplaintType | None:
    row = reads.case(info.context.read, account_of(info), id)
    return None if row is None else ComplaintType.of(info.context.read, row)


def _behind(after: str | None) -> tuple[int, str] | None:
    """The instant and id inside a cursor of the queue. Raises PublicError BAD_USER_INPUT."""
    key = key_after(after)
    if key is None:
        return None
    instant, _, case_id = key.partition(".")
    if not instant.isdigit() or len(instant) > 19 or int(instant) > INSTANT_MAX or not case_id:
        raise PublicError("BAD_USER_INPUT", "`after` is not a cursor of this list.")
    return int(instant), case_id


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, complaints)]
NODES: Mapping[str, NodeLoader] = {"cpl": _node}
