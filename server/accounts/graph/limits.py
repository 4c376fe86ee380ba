"""What the company lets one account use of the API (M144)."""

from __future__ import annotations

from typing import Annotated, Any, Self

import strawberry

from server.accounts import actions
from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.accounts.rules import limits
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, common, problem

_STAFF = declare(Access(Who.STAFF, "security", staff_roles=frozenset({StaffRole.ADMIN.value})))


@strawberry.input(
    description="So many points of cost at once, and so many a second in the long run. They hold for the account and "
    "for each of its keys and sessions."
)
class ApiLimitsInput:
    cost_max: int = strawberry.field(description="Points that may be used at once, 1,000 to 10,000,000.")
    restored_per_second: int = strawberry.field(
        description="Points that come back each second, 10 to 1,000,000."
    )


@strawberry.input(description="Which account may use how much of the API.")
class SetApiLimitsInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")
    limits: ApiLimitsInput | None = strawberry.field(
        default=None, description="What it may use; null for what everybody may."
    )


@exposes(OUTCOME)
@strawberry.type(description="The account may use so much of the API from its next request on.")
class ApiLimitsSet:
    account_id: strawberry.ID = strawberry.field(description="The account.")


@problem(limits.ApiLimitsInvalid)
@strawberry.type(
    name="ApiLimitsInvalid", description="A limit is below or above what an account can be given."
)
class ApiLimitsInvalidProblem(Problem):
    cost_min: int = strawberry.field(description="The fewest points that may be used at once.")
    cost_max: int = strawberry.field(description="The most points that may be used at once.")
    restored_per_second_min: int = strawberry.field(
        description="The fewest points that come back each second."
    )
    restored_per_second_max: int = strawberry.field(description="The most points that come back each second.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        return cls(**refusal.numbers(), **common(refusal))


SetApiLimitsResult = Annotated[
    ApiLimitsSet | AccountNotFoundProblem | ApiLimitsInvalidProblem,
    strawberry.union("SetApiLimitsResult", description="That the limits hold, or why not."),
]


@strawberry.type
class LimitMutations:
    @strawberry.mutation(
        metadata=_STAFF,
        description="For staff: let an account use more or less of the API than everybody may (M144). "
        "`extensions.cost` of each answer tells a client what it may use now.",
    )
    async def set_api_limits(
        self,
        info: Info,
        input: Annotated[SetApiLimitsInput, strawberry.argument(description="What is asked for.")],
    ) -> SetApiLimitsResult:
        given = input.limits
        asked = limits.ApiLimits(given.cost_max, given.restored_per_second) if given is not None else None
        return await run(
            info,
            lambda work: actions.set_api_limits(work, input.account_id, asked),
            lambda _work, _none: ApiLimitsSet(account_id=input.account_id),
        )
