"""E-mails that were given up, for the company's own people."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Self

import strawberry

from server.accounts.rules.accesses import LegalDuty
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, common, problem
from server.notices import actions, reads, rules
from server.notices.graph.enums import NoticeKind

_ASKED = strawberry.argument(description="Which e-mail.")
_STAFF = Access(
    Who.STAFF,
    "api_use",
    staff_roles=frozenset({StaffRole.SUPPORT.value, StaffRole.ADMIN.value}),
    duty=LegalDuty.OPERATION.value,
)


@strawberry.enum(description="Why an e-mail that was given up cannot be sent again.")
class Unsendable(Enum):
    CODE_IS_GONE = strawberry.enum_value(
        "CODE_IS_GONE", description="It carried a code, which was deleted: its reader asks for another one."
    )
    NO_ADDRESS = strawberry.enum_value(
        "NO_ADDRESS", description="Its reader has no verified address any more."
    )


@exposes(_STAFF)
@strawberry.type(description="An e-mail that was given up. Its address was deleted then.")
class DeadLetter:
    id: strawberry.ID = strawberry.field(description="Its id, for `retryDeadLetter`.")
    notice_id: strawberry.ID = strawberry.field(description="The notice that it was to carry.")
    account_id: strawberry.ID = strawberry.field(description="The account that it was for.")
    kind: NoticeKind = strawberry.field(description="What it was about.")
    attempts: int = strawberry.field(description="How often it was tried.")
    error: str | None = strawberry.field(
        description="Why it was given up: the relay's reply code, or a word."
    )
    given_up_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, row: reads.DeadLetter) -> DeadLetter:
        return cls(
            id=strawberry.ID(row.id),
            notice_id=strawberry.ID(row.notice_id),
            account_id=strawberry.ID(row.account_id),
            kind=NoticeKind(row.kind),
            attempts=row.attempts,
            error=row.error,
            given_up_at=row.settled_at,
        )


@problem(rules.DeadLetterNotFound)
@strawberry.type(name="DeadLetterNotFound", description="No e-mail with this id was given up.")
class DeadLetterNotFoundProblem(Problem):
    pass


@problem(rules.DeadLetterNotRetryable)
@strawberry.type(name="DeadLetterNotRetryable", description="It cannot be sent again.")
class DeadLetterNotRetryableProblem(Problem):
    reason: Unsendable = strawberry.field(description="Why not.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        return cls(reason=Unsendable(refusal.reason), **common(refusal))


@strawberry.input(description="Which e-mail is sent again.")
class RetryDeadLetterInput:
    id: strawberry.ID = strawberry.field(description="The dead letter's id.")


@exposes(OUTCOME)
@strawberry.type(description="The e-mail is queued again, to the reader's present address.")
class DeadLetterRetried:
    id: strawberry.ID = strawberry.field(description="The e-mail.")


RetryDeadLetterResult = Annotated[
    DeadLetterRetried | DeadLetterNotFoundProblem | DeadLetterNotRetryableProblem,
    strawberry.union("RetryDeadLetterResult", description="That it is queued, or why not."),
]


@strawberry.type
class NoticeQueries:
    @strawberry.field(
        metadata=declare(_STAFF), description="For staff: e-mails that were given up, newest first."
    )
    def dead_letters(self, info: Info, first: First = 20, after: After = None) -> Connection[DeadLetter]:
        rows = reads.dead_letters(info.context.read, rows_wanted(first), key_after(after))
        return page(rows, first, after, DeadLetter.of, lambda row: row.id)


@strawberry.type
class DeadLetterMutations:
    @strawberry.mutation(
        metadata=declare(_STAFF), description="For staff: send an e-mail again that was given up."
    )
    async def retry_dead_letter(
        self, info: Info, input: Annotated[RetryDeadLetterInput, _ASKED]
    ) -> RetryDeadLetterResult:
        return await run(
            info,
            lambda work: actions.retry_dead_letter(work, input.id),
            lambda _work, _none: DeadLetterRetried(id=input.id),
        )
