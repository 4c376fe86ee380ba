"""Copies of data in the API: asking, following, fetching."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated

import orjson
import strawberry

from server.accounts import reads as account_reads
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.rules import SELF_WRITE
from server.kit.events import StoredEvent
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.node import Node
from server.kit.graph.prices import EXPORT
from server.kit.graph.problems import Problem, problem
from server.kit.graph.scalars import BigInt
from server.kit.work import Read, Work
from server.privacy.actions import exporting as actions
from server.privacy.actions.export_events import CHANGES
from server.privacy.graph.request_problems import PrivacyRequestChannelClosed, PrivacyRequestLimitReached
from server.privacy.reads import exporting as reads
from server.privacy.reads.exporting import ExportRow
from server.privacy.rules import exporting as rules
from server.privacy.rules.exporting import ExportScope
from server.privacy.rules.requests import PrivacyRequestKind

_ASKED = strawberry.argument(description="What is asked for.")
MINE = Access(Who.SIGNED_IN, "identification", SELF_WRITE)


@strawberry.enum(name="DataExportScope", description="Whose data is in a copy.")
class DataExportScopeEnum(Enum):
    PERSON = strawberry.enum_value("PERSON", description="What is held of the person who asks, and no more.")
    ACCOUNT = strawberry.enum_value(
        "ACCOUNT", description="What the account has, too. For its owners and administrators."
    )


@strawberry.enum(name="DataExportRight", description="By which right a copy is asked for.")
class DataExportRightEnum(Enum):
    ACCESS = strawberry.enum_value("ACCESS", description="To see what is held (article 15 GDPR).")
    PORTABILITY = strawberry.enum_value("PORTABILITY", description="To take it elsewhere (article 20 GDPR).")


@strawberry.enum(name="DataExportStatus", description="Where a copy is.")
class DataExportStatusEnum(Enum):
    BUILDING = strawberry.enum_value("BUILDING", description="It is being made.")
    READY = strawberry.enum_value("READY", description="It can be fetched.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Its time was over, and it is deleted.")
    CANCELLED = strawberry.enum_value(
        "CANCELLED", description="It was given up, or the account was closed, and it is deleted."
    )


@exposes(MINE)
@strawberry.type(
    name="DataExport",
    description="A copy of all data that is held: a ZIP file with each table as JSON, with its JSON Schema, as CSV, as "
    "XLSX, and as XLS where the policy lists it. Its manifest says why and how long each is held, and who receives it.",
)
class DataExportType(Node):
    scope: DataExportScopeEnum = strawberry.field(description="Whose data it is.")
    request_id: strawberry.ID | None = strawberry.field(description="Which request it is made for, `dsr_…`.")
    status: DataExportStatusEnum = strawberry.field(description="Where it is.")
    tables_done: int = strawberry.field(description="How many tables are in it so far.")
    tables_total: int = strawberry.field(description="How many tables it will have.")
    rows: BigInt = strawberry.field(description="How many rows are in it so far, each counted once.")
    size_bytes: BigInt = strawberry.field(description="How large it is, in bytes; 0 once it is deleted.")
    downloads: int = strawberry.field(description="How often somebody fetched it, or began to.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    ready_at: datetime | None = strawberry.field(description="Since when it can be fetched; null before.")
    expires_at: datetime | None = strawberry.field(description="When it is deleted; null before it is ready.")
    ended_at: datetime | None = strawberry.field(description="When it was given up or expired; null before.")

    @classmethod
    def of(cls, row: ExportRow) -> DataExportType:
        return cls(
            id=strawberry.ID(row.id),
            scope=DataExportScopeEnum[row.scope],
            request_id=strawberry.ID(row.request_id) if row.request_id else None,
            status=DataExportStatusEnum[row.status],
            tables_done=row.tables,
            tables_total=row.tables_total,
            rows=BigInt(row.rows),
            size_bytes=BigInt(row.size_bytes),
            downloads=row.downloads,
            created_at=row.created_at,
            ready_at=row.ready_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
        )


@exposes(MINE)
@strawberry.type(description="A change of a copy of data.")
class DataExportUpdate:
    kind: FeedEventKind = strawberry.field(description="Whether it is the present state or a change.")
    sequence: BigInt = strawberry.field(description="Its place in the stream; give it as `after` to resume.")
    export: DataExportType | None = strawberry.field(description="How it is from then on.")


# ---- problems


@problem(rules.DataExportForbidden)
@strawberry.type(
    description="A copy of the whole account's data is for its owners and administrators; ask for PERSON."
)
class DataExportForbidden(Problem):
    pass


@problem(rules.DataExportRunning)
@strawberry.type(description="Such a copy is being made already.")
class DataExportRunning(Problem):
    export_id: strawberry.ID = strawberry.field(description="Which one: follow it by `dataExportChanged`.")


@problem(rules.DataExportNotFound)
@strawberry.type(description="You have no such copy.")
class DataExportNotFound(Problem):
    pass


@problem(rules.DataExportStatusConflict)
@strawberry.type(description="The copy is not in a state that allows this.")
class DataExportStatusConflict(Problem):
    status: DataExportStatusEnum = strawberry.field(description="Where it is.")


# ---- mutations


@strawberry.input(description="Which copy is asked for.")
class RequestExportInput:
    scope: DataExportScopeEnum = strawberry.field(description="Whose data it is.")
    right: DataExportRightEnum = strawberry.field(
        default=DataExportRightEnum.ACCESS,
        description="As which request it is entered, with its own due date.",
    )


@strawberry.input(description="Which copy is not wanted any more.")
class CancelExportInput:
    export_id: strawberry.ID = strawberry.field(description="The copy, `exp_…`.")


@strawberry.input(description="Which copy shall be fetched.")
class CreateExportLinkInput:
    export_id: strawberry.ID = strawberry.field(description="The copy, `exp_…`.")


@exposes(OUTCOME)
@strawberry.type(description="The copy is being made; `dataExportChanged` tells how far it is.")
class ExportRequested:
    export: DataExportType = strawberry.field(description="The copy.")


@exposes(OUTCOME)
@strawberry.type(description="The copy is given up, and what there was of it is deleted.")
class ExportCancelled:
    export: DataExportType = strawberry.field(description="The copy.")


@exposes(OUTCOME)
@strawberry.type(
    description="Where the copy can be fetched, once. An earlier link of it is of no use any more."
)
class ExportLinkCreated:
    path: str = strawberry.field(description="The path on this server. GET it; it needs no credentials.")
    expires_at: datetime = strawberry.field(description="From then on it is of no use; ask again.")


RequestExportResult = Annotated[
    ExportRequested
    | StepUpRequiredProblem
    | DataExportForbidden
    | DataExportRunning
    | PrivacyRequestChannelClosed
    | PrivacyRequestLimitReached,
    strawberry.union("RequestExportResult", description="The copy that is being made, or why there is none."),
]
CancelExportResult = Annotated[
    ExportCancelled | DataExportNotFound | DataExportForbidden | DataExportStatusConflict,
    strawberry.union("CancelExportResult", description="That the copy is given up, or why not."),
]
CreateExportLinkResult = Annotated[
    ExportLinkCreated
    | StepUpRequiredProblem
    | DataExportNotFound
    | DataExportForbidden
    | DataExportStatusConflict,
    strawberry.union("CreateExportLinkResult", description="The link, or why there is none."),
]


@strawberry.type
class ExportMutations:
    @strawberry.mutation(
        description="Ask for a copy of your data, or of the account's, at any time; one of each is made at a time. It "
        "needs a fresh proof of who you are.",
        metadata=declare(MINE, cost=EXPORT),
    )
    async def request_export(
        self, info: Info, input: Annotated[RequestExportInput, _ASKED]
    ) -> RequestExportResult:
        scope, kind = ExportScope[input.scope.name], PrivacyRequestKind[input.right.name]

        def present(_work: Work, row: ExportRow) -> ExportRequested:
            return ExportRequested(export=DataExportType.of(row))

        return await run(info, lambda work: actions.request_export(work, scope, kind), present)

    @strawberry.mutation(
        description="Give up a copy of data: it is deleted now, and not when it expires.",
        metadata=declare(MINE),
    )
    async def cancel_export(
        self, info: Info, input: Annotated[CancelExportInput, _ASKED]
    ) -> CancelExportResult:
        def present(_work: Work, row: ExportRow) -> ExportCancelled:
            return ExportCancelled(export=DataExportType.of(row))

        return await run(info, lambda work: actions.cancel_export(work, input.export_id), present)

    @strawberry.mutation(
        description="A link of one use under which a copy that is ready can be fetched for 15 minutes. It needs a "
        "fresh proof of who you are.",
        metadata=declare(MINE),
    )
    async def create_export_link(
        self, info: Info, input: Annotated[CreateExportLinkInput, _ASKED]
    ) -> CreateExportLinkResult:
        def present(_work: Work, link: actions.PackageLink) -> ExportLinkCreated:
            return ExportLinkCreated(path=link.path, expires_at=link.expires_at)

        return await run(info, lambda work: actions.create_link(work, input.export_id), present)


# ---- queries and the feed


@strawberry.type
class ExportQueries:
    @strawberry.field(
        description="The copies of data that you asked for, newest first.", metadata=declare(MINE)
    )
    def data_exports(self, info: Info, first: First = 20, after: After = None) -> Connection[DataExportType]:
        read, wanted, behind = info.context.read, rows_wanted(first), key_after(after)
        person = account_reads.person_of_session(read, info.context.viewer.credential_id or "")
        rows = [] if person is None else reads.exports_of(read, account_of(info), person.id, wanted, behind)
        return page(rows, first, after, DataExportType.of, lambda row: row.id)


def export_node(info: Info, id: str) -> DataExportType | None:
    """A copy of the person who asks; by `node(id:)`."""
    if MINE.denial(info.context.viewer):
        return None
    person = account_reads.person_of_session(info.context.read, info.context.viewer.credential_id or "")
    row = reads.export(info.context.read, account_of(info), id)
    return None if row is None or person is None or row.person_id != person.id else DataExportType.of(row)


class DataExportFeed(SubjectFeed):
    """The changes of one copy. Who knows its id was told it as who asked for it; it tells figures only."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> ExportRow | None:
        return reads.export(read, self.account_id, subject_id)

    def newest(self, read: Read) -> Sequence[ExportRow]:
        return ()

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, ExportRow]:
        rows = [reads.export(read, self.account_id, each) for each in ids]
        return {row.id: row for row in rows if row is not None}

    def as_of(self, event: StoredEvent, row: ExportRow) -> ExportRow:
        told = orjson.loads(event.data)
        return row._replace(status=told["status"], tables=told["tables"], rows=told["rows"])

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: ExportRow | None,
        newest: Sequence[ExportRow],
    ) -> DataExportUpdate:
        shown = None if row is None else DataExportType.of(row)
        return DataExportUpdate(kind=kind, sequence=sequence, export=shown)


@strawberry.type
class ExportSubscriptions:
    @strawberry.subscription(
        description="How far a copy of data is, and what becomes of it, in order and once.",
        metadata=declare(MINE, feed=DataExportFeed.opened),
    )
    def data_export_changed(
        self,
        id: Annotated[strawberry.ID, strawberry.argument(description="The copy, `exp_…`.")],
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[DataExportUpdate]:
        raise AssertionError("the engine opens the feed")
