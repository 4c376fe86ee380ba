"""What can be done with plans, extra seats, and members who leave with the end of a cycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import run, run_once
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.plans import reads
from server.plans.actions import members, ordering, seats
from server.plans.graph.access import TEAM, WRITE
from server.plans.graph.enums import ChangeTimeEnum
from server.plans.graph.inputs import (
    BuySeatsInput,
    ChangePlanInput,
    KeepSeatsInput,
    RemoveSeatsInput,
    StartPlanInput,
    WithdrawMemberInput,
)
from server.plans.graph.results import (
    BuySeatsResult,
    CancelPlanResult,
    ChangePlanResult,
    KeepMemberResult,
    KeepSeatsResult,
    MemberWithdrawalPlannedPayload,
    MemberWithdrawalUndonePayload,
    PlanCancelledPayload,
    PlanChangeOrderedPayload,
    PlanOrderedPayload,
    PlanResumedPayload,
    RemoveSeatsResult,
    ResumePlanResult,
    SeatsKeptPayload,
    SeatsOrderedPayload,
    SeatsRemovedPayload,
    StartPlanResult,
    WithdrawMemberResult,
)
from server.plans.graph.types import SubscriptionType
from server.plans.reads import SubscriptionRow
from server.plans.rules.terms import Cycle

_ASKED = strawberry.argument(description="What is asked for.")


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
