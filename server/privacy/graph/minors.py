"""Reports that an account is a minor's: by anybody, judged by the staff."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from server.accounts.reads import open_or_none
from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, common, problem
from server.kit.work import Read, Work
from server.privacy.actions import minors as actions
from server.privacy.graph.request_problems import PrivacyRequestAccountUnknown, PrivacyRequestTextInvalid
from server.privacy.graph.request_types import PrivacyRequestCase
from server.privacy.graph.types import DESK, OPEN, WATCH
from server.privacy.reads import minors as reads
from server.privacy.reads.minors import MinorReportRow
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules import minors as rules

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.enum(name="MinorReportState", description="Where a report is.")
class MinorReportStateEnum(Enum):
    RECEIVED = strawberry.enum_value("RECEIVED", description="Nobody judged it yet.")
    CONFIRMED = strawberry.enum_value(
        "CONFIRMED", description="It is so, and the data is erased without a grace. Final."
    )
    DISMISSED = strawberry.enum_value("DISMISSED", description="It is not so. Final.")


@problem(rules.MinorReportNotFound)
@strawberry.type(description="There is no such report.")
class MinorReportNotFound(Problem):
    pass


@problem(rules.MinorReportJudged)
@strawberry.type(description="Somebody judged this report before.")
class MinorReportJudged(Problem):
    state: MinorReportStateEnum = strawberry.field(description="Where it is.")

    @classmethod
    def of(cls, refusal: rules.MinorReportJudged) -> Self:
        return cls(**common(refusal), state=MinorReportStateEnum[refusal.status])


@problem(rules.MinorReportLimitReached)
@strawberry.type(description="Too many reports arrived from there, or from everywhere.")
class MinorReportLimitReached(Problem):
    retry_after_seconds: int = strawberry.field(description="After how many seconds it works again, at most.")


@exposes(OPEN)
@strawberry.type(description="Where a report is, for who has its receipt.")
class MinorReportStatus:
    state: MinorReportStateEnum = strawberry.field(description="Where it is.")
    reported_at: datetime = strawberry.field(description="When it was made.")
    judged_at: datetime | None = strawberry.field(description="When it was judged; null before.")

    @classmethod
    def of(cls, row: MinorReportRow) -> MinorReportStatus:
        state = MinorReportStateEnum[row.status]
        return cls(state=state, reported_at=row.reported_at, judged_at=row.judged_at)


@exposes(WATCH)
@strawberry.type(description="That somebody says that a minor's data is held.")
class MinorReport:
    id: strawberry.ID = strawberry.field(description="The report, `mnr_…`.")
    account_id: strawberry.ID | None = strawberry.field(
        description="Whose login or address was named; null where nobody has it."
    )
    named: str | None = strawberry.field(description="What was named; null once it is judged.")
    text: str | None = strawberry.field(description="What was said; null without, and once it is judged.")
    status: MinorReportStatus = strawberry.field(description="Where it is.")

    @classmethod
    def of(cls, read: Read, row: MinorReportRow) -> MinorReport:
        return cls(
            id=strawberry.ID(row.id),
            account_id=None if row.account_id is None else strawberry.ID(row.account_id),
            named=open_or_none(read, reads.NAMED_COLUMN, row.named),
            text=open_or_none(read, reads.TEXT_COLUMN, row.text),
            status=MinorReportStatus.of(row),
        )


@strawberry.input(description="Whose data may be a minor's.")
class ReportMinorInput:
    named: str = strawberry.field(
        description="The login or the e-mail address of the account, up to 254 characters."
    )
    text: str | None = strawberry.field(default=None, description="Why you think so, up to 1,000 characters.")


@strawberry.input(description="Whose data is a minor's.")
class DiscoverMinorInput:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    report_id: strawberry.ID | None = strawberry.field(
        default=None, description="The report that is confirmed by it; null without."
    )


@strawberry.input(description="Which report is about nobody, or about somebody old enough.")
class DismissMinorReportInput:
    report_id: strawberry.ID = strawberry.field(description="The report, RECEIVED.")


@exposes(OUTCOME)
@strawberry.type(description="The report arrived. The staff looks at it.")
class MinorReportFiled:
    receipt: strawberry.ID = strawberry.field(
        description="The receipt, `mnr_…`; `minorReport` says where it is."
    )


@exposes(OUTCOME)
@strawberry.type(description="Nothing is done with the data any more, and its erasure is due at once.")
class MinorDiscovered:
    case: PrivacyRequestCase = strawberry.field(description="The request of the erasure.")


@exposes(OUTCOME)
@strawberry.type(description="The report is dismissed, and what it said is deleted.")
class MinorReportDismissed:
    report: MinorReport = strawberry.field(description="The report.")


ReportMinorResult = Annotated[
    MinorReportFiled | PrivacyRequestTextInvalid | MinorReportLimitReached,
    strawberry.union("ReportMinorResult", description="What became of `reportMinor`."),
]
DiscoverMinorResult = Annotated[
    MinorDiscovered | PrivacyRequestAccountUnknown | MinorReportNotFound | MinorReportJudged,
    strawberry.union("DiscoverMinorResult", description="What became of `discoverMinor`."),
]
DismissMinorReportResult = Annotated[
    MinorReportDismissed | MinorReportNotFound | MinorReportJudged,
    strawberry.union("DismissMinorReportResult", description="What became of `dismissMinorReport`."),
]


@strawberry.type
class MinorQueries:
    @strawberry.field(
        description="Where a report is, for who has its receipt; null when there is no such one.",
        metadata=declare(OPEN),
    )
    def minor_report(
        self,
        info: Info,
        receipt: Annotated[strawberry.ID, strawberry.argument(description="The receipt, `mnr_…`.")],
    ) -> MinorReportStatus | None:
        row = reads.report(info.context.read, receipt)
        return None if row is None else MinorReportStatus.of(row)

    @strawberry.field(
        description="The reports that nobody judged yet, the oldest first. For the staff.",
        metadata=declare(WATCH),
    )
    def minor_reports(self, info: Info, first: First = 20, after: After = None) -> Connection[MinorReport]:
        read = info.context.read
        rows = reads.open_reports(read, rows_wanted(first), key_after(after))
        return page(rows, first, after, lambda row: MinorReport.of(read, row), lambda row: row.id)


@strawberry.type
class MinorMutations:
    @strawberry.mutation(
        description="Report, without an account, that an account is a minor's. The receipt tells nobody whether there "
        "is such an account. At most five reports an hour.",
        metadata=declare(OPEN),
    )
    async def report_minor(self, info: Info, input: Annotated[ReportMinorInput, _ASKED]) -> ReportMinorResult:
        caller = info.context.remote_address

        def report(work: Work) -> str:
            return actions.report_minor(work, input.named, input.text, caller)

        def present(_work: Work, report_id: str) -> MinorReportFiled:
            return MinorReportFiled(receipt=strawberry.ID(report_id))

        return await run(info, report, present)

    @strawberry.mutation(
        description="Say that an account is a minor's: nothing is done with its data any more, and it is erased "
        "without a grace (P033). For the staff.",
        metadata=declare(DESK),
    )
    async def discover_minor(
        self, info: Info, input: Annotated[DiscoverMinorInput, _ASKED]
    ) -> DiscoverMinorResult:
        def discover(work: Work) -> PrivacyRequestRow:
            return actions.discover_minor(work, input.account_id, input.report_id)

        def present(work: Work, row: PrivacyRequestRow) -> MinorDiscovered:
            return MinorDiscovered(case=PrivacyRequestCase.of(work, row))

        return await run(info, discover, present)

    @strawberry.mutation(
        description="Say that a report is about nobody, or about somebody old enough. For the staff.",
        metadata=declare(DESK),
    )
    async def dismiss_minor_report(
        self, info: Info, input: Annotated[DismissMinorReportInput, _ASKED]
    ) -> DismissMinorReportResult:
        def present(work: Work, row: MinorReportRow) -> MinorReportDismissed:
            return MinorReportDismissed(report=MinorReport.of(work, row))

        return await run(info, lambda work: actions.dismiss_minor_report(work, input.report_id), present)
