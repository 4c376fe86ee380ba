"""What can be done with holds: place, capture, release."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.wallet import actions, reads
from server.wallet.actions import HoldRow
from server.wallet.graph.enums import Unit
from server.wallet.graph.problems import (
    HoldBoundProblem,
    HoldNotFoundProblem,
    HoldNotOpenProblem,
    HoldQuantityInvalidProblem,
    HoldTimeInvalidProblem,
    HoldTooSmallProblem,
    InsufficientBalanceProblem,
    TooManyHoldsProblem,
)
from server.wallet.graph.types import OWN, SPEND, Balance, Hold
from server.wallet.rules import (
    CREDIT_UNITS,
    Counter,
    HoldNotFound,
    HoldState,
    PostingKind,
    Terms,
    check_minutes,
    check_unbound,
    quantity_of,
)

P = TypeVar("P")


@strawberry.input(description="A hold to place.")
class PlaceHoldInput:
    unit: Unit = strawberry.field(description="From which balance.")
    quantity: Decimal = strawberry.field(description="How much, in whole units, above zero.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    minutes: int | None = strawberry.field(
        default=None, description="How long it lasts at most, in minutes; 60 when left out."
    )


@strawberry.input(description="A part of a hold to spend.")
class CaptureHoldInput:
    hold_id: strawberry.ID = strawberry.field(description="Which hold.")
    quantity: Decimal = strawberry.field(description="How much of it, in whole units, above zero.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    final: bool = strawberry.field(
        default=False, description="Whether what is left comes back now; else it stays on hold."
    )


@strawberry.input(description="A hold to give back.")
class ReleaseHoldInput:
    hold_id: strawberry.ID = strawberry.field(description="Which hold.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OWN)
@strawberry.type(description="The hold was placed.")
class HoldPlaced:
    hold: Hold = strawberry.field(description="The hold.")
    balance: Balance = strawberry.field(description="The balance right after it.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OWN)
@strawberry.type(description="A part of the hold was spent.")
class HoldCaptured:
    hold: Hold = strawberry.field(description="The hold right after it.")
    balance: Balance = strawberry.field(description="The balance right after it.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OWN)
@strawberry.type(description="What was left of the hold was given back.")
class HoldReleased:
    hold: Hold = strawberry.field(description="The hold right after it.")
    balance: Balance = strawberry.field(description="The balance right after it.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


PlaceHoldResult = Annotated[
    HoldPlaced
    | InsufficientBalanceProblem
    | HoldQuantityInvalidProblem
    | HoldTimeInvalidProblem
    | TooManyHoldsProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("PlaceHoldResult", description="The hold, or why there is none."),
]
CaptureHoldResult = Annotated[
    HoldCaptured
    | HoldNotFoundProblem
    | HoldBoundProblem
    | HoldNotOpenProblem
    | HoldTooSmallProblem
    | HoldQuantityInvalidProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("CaptureHoldResult", description="What was spent, or why nothing was."),
]
ReleaseHoldResult = Annotated[
    HoldReleased
    | HoldNotFoundProblem
    | HoldBoundProblem
    | HoldNotOpenProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ReleaseHoldResult", description="The hold, or why it was not given back."),
]


@strawberry.type
class WalletMutations:
    @strawberry.mutation(
        description="Set a quantity of a balance aside: nobody else can spend it until the hold is captured, released "
        "or expires.",
        metadata=declare(SPEND),
    )
    async def place_hold(
        self, info: Info, input: Annotated[PlaceHoldInput, strawberry.argument(description="The hold.")]
    ) -> PlaceHoldResult:
        account_id = account_of(info)

        def place(work: Work) -> Receipt:
            terms = work.terms(Terms)
            minutes = terms.hold_minutes_default if input.minutes is None else input.minutes
            check_minutes(minutes, terms)
            quantity = quantity_of(input.unit.name, input.quantity)
            expires_at = work.now + timedelta(minutes=minutes)
            return _receipt(
                work, actions.reserve(work, account_id, input.unit.name, quantity, None, expires_at)
            )

        return await run_once(info, input, place, _presenter(account_id, HoldPlaced))

    @strawberry.mutation(
        description="Spend a part of a hold, or all of it.",
        metadata=declare(SPEND),
    )
    async def capture_hold(
        self, info: Info, input: Annotated[CaptureHoldInput, strawberry.argument(description="The part.")]
    ) -> CaptureHoldResult:
        account_id = account_of(info)

        def capture(work: Work) -> Receipt:
            row = reads.hold(work, account_id, input.hold_id)
            if row is None:
                raise HoldNotFound
            check_unbound(row.id, row.reference)
            hold = actions.capture(
                work,
                row.id,
                quantity_of(row.unit, input.quantity),
                Counter.CREDITS_USED if row.unit in CREDIT_UNITS else Counter.REVENUE,
                PostingKind.HOLD_CAPTURED,
                row.reference,
                final=input.final,
            )
            return _receipt(work, hold)

        return await run_once(info, input, capture, _presenter(account_id, HoldCaptured))

    @strawberry.mutation(
        description="Give back what is left of a hold.",
        metadata=declare(SPEND),
    )
    async def release_hold(
        self, info: Info, input: Annotated[ReleaseHoldInput, strawberry.argument(description="The hold.")]
    ) -> ReleaseHoldResult:
        account_id = account_of(info)

        def release(work: Work) -> Receipt:
            row = reads.hold(work, account_id, input.hold_id)
            if row is None:
                raise HoldNotFound
            check_unbound(row.id, row.reference)
            return _receipt(work, actions.release(work, row.id, account_id=account_id))

        return await run_once(info, input, release, _presenter(account_id, HoldReleased))


def _receipt(work: Work, hold: HoldRow) -> Receipt:
    """What a repetition shows: the hold's figures then, and the sequence that the balance had."""
    balance = reads.balance(work, hold.account_id, hold.unit)
    figures = {"captured": hold.captured, "released": hold.released, "state": hold.state.value}
    return Receipt({"hold_id": hold.id, **figures, "sequence": balance.sequence})


def _presenter(account_id: str, payload: Callable[..., P]) -> Callable[[Work, Receipt], P]:
    def present(work: Work, receipt: Receipt) -> P:
        facts = receipt.facts
        row: Any = reads.hold(work, account_id, facts["hold_id"])
        state = HoldState(facts["state"])
        hold = HoldRow(
            **{
                **row._mapping,
                "captured": facts["captured"],
                "released": facts["released"],
                "state": state,
                "resolved_at": None if state is HoldState.OPEN else row.resolved_at,
            }
        )
        balance = reads.balance(work, account_id, hold.unit, facts["sequence"])
        return payload(hold=Hold.of(hold), balance=Balance.of(balance), replayed=receipt.replayed)

    return present
