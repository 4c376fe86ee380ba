"""Reporting a compromise, and what staff see of it (P047, H020, H025)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts import actions, reads
from server.accounts.actions import Reported
from server.accounts.adapters.authenticator import SESSION_COOKIE
from server.accounts.graph.masking import MASKED, Masked, masked
from server.accounts.graph.problems import SessionNotFoundProblem
from server.accounts.graph.types import Account
from server.accounts.reads.reports import reports, reports_by_id
from server.accounts.rules import SELF_WRITE
from server.accounts.rules import reports as report_rules
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Cookie, Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.node import Node
from server.kit.graph.problems import Problem, problem
from server.kit.viewer import Viewer
from server.kit.work import Read, Work

_ASKED = strawberry.argument(description="What is asked for.")
_SELF = declare(Access(Who.SIGNED_IN, "security", scope=SELF_WRITE))
_ROLES = frozenset({StaffRole.SUPPORT.value, StaffRole.PRIVACY_OFFICER.value, StaffRole.ADMIN.value})
_STAFF = Access(Who.STAFF, "security", staff_roles=_ROLES)
_READ = Access(Who.SIGNED_IN, "security", scope="account:read")


@strawberry.enum(description="What is suspected.")
class SecurityReportKind(Enum):
    UNAUTHORISED_ACCESS = strawberry.enum_value(
        "UNAUTHORISED_ACCESS", description="Somebody got in who may not."
    )
    LOSS = strawberry.enum_value("LOSS", description="A device, a key or data got lost.")
    MISUSE = strawberry.enum_value("MISUSE", description="Somebody does what they should not.")


@strawberry.input(description="What is suspected.")
class ReportCompromiseInput:
    kind: SecurityReportKind = strawberry.field(description="Of which kind it is.")
    note: str | None = strawberry.field(
        default=None, description="What happened, for the company's staff; at most 2,000 characters."
    )


@exposes(_READ)
@strawberry.type(description="That a member of an account suspects a compromise.")
class SecurityReport(Node):
    account_id: strawberry.ID = strawberry.field(description="The account.")
    kind: SecurityReportKind = strawberry.field(description="What is suspected.")
    note: str | None = strawberry.field(
        description="What was said of it; null when nothing was, when it was erased, and when it is masked."
    )
    reported_at: datetime = strawberry.field(description="When.")
    sessions_ended: int = strawberry.field(description="How many sessions ended by it.")
    api_keys_ended: int = strawberry.field(description="How many API keys ended by it.")
    masked: Masked | None = strawberry.field(description=MASKED)

    @classmethod
    def of(cls, read: Read, row: Any, viewer: Viewer) -> SecurityReport:
        own = row.account_id == viewer.account_id
        hidden = None if own else masked(read, viewer, ["note"])
        return cls(
            id=row.id,
            account_id=row.account_id,
            kind=SecurityReportKind(row.kind),
            note=None if hidden else reads.open_or_none(read, "security_reports.note", row.note),
            reported_at=row.reported_at,
            sessions_ended=row.sessions_ended,
            api_keys_ended=row.keys_ended,
            masked=hidden,
        )


@problem(report_rules.ReportNoteInvalid)
@strawberry.type(name="ReportNoteInvalid", description="The note is too long, or holds a card number.")
class ReportNoteInvalidProblem(Problem):
    length_max: int = strawberry.field(description="The most characters it has.")


@exposes(OUTCOME)
@strawberry.type(
    description="All sessions and API keys of the account have ended, this one too; the company is told."
)
class CompromiseReported:
    report_id: strawberry.ID = strawberry.field(description="The report.")
    sessions_ended: int = strawberry.field(description="How many sessions ended.")
    api_keys_ended: int = strawberry.field(description="How many API keys ended.")


ReportCompromiseResult = Annotated[
    CompromiseReported | ReportNoteInvalidProblem | SessionNotFoundProblem,
    strawberry.union("ReportCompromiseResult", description="What ended, or why nothing did."),
]


@strawberry.type
class ReportMutations:
    @strawberry.mutation(
        metadata=_SELF,
        description="Say that somebody else may act for the account: all its sessions and API keys end at once, this "
        "one too, and the company looks into it. Any member may. Sign in and change your password then.",
    )
    async def report_compromise(
        self, info: Info, input: Annotated[ReportCompromiseInput, _ASKED]
    ) -> ReportCompromiseResult:
        kind = report_rules.ReportKind(input.kind.value)

        def present(_work: Work, reported: Reported) -> CompromiseReported:
            return CompromiseReported(
                report_id=strawberry.ID(reported.id),
                sessions_ended=reported.sessions_ended,
                api_keys_ended=reported.keys_ended,
            )

        outcome = await run(info, lambda work: actions.report_compromise(work, kind, input.note), present)
        if isinstance(outcome, CompromiseReported):
            info.context.cookies.append(Cookie(SESSION_COOKIE, "", 0))
        return outcome


@strawberry.type
class ReportQueries:
    @strawberry.field(
        metadata=declare(_STAFF),
        description="For staff: what members reported, of all accounts, newest first.",
    )
    def security_reports(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[SecurityReport]:
        return _page(info, None, first, after)


def _page(info: Info, account_id: str | None, first: int, after: str | None) -> Connection[SecurityReport]:
    read, viewer = info.context.read, info.context.viewer
    rows = reports(read, account_id, key_after(after), rows_wanted(first))
    return page(rows, first, after, lambda row: SecurityReport.of(read, row, viewer), lambda row: row.id)


@strawberry.field(metadata=declare(_READ), description="What its members reported, newest first.")
def security_reports(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[SecurityReport]:
    return _page(info, account.id, first, after)


EXTENSIONS: tuple[tuple[type, StrawberryField], ...] = ((Account, security_reports),)


def report_node(info: Info, id: str) -> SecurityReport | None:
    """One of the account's own; for staff anybody's."""
    row = reports_by_id(info.context.read, [id]).get(id)
    viewer = info.context.viewer
    if row is None or (row.account_id != viewer.account_id and _STAFF.denial(viewer)):
        return None
    return SecurityReport.of(info.context.read, row, viewer)
