"""For the staff: what will be over when, and what sweeps did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from server.accounts.rules.accesses import LegalDuty
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.node import Node
from server.kit.graph.prices import COUNT
from server.kit.graph.scalars import BigInt
from server.privacy.reads import retention as reads
from server.privacy.reads.retention import Forecast

WATCHERS = Access(
    Who.STAFF,
    "security",
    staff_roles=frozenset({"PRIVACY_OFFICER", "DPO", "ADMIN"}),
    duty=LegalDuty.OPERATION.value,
)
_BATCHED = "resolved for many sweeps at once"


@exposes(WATCHERS)
@strawberry.type(description="What a clock of the policy will have ended by an instant.")
class RetentionForecast:
    retention: str = strawberry.field(description="Which retention, as in the clause `retain.…`.")
    table: str | None = strawberry.field(
        description="Of which table; null where due work stands for it, such as for inactive accounts."
    )
    rows: BigInt = strawberry.field(description="How many rows, or pieces of due work.")
    held: BigInt = strawberry.field(description="How many rows besides are kept by an open case.")
    step: str | None = strawberry.field(
        description="By which due work the rows go; null where the daily sweep deletes them."
    )

    @classmethod
    def of(cls, found: Forecast) -> RetentionForecast:
        rows, held = BigInt(found.rows), BigInt(found.held)
        return cls(retention=found.name, table=found.table, rows=rows, held=held, step=found.by_step)


@exposes(WATCHERS)
@strawberry.type(description="What a sweep did to a table.")
class RetentionCountType:
    retention: str = strawberry.field(description="Which retention, as in the clause `retain.…`.")
    table: str | None = strawberry.field(
        description="The table; null for what due work of other kinds deleted since the sweep before."
    )
    flagged: BigInt = strawberry.field(description="How many rows were over when the sweep began.")
    held: BigInt = strawberry.field(description="How many rows besides were kept by an open case.")
    deleted: BigInt = strawberry.field(description="How many rows were over still, and are deleted.")
    batches: int = strawberry.field(description="In how many transactions.")

    @classmethod
    def of(cls, row: Row[Any]) -> RetentionCountType:
        return cls(
            retention=row.name,
            table=row.table,
            flagged=BigInt(row.flagged),
            held=BigInt(row.held),
            deleted=BigInt(row.deleted),
            batches=row.batches,
        )


def _counts_of(runs: Sequence[RetentionRunType], info: Info) -> list[list[RetentionCountType]]:
    found = reads.counts_of(info.context.read, [str(run.id) for run in runs])
    return [[RetentionCountType.of(row) for row in found[str(run.id)]] for run in runs]


@exposes(WATCHERS)
@strawberry.type(name="RetentionRun", description="A sweep of what is over by the policy.")
class RetentionRunType(Node):
    started_at: datetime = strawberry.field(description="When it flagged what was over.")
    ended_at: datetime | None = strawberry.field(description="When it was done; null while it is not.")

    @strawberry.field(
        description="What it did, table by table.", metadata=declare(batch=_counts_of, items=20)
    )
    def counts(self) -> list[RetentionCountType]:
        raise AssertionError(_BATCHED)

    @classmethod
    def of(cls, row: Row[Any]) -> RetentionRunType:
        return cls(id=strawberry.ID(row.id), started_at=row.started_at, ended_at=row.ended_at)


@strawberry.type
class RetentionQueries:
    @strawberry.field(
        description="For staff: what there is now of each retention that will be over at an instant, row by row of the "
        "policy's clocks. It counts; nothing is changed.",
        metadata=declare(WATCHERS, cost=COUNT, items=30),
    )
    def retention_preview(
        self,
        info: Info,
        at: Annotated[datetime, strawberry.argument(description="The instant, now or in the future.")],
    ) -> list[RetentionForecast]:
        return [RetentionForecast.of(found) for found in reads.preview(info.context.read, at)]

    @strawberry.field(
        description="For staff: the sweeps of what was over, newest first.", metadata=declare(WATCHERS)
    )
    def retention_runs(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[RetentionRunType]:
        rows = reads.runs(info.context.read, rows_wanted(first), key_after(after))
        return page(rows, first, after, RetentionRunType.of, lambda row: row.id)
