"""What operators may do: try failing work again, declare force majeure and its end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.kit.due import Timers, pauses, retry
from server.kit.due.pauses import AlreadyPaused, NotPaused, PauseInvalid
from server.kit.due.queue import DueWorkNotFailing, DueWorkNotFound, DueWorkRunning
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, problem
from server.kit.work import Work
from server.operations import actions
from server.operations.graph.types import ADMINS, OPERATORS, ForceMajeure

_ASKED = strawberry.argument(description="What is asked for.")


@problem(DueWorkNotFound)
@strawberry.type(name="DueWorkNotFound", description="It was done or cancelled, or never was.")
class DueWorkNotFoundProblem(Problem):
    pass


@problem(DueWorkNotFailing)
@strawberry.type(name="DueWorkNotFailing", description="It did not fail; it is done when it is due.")
class DueWorkNotFailingProblem(Problem):
    pass


@problem(DueWorkRunning)
@strawberry.type(name="DueWorkRunning", description="Somebody is at it.")
class DueWorkRunningProblem(Problem):
    pass


@problem(PauseInvalid)
@strawberry.type(
    name="ForceMajeureInvalid",
    description="Force majeure has a reason without a card number in it, begins now or some days ago, and not before "
    "the last one ended.",
)
class ForceMajeureInvalidProblem(Problem):
    reason_length_max: int = strawberry.field(description="The longest reason, in characters.")
    backdated_days_max: int = strawberry.field(description="How many days ago it may have begun.")


@problem(AlreadyPaused)
@strawberry.type(name="ForceMajeureLasts", description="The one that was declared before has not ended.")
class ForceMajeureLastsProblem(Problem):
    pass


@problem(NotPaused)
@strawberry.type(name="NoForceMajeure", description="There is none that could end.")
class NoForceMajeureProblem(Problem):
    pass


@strawberry.input(description="Which due work.")
class RetryDueWorkInput:
    id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.input(description="What happened, and since when.")
class DeclareForceMajeureInput:
    reason: str = strawberry.field(
        description="What happened, at most 200 characters, without personal data."
    )
    starts_at: datetime | None = strawberry.field(
        default=None, description="Since when, at most 30 days ago; null for now. What was done stays done."
    )


@exposes(OUTCOME)
@strawberry.type(description="The work is due now.")
class DueWorkRetried:
    id: strawberry.ID = strawberry.field(description="The due work.")


@exposes(OUTCOME)
@strawberry.type(description="Contractual timers stand still; statutory ones run on.")
class ForceMajeureDeclared:
    force_majeure: ForceMajeure = strawberry.field(description="What was declared.")


@exposes(OUTCOME)
@strawberry.type(description="Contractual timers run again, later by the time that they stood still.")
class ForceMajeureEnded:
    force_majeure: ForceMajeure = strawberry.field(description="What has ended.")


RetryDueWorkResult = Annotated[
    DueWorkRetried | DueWorkNotFoundProblem | DueWorkNotFailingProblem | DueWorkRunningProblem,
    strawberry.union("RetryDueWorkResult", description="That it is due now, or why not."),
]
DeclareForceMajeureResult = Annotated[
    ForceMajeureDeclared | ForceMajeureInvalidProblem | ForceMajeureLastsProblem,
    strawberry.union("DeclareForceMajeureResult", description="What was declared, or why nothing was."),
]
EndForceMajeureResult = Annotated[
    ForceMajeureEnded | NoForceMajeureProblem,
    strawberry.union("EndForceMajeureResult", description="What has ended, or that there was none."),
]


@strawberry.type
class OperationsMutations:
    @strawberry.mutation(
        metadata=declare(OPERATORS), description="For staff: try failing due work again at once."
    )
    async def retry_due_work(
        self, info: Info, input: Annotated[RetryDueWorkInput, _ASKED]
    ) -> RetryDueWorkResult:
        return await run(
            info, lambda work: retry(work, input.id), lambda _work, _none: DueWorkRetried(id=input.id)
        )

    @strawberry.mutation(
        metadata=declare(ADMINS),
        description="For administrators: pause contractual timers, never statutory ones (M103).",
    )
    async def declare_force_majeure(
        self, info: Info, input: Annotated[DeclareForceMajeureInput, _ASKED]
    ) -> DeclareForceMajeureResult:
        return await run(
            info,
            lambda work: actions.declare_force_majeure(work, input.starts_at, input.reason),
            lambda work, pause_id: ForceMajeureDeclared(force_majeure=_shown(work, pause_id)),
        )

    @strawberry.mutation(
        metadata=declare(ADMINS),
        description="For administrators: let contractual timers run again, each later by the time it stood still.",
    )
    async def end_force_majeure(self, info: Info) -> EndForceMajeureResult:
        contractual = info.context.services.get(Timers).contractual
        return await run(
            info,
            lambda work: actions.end_force_majeure(work, contractual),
            lambda work, pause_id: ForceMajeureEnded(force_majeure=_shown(work, pause_id)),
        )


def _shown(work: Work, pause_id: str) -> ForceMajeure:
    return ForceMajeure.of(pauses.pause(work, pause_id))
