"""The field by which staff says that somebody showed their age (P032)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.actions.ages import verify_age
from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.accounts.rules.age import AgeMethod
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work

_ROLES = frozenset({StaffRole.SUPPORT.value, StaffRole.PRIVACY_OFFICER.value, StaffRole.ADMIN.value})


@strawberry.input(description="Whose owner showed a document.")
class VerifyAgeInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")


@exposes(OUTCOME)
@strawberry.type(description="It is kept that the account's owner is old enough, and not what they showed.")
class AgeVerified:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    verified_at: datetime = strawberry.field(description="When.")


VerifyAgeResult = Annotated[
    AgeVerified | AccountNotFoundProblem,
    strawberry.union("VerifyAgeResult", description="What is kept, or that there is no account."),
]


@strawberry.type
class AgeMutations:
    @strawberry.mutation(
        metadata=declare(Access(Who.STAFF, "security", staff_roles=_ROLES)),
        description="For staff: say that the owner of an account showed by a document that they are old enough. Who "
        "saves a card shows it by that.",
    )
    async def verify_age(
        self,
        info: Info,
        input: Annotated[VerifyAgeInput, strawberry.argument(description="What is asked for.")],
    ) -> VerifyAgeResult:
        def verify(work: Work) -> None:
            verify_age(work, input.account_id, AgeMethod.DOCUMENT)

        return await run(
            info, verify, lambda work, _none: AgeVerified(account_id=input.account_id, verified_at=work.now)
        )
