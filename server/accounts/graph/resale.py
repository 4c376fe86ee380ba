"""Whether an account may sell the service on, and the field by which staff says so (M009)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from server.accounts import actions
from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.accounts.rules import resale
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, problem

_STAFF = declare(Access(Who.STAFF, "identification", staff_roles=frozenset({StaffRole.ADMIN.value})))


@strawberry.enum(description="Why a permission to resell is given or taken.")
class ResaleReason(Enum):
    CONTRACT_SIGNED = strawberry.enum_value("CONTRACT_SIGNED", description="The contract permits it.")
    CONTRACT_ENDED = strawberry.enum_value("CONTRACT_ENDED", description="That contract has ended.")
    CONTRACT_BROKEN = strawberry.enum_value("CONTRACT_BROKEN", description="The customer did not keep to it.")
    CORRECTION = strawberry.enum_value("CORRECTION", description="What was said before was wrong.")


@problem(resale.ResaleForbidden)
@strawberry.type(
    name="ResaleForbidden", description="The service is for the customer alone: no contract permits resale."
)
class ResaleForbiddenProblem(Problem):
    pass


@strawberry.input(description="Whether the contract with an account permits resale.")
class SetResalePermissionInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")
    permitted: bool = strawberry.field(description="Whether it does.")
    reason: ResaleReason = strawberry.field(description="Why this is said now.")


@exposes(OUTCOME)
@strawberry.type(description="It is stored what the contract says.")
class ResalePermissionSet:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    permitted: bool = strawberry.field(description="Whether its contract permits resale.")


SetResalePermissionResult = Annotated[
    ResalePermissionSet | ResaleForbiddenProblem | AccountNotFoundProblem,
    strawberry.union("SetResalePermissionResult", description="What is stored, or why nothing is."),
]


@strawberry.type
class ResaleMutations:
    @strawberry.mutation(
        metadata=_STAFF,
        description="For staff: say whether the contract with an account permits it to sell the service on (M009).",
    )
    async def set_resale_permission(
        self,
        info: Info,
        input: Annotated[SetResalePermissionInput, strawberry.argument(description="What is asked for.")],
    ) -> SetResalePermissionResult:
        reason = resale.ResaleReason(input.reason.value)
        return await run(
            info,
            lambda work: actions.set_resale_permission(
                work, input.account_id, permitted=input.permitted, reason=reason
            ),
            lambda _work, _none: ResalePermissionSet(account_id=input.account_id, permitted=input.permitted),
        )
