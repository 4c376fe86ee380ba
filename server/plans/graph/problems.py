"""The refusals of plans as members of result unions."""

from __future__ import annotations

import strawberry

from server.kit.graph.problems import Problem, problem
from server.plans.graph.enums import StatusEnum
from server.plans.rules import problems


@problem(problems.PlanUnknown)
@strawberry.type(
    name="PlanUnknown", description="The catalog has no such paid plan; to have the free one, cancel."
)
class PlanUnknownProblem(Problem):
    plan: str = strawberry.field(description="The code that was asked for.")


@problem(problems.PlanAlreadyRunning)
@strawberry.type(
    name="PlanAlreadyRunning",
    description="The account has a paid plan, or one waits for its first payment: change that one.",
)
class PlanAlreadyRunningProblem(Problem):
    plan: str = strawberry.field(description="Its code.")
    status: StatusEnum = strawberry.field(description="Where it is.")


@problem(problems.NoPaidPlan)
@strawberry.type(name="NoPaidPlan", description="The account has the free plan.")
class NoPaidPlanProblem(Problem):
    pass


@problem(problems.PlanUnchanged)
@strawberry.type(name="PlanUnchanged", description="The account has this plan in this cycle already.")
class PlanUnchangedProblem(Problem):
    plan: str = strawberry.field(description="Its code.")


@problem(problems.PlanPaymentPending)
@strawberry.type(
    name="PlanPaymentPending",
    description="A payment waits for its outcome; nothing can be changed until then.",
)
class PlanPaymentPendingProblem(Problem):
    top_up_id: strawberry.ID | None = strawberry.field(
        description="The payment; null while the card is waiting to be asked again."
    )


@problem(problems.PlanEnding)
@strawberry.type(
    name="PlanEnding", description="The plan was cancelled: call `resumePlan` before changing it."
)
class PlanEndingProblem(Problem):
    plan: str = strawberry.field(description="Its code.")


@problem(problems.NotAnUpgrade)
@strawberry.type(
    name="NotAnUpgrade",
    description="Only a larger plan, or the same one by the year, begins at once; this one begins with the next cycle.",
)
class NotAnUpgradeProblem(Problem):
    plan: str = strawberry.field(description="The code that was asked for.")


@problem(problems.PlanNotCancelled)
@strawberry.type(name="PlanNotCancelled", description="There is no cancellation to take back.")
class PlanNotCancelledProblem(Problem):
    status: StatusEnum = strawberry.field(description="Where it is instead.")


@problem(problems.UsersExceedPlan)
@strawberry.type(
    name="UsersExceedPlan",
    description="The account has more people than it would be allowed: remove some, or buy extra seats.",
)
class UsersExceedPlanProblem(Problem):
    users_max: int = strawberry.field(description="How many it would be allowed, extra seats included.")
    used: int = strawberry.field(description="How many it has, invited ones included.")


@problem(problems.SeatsOutOfRange)
@strawberry.type(name="SeatsOutOfRange", description="So many seats cannot be bought or given up.")
class SeatsOutOfRangeProblem(Problem):
    minimum: int = strawberry.field(description="The fewest.")
    maximum: int = strawberry.field(description="The most; below the fewest when it is none.")


@problem(problems.TooManySeatPurchases)
@strawberry.type(
    name="TooManySeatPurchases", description="As many purchases of seats as allowed are running."
)
class TooManySeatPurchasesProblem(Problem):
    limit: int = strawberry.field(description="How many that is.")


@problem(problems.SeatsNotFound)
@strawberry.type(name="SeatsNotFound", description="The account has no such purchase of extra seats.")
class SeatsNotFoundProblem(Problem):
    pass


@problem(problems.WithdrawalNotPlanned)
@strawberry.type(name="WithdrawalNotPlanned", description="No withdrawal of this person is planned.")
class WithdrawalNotPlannedProblem(Problem):
    pass
