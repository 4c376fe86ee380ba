"""What can be done with plans, extra seats, and members who leave with the end of a cycle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry

from server.accounts.graph.people_problems import (
    LastOwnerProblem,
    MemberNotFoundProblem,
    PostalAddressMissingProblem,
    RoleNotGrantableProblem,
    StepUpRequiredProblem,
)
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.orders.graph.problems import CountryMissingProblem
from server.plans import reads
from server.plans.actions import members, ordering, seats
from server.plans.graph.access import TEAM, WRITE, account_of
from server.plans.graph.enums import ChangeTimeEnum, CycleEnum
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
from server.plans.reads import SubscriptionRow
from server.plans.rules.terms import Cycle
from server.topups.graph.problems import NoValidPaymentMethod, TooManyTopUps

_ASKED = strawberry.argument(description="What is asked for.")
_METHOD = "The saved card that pays; the account's default one when left out, and where it is gone later."
_PLAN = "The plan's code in the catalog."


@strawberry.input(description="A plan to start.")
class StartPlanInput:
    plan: str = strawberry.field(description=_PLAN)
    cycle: CycleEnum = strawberry.field(description="By which cycle it is billed.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    payment_method_id: strawberry.ID | None = strawberry.field(default=None, description=_METHOD)


@strawberry.input(description="What the account's plan becomes.")
class ChangePlanInput:
    plan: str = strawberry.field(description=_PLAN)
    cycle: CycleEnum = strawberry.field(description="By which cycle it is billed then.")
    when: ChangeTimeEnum = strawberry.field(description="When it begins.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="Extra seats to buy.")
class BuySeatsInput:
    count: int = strawberry.field(description="How many.")
    cycle: CycleEnum = strawberry.field(description="By which cycle they are billed.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    payment_method_id: strawberry.ID | None = strawberry.field(default=None, description=_METHOD)


@strawberry.input(description="Extra seats to give up.")
class RemoveSeatsInput:
    seats_id: strawberry.ID = strawberry.field(description="The purchase, `pls_…`.")
    count: int = strawberry.field(description="How many of its seats.")


@strawberry.input(description="Extra seats to keep.")
class KeepSeatsInput:
    seats_id: strawberry.ID = strawberry.field(description="The purchase, `pls_…`.")


@strawberry.input(description="A member who leaves, or stays.")
class WithdrawMemberInput:
    person_id: strawberry.ID = strawberry.field(description="The person.")


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


@strawberry.type
class PlanMutations:
    @strawberry.mutation(
        description="Choose a paid plan. A saved card pays for its first cycle, and for every next one at the instant "
        "at which the last one ends, until the plan is cancelled.",
        metadata=declare(WRITE),
    )
    async def start_plan(self, info: Info, input: Annotated[StartPlanInput, _ASKED]) -> StartPlanResult:
        account_id, cycle = account_of(info), Cycle[input.cycle.name]
        return await run_once(
            info,
            input,
            lambda work: ordering.start_plan(work, account_id, input.plan, cycle, input.payment_method_id),
            _present(account_id, PlanOrderedPayload),
        )

    @strawberry.mutation(
        description="Have another plan, or another length of cycle: a larger plan at once, by a new cycle at its full "
        "price, or anything with the next cycle. To ask for what the account has takes back what was planned.",
        metadata=declare(WRITE),
    )
    async def change_plan(self, info: Info, input: Annotated[ChangePlanInput, _ASKED]) -> ChangePlanResult:
        account_id, cycle = account_of(info), Cycle[input.cycle.name]
        at_once = input.when is ChangeTimeEnum.NOW
        return await run_once(
            info,
            input,
            lambda work: ordering.change_plan(work, account_id, input.plan, cycle, at_once=at_once),
            _present(account_id, PlanChangeOrderedPayload),
        )

    @strawberry.mutation(
        description="Let the plan end with its cycle; until then everything stays, and nothing is given back. At or "
        "after the instant of billing the cycle that begins there is charged, and is the last.",
        metadata=declare(WRITE),
    )
    async def cancel_plan(self, info: Info) -> CancelPlanResult:
        account_id = account_of(info)
        return await run(
            info, lambda work: ordering.cancel_plan(work, account_id), _shown(PlanCancelledPayload)
        )

    @strawberry.mutation(
        description="Take the cancellation of the plan back, while it has not ended.", metadata=declare(WRITE)
    )
    async def resume_plan(self, info: Info) -> ResumePlanResult:
        account_id = account_of(info)
        return await run(
            info, lambda work: ordering.resume_plan(work, account_id), _shown(PlanResumedPayload)
        )

    @strawberry.mutation(
        description="Have more people than the plan allows. A saved card pays for the seats by a cycle of their own.",
        metadata=declare(WRITE),
    )
    async def buy_seats(self, info: Info, input: Annotated[BuySeatsInput, _ASKED]) -> BuySeatsResult:
        account_id, cycle = account_of(info), Cycle[input.cycle.name]
        return await run_once(
            info,
            input,
            lambda work: seats.buy_seats(work, account_id, input.count, cycle, input.payment_method_id),
            _present(account_id, SeatsOrderedPayload),
        )

    @strawberry.mutation(
        description="Give extra seats up. They stay until the end of their cycle, and nothing is given back.",
        metadata=declare(WRITE),
    )
    async def remove_seats(self, info: Info, input: Annotated[RemoveSeatsInput, _ASKED]) -> RemoveSeatsResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: seats.remove_seats(work, account_id, input.seats_id, input.count),
            _shown(SeatsRemovedPayload),
        )

    @strawberry.mutation(
        description="Take back that extra seats were given up, while they are there.", metadata=declare(WRITE)
    )
    async def keep_seats(self, info: Info, input: Annotated[KeepSeatsInput, _ASKED]) -> KeepSeatsResult:
        account_id = account_of(info)
        return await run(
            info, lambda work: seats.keep_seats(work, account_id, input.seats_id), _shown(SeatsKeptPayload)
        )

    @strawberry.mutation(
        description="Let a member leave with the end of the plan's cycle: active until then, definitively withdrawn "
        "at that instant. To lock somebody out at once, call `removeMember`.",
        metadata=declare(TEAM),
    )
    async def withdraw_member(
        self, info: Info, input: Annotated[WithdrawMemberInput, _ASKED]
    ) -> WithdrawMemberResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: members.plan_withdrawal(work, account_id, input.person_id),
            lambda _work, at: MemberWithdrawalPlannedPayload(person_id=input.person_id, withdrawn_at=at),
        )

    @strawberry.mutation(
        description="Let a member stay who was to leave with the end of the cycle.", metadata=declare(TEAM)
    )
    async def keep_member(
        self, info: Info, input: Annotated[WithdrawMemberInput, _ASKED]
    ) -> KeepMemberResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: members.undo_withdrawal(work, account_id, input.person_id),
            lambda _work, _none: MemberWithdrawalUndonePayload(person_id=input.person_id),
        )


def _shown(payload: type[Any]) -> Callable[[Work, SubscriptionRow], Any]:
    return lambda _work, row: payload(subscription=SubscriptionType.of(row))


def _present(account_id: str, payload: type[Any]) -> Callable[[Work, Receipt], Any]:
    def present(work: Work, receipt: Receipt) -> Any:
        row = reads.subscription(work, account_id, receipt.facts["subscription_id"])
        assert row is not None, "an idempotency key lives no longer than what it made"
        return payload(subscription=SubscriptionType.of(row), replayed=receipt.replayed)

    return present
