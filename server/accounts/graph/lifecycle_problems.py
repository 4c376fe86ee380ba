"""Refusals about an account's state as members of result unions."""

from __future__ import annotations

from typing import Any, Self

import strawberry

from server.accounts.graph.types import AccountStatus
from server.accounts.rules import lifecycle
from server.kit.graph.problems import Problem, common, problem


@problem(lifecycle.AccountStatusConflict)
@strawberry.type(name="AccountStatusConflict", description="The account's present state does not allow that.")
class AccountStatusConflictProblem(Problem):
    status: AccountStatus = strawberry.field(description="The account's state.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        return cls(status=AccountStatus(refusal.status), **common(refusal))


@problem(lifecycle.AccountNotFound)
@strawberry.type(name="AccountNotFound", description="No customer has an account with this id.")
class AccountNotFoundProblem(Problem):
    pass


@problem(lifecycle.ReasonRequired)
@strawberry.type(name="ReasonRequired", description="The terms of this service ask for a reason.")
class ReasonRequiredProblem(Problem):
    pass
