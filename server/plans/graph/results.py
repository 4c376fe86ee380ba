"""What the mutations of plans, seats and members answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.graph.people_problems import (
    LastOwnerProblem,
    MemberNotFoundProblem,
    PostalAddressMissingProblem,
    RoleNotGrantableProblem,
    StepUpRequiredProblem,
)
from server.kit.graph.access import exposes
from server.kit.graph.mutations import (
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
)
from server.orders.graph.problems import CountryMissingProblem
from server.plans.graph.problems import (
    NoPaidPlanProblem,
    NotAnUpgradeProblem,
    PlanAlreadyRunningProblem,
    PlanEndingProblem,
    PlanNotCancelledProblem,
    PlanPaymentPendingProblem,
    PlanUnchangedProblem,
    PlanUnknownProblem,
    SeatsNotFoundProblem,
    SeatsOutOfRangeProblem,
    TooManySeatPurchasesProblem,
    UsersExceedPlanProblem,
    WithdrawalNotPlannedProblem,
)
from server.plans.graph.types import SubscriptionType
from server.topups.graph.problems import NoValidPaymentMethod, TooManyTopUps


@exposes(OUTCOME)
@strawberry.type(
    name="PlanOrdered",
    description="The plan is chosen. It begins when the card has paid for its first cycle.",
)
class PlanOrderedPayload:
    subscription: SubscriptionType = strawberry.field(description="The plan as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(
    name="PlanChangeOrdered",
    description="The change is planned for the next cycle, or waits for its payment to begin at once.",
)
class PlanChangeOrderedPayload:
    subscription: SubscriptionType = strawberry.field(description="The plan as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(
    name="PlanCancelled", description="The plan ends with its cycle; one that was not paid yet never begins."
)
class PlanCancelledPayload:
    subscription: SubscriptionType = strawberry.field(description="The plan as it is now.")


@exposes(OUTCOME)
@strawberry.type(name="PlanResumed", description="The plan renews again.")
class PlanResumedPayload:
    subscription: SubscriptionType = strawberry.field(description="The plan as it is now.")


@exposes(OUTCOME)
@strawberry.type(name="SeatsOrdered", description="The seats are there when the card has paid for them.")
class SeatsOrderedPayload:
    subscription: SubscriptionType = strawberry.field(description="The purchase as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(name="SeatsRemoved", description="The seats go with the end of their cycle.")
class SeatsRemovedPayload:
    subscription: SubscriptionType = strawberry.field(description="The purchase as it is now.")


@exposes(OUTCOME)
@strawberry.type(name="SeatsKept", description="The seats stay.")
class SeatsKeptPayload:
    subscription: SubscriptionType = strawberry.field(description="The purchase as it is now.")


@exposes(OUTCOME)
@strawberry.type(
    name="MemberWithdrawalPlanned",
    description="The member stays active until then, and is withdrawn for good.",
)
class MemberWithdrawalPlannedPayload:
    person_id: strawberry.ID = strawberry.field(description="The person.")
    withdrawn_at: datetime = strawberry.field(description="When; at once with the free plan.")


@exposes(OUTCOME)
@strawberry.type(name="MemberWithdrawalUndone", description="The member stays.")
class MemberWithdrawalUndonePayload:
    person_id: strawberry.ID = strawberry.field(description="The person.")


StartPlanResult = Annotated[
    PlanOrderedPayload
    | PlanUnknownProblem
    | PlanAlreadyRunningProblem
    | NoValidPaymentMethod
    | TooManyTopUps
    | PostalAddressMissingProblem
    | CountryMissingProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("StartPlanResult", description="The chosen plan, or why there is none."),
]
ChangePlanResult = Annotated[
    PlanChangeOrderedPayload
    | PlanUnknownProblem
    | NoPaidPlanProblem
    | PlanUnchangedProblem
    | PlanEndingProblem
    | PlanPaymentPendingProblem
    | NotAnUpgradeProblem
    | UsersExceedPlanProblem
    | NoValidPaymentMethod
    | TooManyTopUps
    | CountryMissingProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ChangePlanResult", description="The change, or why there is none."),
]
CancelPlanResult = Annotated[
    PlanCancelledPayload | NoPaidPlanProblem | NoValidPaymentMethod | TooManyTopUps | CountryMissingProblem,
    strawberry.union("CancelPlanResult", description="That the plan ends, or why not."),
]
ResumePlanResult = Annotated[
    PlanResumedPayload
    | NoPaidPlanProblem
    | PlanNotCancelledProblem
    | NoValidPaymentMethod
    | TooManyTopUps
    | CountryMissingProblem,
    strawberry.union("ResumePlanResult", description="That the plan goes on, or why not."),
]
BuySeatsResult = Annotated[
    SeatsOrderedPayload
    | NoPaidPlanProblem
    | SeatsOutOfRangeProblem
    | TooManySeatPurchasesProblem
    | NoValidPaymentMethod
    | TooManyTopUps
    | CountryMissingProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("BuySeatsResult", description="The chosen seats, or why there are none."),
]
RemoveSeatsResult = Annotated[
    SeatsRemovedPayload
    | SeatsNotFoundProblem
    | SeatsOutOfRangeProblem
    | PlanPaymentPendingProblem
    | TooManyTopUps
    | CountryMissingProblem,
    strawberry.union("RemoveSeatsResult", description="That the seats go, or why not."),
]
KeepSeatsResult = Annotated[
    SeatsKeptPayload
    | SeatsNotFoundProblem
    | PlanNotCancelledProblem
    | NoValidPaymentMethod
    | TooManyTopUps
    | CountryMissingProblem,
    strawberry.union("KeepSeatsResult", description="That the seats stay, or why not."),
]
WithdrawMemberResult = Annotated[
    MemberWithdrawalPlannedPayload
    | MemberNotFoundProblem
    | RoleNotGrantableProblem
    | StepUpRequiredProblem
    | LastOwnerProblem,
    strawberry.union("WithdrawMemberResult", description="When the member goes, or why not."),
]
KeepMemberResult = Annotated[
    MemberWithdrawalUndonePayload | WithdrawalNotPlannedProblem,
    strawberry.union("KeepMemberResult", description="That the member stays, or that nothing was planned."),
]
