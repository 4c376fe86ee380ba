"""Closing one's account, with what is lost by it shown and acknowledged, and reactivating it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Self

import strawberry

from server.accounts import actions
from server.accounts.graph.lifecycle_problems import AccountStatusConflictProblem
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules import ACCOUNT_CLOSE
from server.accounts.rules import closing as rules
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
from server.kit.graph.problems import Problem, common, problem
from server.kit.idempotency import Receipt
from server.kit.money import Currency, to_decimal
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_CLOSE = Access(Who.SIGNED_IN, "identification", scope=ACCOUNT_CLOSE)
_ACCOUNT = declare(Access(Who.SIGNED_IN, "identification", scope="account:write"))


@strawberry.enum(description="What is lost by closing an account.")
class LossKind(Enum):
    CREDITS = strawberry.enum_value("CREDITS", description="Credits that were not used.")
    MONEY = strawberry.enum_value("MONEY", description="Money in a balance; it is not refunded.")
    PAYMENT_IN_FLIGHT = strawberry.enum_value(
        "PAYMENT_IN_FLIGHT", description="A payment on its way; what arrives later cannot be used."
    )
    ORDER = strawberry.enum_value("ORDER", description="The units of a paid order that are not done.")
    PLAN = strawberry.enum_value("PLAN", description="The rest of a plan's paid period.")
    SENDER_ID = strawberry.enum_value("SENDER_ID", description="An accepted sender ID.")
    DEDICATED_IP = strawberry.enum_value("DEDICATED_IP", description="A rented IP address.")


@exposes(OUTCOME)
@strawberry.type(description="One thing that is lost by closing the account.")
class Loss:
    kind: LossKind = strawberry.field(description="What it is.")
    unit: str | None = strawberry.field(
        description="In what it is counted: a currency, EMAIL or SMS; null for a mere number."
    )
    quantity: Decimal = strawberry.field(description="How much, or how many.")
    subject_id: strawberry.ID | None = strawberry.field(
        description="Which thing; null where the unit says that."
    )
    until: datetime | None = strawberry.field(
        description="When it would have ended; null where that is open."
    )

    @classmethod
    def of(cls, loss: rules.Loss) -> Loss:
        currency = Currency.__members__.get(loss.unit or "")
        return cls(
            kind=LossKind(loss.kind),
            unit=loss.unit,
            quantity=to_decimal(loss.quantity, currency) if currency else Decimal(loss.quantity),
            subject_id=strawberry.ID(loss.subject_id) if loss.subject_id else None,
            until=datetime.fromisoformat(loss.until) if loss.until else None,
        )


@exposes(_CLOSE)
@strawberry.type(description="What closing the account now would mean. Nothing is refunded.")
class ClosurePreview:
    losses: list[Loss] = strawberry.field(description="All that is lost.")
    digest: str = strawberry.field(
        description="Stands for exactly these losses: `closeAccount` takes it as the acknowledgement."
    )

    @classmethod
    def of(cls, losses: Sequence[rules.Loss]) -> ClosurePreview:
        return cls(losses=[Loss.of(loss) for loss in losses], digest=rules.digest(losses))


@problem(rules.LossesNotAcknowledged)
@strawberry.type(
    name="LossesNotAcknowledged",
    description="What would be lost is not what was acknowledged. This is what it is now.",
)
class LossesNotAcknowledgedProblem(Problem):
    losses: list[Loss] = strawberry.field(description="All that is lost.")
    digest: str = strawberry.field(description="Stands for exactly these losses.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        losses = [Loss.of(loss) for loss in rules.decode(refusal.losses)]
        return cls(losses=losses, digest=refusal.digest, **common(refusal))


@strawberry.input(description="That the account shall be closed, knowing what is lost.")
class CloseAccountInput:
    acknowledged_losses: str = strawberry.field(description="The digest of `closurePreview`.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The account is closed for ever; this session has ended, too.")
class AccountClosed:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    closed_at: datetime = strawberry.field(description="When.")


@exposes(OUTCOME)
@strawberry.type(description="The account may be used again, and its API keys work.")
class AccountReactivated:
    reactivated_at: datetime = strawberry.field(description="When.")


CloseAccountResult = Annotated[
    AccountClosed
    | LossesNotAcknowledgedProblem
    | StepUpRequiredProblem
    | AccountStatusConflictProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("CloseAccountResult", description="That the account is closed, or why not."),
]
ReactivateAccountResult = Annotated[
    AccountReactivated | AccountStatusConflictProblem,
    strawberry.union("ReactivateAccountResult", description="That the account is active, or why not."),
]


@strawberry.type
class ClosingQueries:
    @strawberry.field(
        metadata=declare(_CLOSE), description="What the account would lose if its owner closed it now (M086)."
    )
    def closure_preview(self, info: Info) -> ClosurePreview:
        read, account_id = info.context.read, info.context.viewer.account_id
        assert account_id is not None
        return ClosurePreview.of(read.terms(LossSources).losses(read, account_id))


@strawberry.type
class ClosingMutations:
    @strawberry.mutation(
        metadata=declare(_CLOSE),
        description="Close the account for ever, without notice and without a refund. Needs a fresh proof of the "
        "password, and the acknowledgement of exactly what is lost.",
    )
    async def close_account(
        self, info: Info, input: Annotated[CloseAccountInput, _ASKED]
    ) -> CloseAccountResult:
        def present(work: Work, receipt: Receipt) -> AccountClosed:
            return AccountClosed(account_id=strawberry.ID(receipt.facts["account_id"]), closed_at=work.now)

        return await run_once(
            info, input, lambda work: actions.close_account(work, input.acknowledged_losses), present
        )

    @strawberry.mutation(
        metadata=_ACCOUNT, description="Use an account again that was disabled or deactivated (M088)."
    )
    async def reactivate_account(self, info: Info) -> ReactivateAccountResult:
        return await run(
            info,
            actions.reactivate_account,
            lambda work, _none: AccountReactivated(reactivated_at=work.now),
        )
