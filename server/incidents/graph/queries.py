"""Incidents by id, the staff's queue and lists, and what an account was told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.incidents import reads
from server.incidents.graph.cases import IncidentAccount, IncidentCase, IncidentEntry
from server.incidents.graph.types import OFFICERS, READ, IncidentType
from server.kit.graph.access import declare
from server.kit.graph.connections import (
    After,
    Connection,
    First,
    key_after,
    number_after,
    page,
    rows_wanted,
)
from server.kit.graph.context import Info
from server.kit.graph.node import NodeLoader
from server.kit.graph.places import place_after

_Id = Annotated[strawberry.ID, strawberry.argument(description="The incident, `inc_…`.")]
_ENTRY_MAX = 2**31 - 1
"""The largest number that an entry can have."""


@strawberry.type
class IncidentQueries:
    @strawberry.field(
        description="For staff: the open incidents, first those that the authority waits for, each by its due date.",
        metadata=declare(OFFICERS),
    )
    def incidents(self, info: Info, first: First = 20, after: After = None) -> Connection[IncidentCase]:
        read = info.context.read
        rows = reads.queue(read, rows_wanted(first), place_after(after))
        cases = [IncidentCase.of(read, row) for row in rows]
        return page(cases, first, after, lambda case: case, lambda case: case.cursor)

    @strawberry.field(
        description="For staff: the whole register, closed incidents too, the newest first.",
        metadata=declare(OFFICERS),
    )
    def incident_register(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[IncidentCase]:
        read = info.context.read
        rows = reads.newest(read, rows_wanted(first), key_after(after))
        return page(rows, first, after, lambda row: IncidentCase.of(read, row), lambda row: row.id)

    @strawberry.field(
        description="For staff: the accounts that an incident affects, by their ids.",
        metadata=declare(OFFICERS),
    )
    def incident_accounts(
        self, info: Info, incident_id: _Id, first: First = 20, after: After = None
    ) -> Connection[IncidentAccount]:
        rows = reads.affected(info.context.read, incident_id, rows_wanted(first), key_after(after))
        return page(rows, first, after, IncidentAccount.of, lambda row: row.account_id)

    @strawberry.field(
        description="For staff: what was done about an incident, in order.", metadata=declare(OFFICERS)
    )
    def incident_entries(
        self, info: Info, incident_id: _Id, first: First = 20, after: After = None
    ) -> Connection[IncidentEntry]:
        read = info.context.read
        behind = min(number_after(after) or 0, _ENTRY_MAX)
        rows = reads.entries(read, incident_id, rows_wanted(first), behind)
        return page(rows, first, after, lambda row: IncidentEntry.of(read, row), lambda row: row.number)


@strawberry.field(
    description="The incidents that affected the account, and of which it was told, newest first.",
    metadata=declare(READ),
)
def incidents(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[IncidentType]:
    read = info.context.read
    rows = reads.told_of_account(read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, lambda row: IncidentType.of(read, row), lambda row: row.id)


def _node(info: Info, id: str) -> IncidentType | IncidentCase | None:
    """For the officers the whole; for a customer what they were told."""
    read, viewer = info.context.read, info.context.viewer
    if OFFICERS.denial(viewer) is None:
        found = reads.incident(read, id)
        return None if found is None else IncidentCase.of(read, found)
    if READ.denial(viewer) is not None or viewer.account_id is None:
        return None
    told = reads.told(read, viewer.account_id, [id]).get(id)
    return None if told is None else IncidentType.of(read, told)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, incidents)]
NODES: Mapping[str, NodeLoader] = {reads.PREFIX: _node}
