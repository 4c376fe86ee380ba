"""What is asked for of plans, seats and members."""

from __future__ import annotations

import strawberry

from server.kit.graph.mutations import IDEMPOTENCY_KEY_DESCRIPTION
from server.plans.graph.enums import ChangeTimeEnum, CycleEnum

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
