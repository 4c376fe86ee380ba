"""What the company's own people may do to a customer's account. Each leaves an audit row and an event (M083)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from server.accounts import actions
from server.accounts.graph.lifecycle_problems import (
    AccountNotFoundProblem,
    AccountStatusConflictProblem,
    ReasonRequiredProblem,
)
from server.accounts.graph.types import Industry
from server.accounts.rules import lifecycle, signing
from server.accounts.rules.accesses import LegalDuty
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_STAFF = declare(
    Access(
        Who.STAFF,
        "security",
        staff_roles=frozenset({StaffRole.SUPPORT.value, StaffRole.ADMIN.value}),
        duty=LegalDuty.OPERATION.value,  # nothing of the account is shown
    )
)


@strawberry.enum(description="Why the company suspends or closes an account.")
class SuspensionReason(Enum):
    COMPLAINT = strawberry.enum_value("COMPLAINT", description="A complaint about what was sent.")
    ABUSE = strawberry.enum_value("ABUSE", description="Use against the terms.")
    PAYMENT = strawberry.enum_value("PAYMENT", description="Something is not paid.")
    SECURITY = strawberry.enum_value("SECURITY", description="Somebody else may act for it.")
    LEGAL = strawberry.enum_value("LEGAL", description="The law asks for it.")
    INDUSTRY = strawberry.enum_value("INDUSTRY", description="Its industry is not served.")
    OTHER = strawberry.enum_value("OTHER", description="Another reason.")


@strawberry.input(description="Which account is suspended, and why.")
class SuspendAccountInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")
    reason: SuspensionReason | None = strawberry.field(
        default=None, description="Why; the terms say whether there must be a reason."
    )


@strawberry.input(description="Which account's suspension ends.")
class UnsuspendAccountInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")


@strawberry.input(description="Which account is closed to prevent harm, and why.")
class ClosePreventivelyInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    reason: SuspensionReason | None = strawberry.field(
        default=None, description="Why; the terms say whether there must be a reason."
    )


@strawberry.input(description="What an account's business is, as the company found it.")
class ReviewIndustryInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")
    industry: Industry = strawberry.field(
        description="What it is; one that is not served closes the account for ever."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(
    description="The account is restricted; its API keys are of no use, and its subscriptions ended."
)
class AccountSuspended:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    suspended_at: datetime = strawberry.field(description="When.")


@exposes(OUTCOME)
@strawberry.type(description="The account may be used again.")
class AccountUnsuspended:
    account_id: strawberry.ID = strawberry.field(description="The account.")


@exposes(OUTCOME)
@strawberry.type(description="The account is closed for ever; what was left in it is forfeited.")
class AccountClosedPreventively:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    replayed: bool = strawberry.field(description="Whether this was done by an earlier request.")


@exposes(OUTCOME)
@strawberry.type(description="The account's industry was reviewed.")
class IndustryReviewed:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    industry: Industry = strawberry.field(description="What its business is.")
    account_closed: bool = strawberry.field(
        description="Whether the industry is not served, so that the account was closed and what was left forfeited."
    )
    replayed: bool = strawberry.field(description="Whether this was done by an earlier request.")


SuspendAccountResult = Annotated[
    AccountSuspended | AccountNotFoundProblem | AccountStatusConflictProblem | ReasonRequiredProblem,
    strawberry.union("SuspendAccountResult", description="That the account is suspended, or why not."),
]
UnsuspendAccountResult = Annotated[
    AccountUnsuspended | AccountNotFoundProblem | AccountStatusConflictProblem,
    strawberry.union("UnsuspendAccountResult", description="That the suspension ended, or why not."),
]
ClosePreventivelyResult = Annotated[
    AccountClosedPreventively
    | AccountNotFoundProblem
    | AccountStatusConflictProblem
    | ReasonRequiredProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ClosePreventivelyResult", description="That the account is closed, or why not."),
]

ReviewIndustryResult = Annotated[
    IndustryReviewed
    | AccountNotFoundProblem
    | AccountStatusConflictProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ReviewIndustryResult", description="What became of the account, or why nothing."),
]


@strawberry.type
class StaffMutations:
    @strawberry.mutation(
        metadata=_STAFF,
        description="For staff: restrict an account, with or without cause (M083). Its people may still sign in, read, "
        "pay and close it.",
    )
    async def suspend_account(
        self, info: Info, input: Annotated[SuspendAccountInput, _ASKED]
    ) -> SuspendAccountResult:
        return await run(
            info,
            lambda work: actions.suspend_account(work, input.account_id, _reason(input.reason)),
            lambda work, _none: AccountSuspended(account_id=input.account_id, suspended_at=work.now),
        )

    @strawberry.mutation(metadata=_STAFF, description="For staff: end a suspension.")
    async def unsuspend_account(
        self, info: Info, input: Annotated[UnsuspendAccountInput, _ASKED]
    ) -> UnsuspendAccountResult:
        return await run(
            info,
            lambda work: actions.reinstate_account(work, input.account_id),
            lambda _work, _none: AccountUnsuspended(account_id=input.account_id),
        )

    @strawberry.mutation(
        metadata=_STAFF,
        description="For staff: close an account for ever to prevent harm. Nothing is refunded (M026).",
    )
    async def close_preventively(
        self, info: Info, input: Annotated[ClosePreventivelyInput, _ASKED]
    ) -> ClosePreventivelyResult:
        def present(_work: Work, receipt: Receipt) -> AccountClosedPreventively:
            return AccountClosedPreventively(account_id=input.account_id, replayed=receipt.replayed)

        return await run_once(
            info,
            input,
            lambda work: actions.close_preventively(work, input.account_id, _reason(input.reason)),
            present,
        )

    @strawberry.mutation(
        metadata=_STAFF,
        description="For staff: note what an account's business is. An industry that is not served ends the service at "
        "once (M021): the account is closed for ever, and nothing is refunded (M026).",
    )
    async def review_industry(
        self, info: Info, input: Annotated[ReviewIndustryInput, _ASKED]
    ) -> ReviewIndustryResult:
        def present(_work: Work, receipt: Receipt) -> IndustryReviewed:
            return IndustryReviewed(
                account_id=input.account_id,
                industry=input.industry,
                account_closed=receipt.facts["closed"],
                replayed=receipt.replayed,
            )

        industry = signing.Industry(input.industry.value)
        return await run_once(
            info, input, lambda work: actions.review_industry(work, input.account_id, industry), present
        )


def _reason(reason: SuspensionReason | None) -> lifecycle.SuspensionReason | None:
    return lifecycle.SuspensionReason(reason.value) if reason is not None else None
