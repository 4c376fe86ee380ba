"""Who may read what of incidents, and an incident as the API shows it to the customers who were told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import strawberry

from server.accounts.graph.reports import SecurityReportKind
from server.accounts.reads import open_or_none
from server.accounts.rules.accesses import LegalDuty
from server.incidents.graph.enums import StateEnum
from server.incidents.reads import ToldRow
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.work import Read

READ = Access(Who.SIGNED_IN, "security", scope="account:read")
"""For what an account was told of."""
OFFICERS = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({"PRIVACY_OFFICER", "ADMIN"}),
    duty=LegalDuty.DATA_PROTECTION.value,
)
OPENERS = replace(OFFICERS, staff_roles=OFFICERS.staff_roles | {"SUPPORT"})
"""Who may enter what they hear of; what follows is the officers'."""


@exposes(READ)
@strawberry.type(
    name="Incident", description="That data of the account was affected by an incident, of which it was told."
)
class IncidentType(Node):
    kind: SecurityReportKind = strawberry.field(description="What happened.")
    state: StateEnum = strawberry.field(description="Where it is.")
    occurred_at: datetime | None = strawberry.field(
        description="When it happened; null when that is unknown."
    )
    known_at: datetime = strawberry.field(description="When the company knew of it.")
    categories: list[str] = strawberry.field(
        description="Which categories of data it affects, by the policy."
    )
    message: str | None = strawberry.field(description="What the account was told.")
    told_at: datetime = strawberry.field(description="When the account was told.")
    closed_at: datetime | None = strawberry.field(description="When it was closed; null before.")

    @classmethod
    def of(cls, read: Read, row: ToldRow) -> IncidentType:
        return cls(
            id=strawberry.ID(row.id),
            kind=SecurityReportKind[row.kind],
            state=StateEnum[row.status],
            occurred_at=row.occurred_at,
            known_at=row.known_at,
            categories=(row.categories or "").split(),
            message=open_or_none(read, "incidents.message", row.message),
            told_at=row.told_at,
            closed_at=row.closed_at,
        )


@exposes(READ)
@strawberry.type(description="One message of `incidentNotified`.")
class IncidentUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    incident: IncidentType | None = strawberry.field(
        description="The incident that the account is told of; null in a snapshot or a reset."
    )
    newest: list[IncidentType] = strawberry.field(
        description="In a snapshot or a reset the 20 newest; else empty."
    )
