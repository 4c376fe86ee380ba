"""Refusing a new version of the policy: leaving with one's data, and without being locked out (P049)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.graph.closing import LossesNotAcknowledgedProblem
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.graph.problems import PolicyNotInForceProblem
from server.accounts.rules import ACCOUNT_CLOSE
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import EXPORT
from server.kit.work import Work
from server.privacy.actions.refusing import refuse_policy
from server.privacy.graph.exporting import DataExportForbidden
from server.privacy.graph.request_problems import PrivacyRequestLimitReached
from server.privacy.reads.refusals import RefusalRow, refusal_of

_CLOSE = Access(Who.SIGNED_IN, "identification", ACCOUNT_CLOSE)
_READ = Access(Who.SIGNED_IN, "identification", "account:read")


@exposes(_READ)
@strawberry.type(description="That the account refused a version of the policy, and is leaving.")
class PolicyRefusal:
    document: str = strawberry.field(description="The policy's name.")
    version: str = strawberry.field(description="The version that was refused.")
    refused_at: datetime = strawberry.field(description="When.")
    closes_at: datetime = strawberry.field(
        description="When the account closes, if its copy is made by then. Accept the version before to stay."
    )
    export_id: strawberry.ID = strawberry.field(description="The copy of its data to take along, `exp_…`.")

    @classmethod
    def of(cls, row: RefusalRow) -> PolicyRefusal:
        return cls(
            document=row.document,
            version=row.version,
            refused_at=row.refused_at,
            closes_at=row.closes_at,
            export_id=strawberry.ID(row.export_id),
        )


@strawberry.input(description="Which version is refused, knowing what leaving costs.")
class RefusePolicyInput:
    version: str = strawberry.field(description="A version of the policy that is in force or announced.")
    acknowledged_losses: str = strawberry.field(description="`digest` of `closurePreview`.")


@exposes(OUTCOME)
@strawberry.type(
    description="A copy of the data is being made, and the account closes after time to take it along."
)
class PolicyVersionRefused:
    refusal: PolicyRefusal = strawberry.field(description="What follows, and when.")


RefusePolicyResult = Annotated[
    PolicyVersionRefused
    | PolicyNotInForceProblem
    | LossesNotAcknowledgedProblem
    | StepUpRequiredProblem
    | DataExportForbidden
    | PrivacyRequestLimitReached,
    strawberry.union("RefusePolicyResult", description="That the version is refused, or why not."),
]


@strawberry.type
class RefusingQueries:
    @strawberry.field(
        metadata=declare(_READ),
        description="The version of the policy that the account refused; null when it refused none.",
    )
    def policy_refusal(self, info: Info) -> PolicyRefusal | None:
        account_id = info.context.viewer.account_id
        row = None if account_id is None else refusal_of(info.context.read, account_id)
        return None if row is None else PolicyRefusal.of(row)


@strawberry.type
class RefusingMutations:
    @strawberry.mutation(
        metadata=declare(_CLOSE, cost=EXPORT),
        description="Refuse a new version of the policy (P049): a copy of the account's data is made, and after time "
        "to take it along the account closes. Until then everything works; accepting the version keeps the account. "
        "It needs a fresh proof of the password.",
    )
    async def refuse_policy(
        self,
        info: Info,
        input: Annotated[RefusePolicyInput, strawberry.argument(description="What is refused.")],
    ) -> RefusePolicyResult:
        def present(_work: Work, row: RefusalRow) -> PolicyVersionRefused:
            return PolicyVersionRefused(refusal=PolicyRefusal.of(row))

        return await run(
            info, lambda work: refuse_policy(work, input.version, input.acknowledged_losses), present
        )
