"""Due work and force majeure as the API shows them, and who of the staff may see and steer them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row

from server.accounts.rules.accesses import LegalDuty
from server.accounts.rules.staff import StaffRole
from server.kit.due import DueState, Timer
from server.kit.due.overview import Count
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.scalars import BigInt
from server.operations.auditing.proof import AuditReport
from server.operations.graph.enums import DueStateEnum, TimerEnum

OPERATORS = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({StaffRole.ADMIN.value, StaffRole.SUPPORT.value}),
    duty=LegalDuty.OPERATION.value,
)
ADMINS = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({StaffRole.ADMIN.value}),
    duty=LegalDuty.OPERATION.value,
)


@exposes(OPERATORS)
@strawberry.type(description="One thing that the server has to do at an instant.")
class DueWork:
    id: strawberry.ID = strawberry.field(description="Its id; it is gone once the work is done.")
    kind: str = strawberry.field(description="What is to be done, such as `wallet.root`.")
    timer: TimerEnum | None = strawberry.field(
        description="What it follows from; null for a kind that this server does not know."
    )
    state: DueStateEnum = strawberry.field(description="How it stands.")
    subject_id: str = strawberry.field(description="The opaque id of what it is done for.")
    due_at: datetime = strawberry.field(description="When it is due, or tried again.")
    leased_until: datetime | None = strawberry.field(
        description="Until when somebody is at it; null when nobody was since it was last due."
    )
    attempts: int = strawberry.field(description="How many attempts failed.")
    last_error: str | None = strawberry.field(
        description="The class of the last failure; null before the first one."
    )

    @classmethod
    def of(cls, row: Row[Any], timer: Timer | None) -> DueWork:
        return cls(
            id=strawberry.ID(row.id),
            kind=row.kind,
            timer=None if timer is None else TimerEnum[timer.name],
            state=DueStateEnum[row.state],
            subject_id=row.subject_id,
            due_at=row.due_at,
            leased_until=row.leased_until,
            attempts=row.attempts,
            last_error=row.last_error,
        )


@exposes(OPERATORS)
@strawberry.type(description="How much due work there is of a kind, by state.")
class DueWorkCount:
    kind: str = strawberry.field(description="The kind.")
    scheduled: int = strawberry.field(description="Not due yet.")
    due: int = strawberry.field(description="Due.")
    late: int = strawberry.field(description="Due for more than five minutes.")
    failing: int = strawberry.field(description="Failed, and tried again.")
    paused: int = strawberry.field(description="Held up by force majeure.")

    @classmethod
    def of(cls, kind: str, counted: list[Count]) -> DueWorkCount:
        in_state = {one.state: one.count for one in counted}
        return cls(kind=kind, **{state.value.lower(): in_state.get(state, 0) for state in DueState})


@exposes(OPERATORS)
@strawberry.type(
    description="A time in which contractual timers stood still. What was due since its begin is later by its length."
)
class ForceMajeure:
    id: strawberry.ID = strawberry.field(description="Its id.")
    starts_at: datetime = strawberry.field(description="Since when.")
    ends_at: datetime | None = strawberry.field(description="Until when; null while it lasts.")
    reason: str = strawberry.field(description="What happened.")
    declared_at: datetime = strawberry.field(description="When it was declared.")

    @classmethod
    def of(cls, row: Row[Any]) -> ForceMajeure:
        return cls(
            id=strawberry.ID(row.id),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
            declared_at=row.declared_at,
        )


@exposes(ADMINS)
@strawberry.type(description="The audit log, or its newest part, verified just now.")
class AuditVerification:
    intact: bool = strawberry.field(
        description="Whether all rows, seals and their chain are as they were made."
    )
    complete: bool = strawberry.field(
        description="Whether the whole log was verified; of more than 10 seals only the newest 10 are."
    )
    entries: BigInt = strawberry.field(description="How many rows were verified.")
    unsealed: BigInt = strawberry.field(description="How many of them are not sealed yet.")
    seals: BigInt = strawberry.field(description="How many seals were verified.")
    faults: list[str] = strawberry.field(description="What is wrong, in sentences, at most 100.")

    @classmethod
    def of(cls, report: AuditReport, complete: bool) -> AuditVerification:
        return cls(
            intact=report.intact,
            complete=complete,
            entries=BigInt(report.entries),
            unsealed=BigInt(report.unsealed),
            seals=BigInt(report.seals),
            faults=report.faults,
        )
