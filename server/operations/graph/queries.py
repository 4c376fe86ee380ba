"""What operators may ask: due work, how much there is of it, and force majeure."""

from __future__ import annotations

from itertools import groupby
from typing import Annotated

import strawberry

from server.kit.due import DueState, Timers, pauses
from server.kit.due.overview import counts, key_of, listed
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.prices import PROOF
from server.kit.problems import PublicError
from server.operations.auditing.proof import verify_newest
from server.operations.graph.enums import DueStateEnum
from server.operations.graph.types import (
    ADMINS,
    OPERATORS,
    AuditVerification,
    DueWork,
    DueWorkCount,
    ForceMajeure,
)

_KIND = strawberry.argument(description="Only work of this kind.")
_STATE = strawberry.argument(description="Only work in this state.")


@strawberry.type
class DueWorkQueries:
    @strawberry.field(
        metadata=declare(OPERATORS), description="For staff: due work, in the order in which it is due."
    )
    def due_work(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        kind: Annotated[str | None, _KIND] = None,
        state: Annotated[DueStateEnum | None, _STATE] = None,
    ) -> Connection[DueWork]:
        if kind is not None and not kind.isprintable():  # PostgreSQL takes no NUL
            raise PublicError("BAD_USER_INPUT", "`kind` is a name such as `wallet.root`.")
        timers = info.context.services.get(Timers)
        rows = listed(
            info.context.read,
            rows_wanted(first),
            contractual=timers.contractual,
            after=key_after(after),
            kind=kind,
            state=None if state is None else DueState[state.name],
        )
        return page(rows, first, after, lambda row: DueWork.of(row, timers.of_kind.get(row.kind)), key_of)

    @strawberry.field(
        metadata=declare(OPERATORS), description="For staff: how much due work there is, by kind and state."
    )
    def due_work_counts(self, info: Info) -> list[DueWorkCount]:
        counted = counts(info.context.read, info.context.services.get(Timers).contractual)
        by_kind = groupby(counted, key=lambda one: one.kind)
        return [DueWorkCount.of(kind, list(group)) for kind, group in by_kind]

    @strawberry.field(
        metadata=declare(OPERATORS), description="For staff: every force majeure that was declared, in order."
    )
    def force_majeure(self, info: Info) -> list[ForceMajeure]:
        return [ForceMajeure.of(row) for row in pauses.pauses(info.context.read)]

    @strawberry.field(
        metadata=declare(ADMINS, cost=PROOF),
        description="For administrators: the newest part of the audit log, verified just now. The command "
        "`postmeter audit verify` verifies all of it, and compares with the seals outside the database.",
    )
    def verify_audit(self, info: Info) -> AuditVerification:
        return AuditVerification.of(*verify_newest(info.context.read))
