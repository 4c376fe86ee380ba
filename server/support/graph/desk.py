"""The staff's side: answer tickets, and close what needs no answer. Each step leaves an audit row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.support import actions
from server.support.graph.enums import AfterAnswer
from server.support.graph.problems import (
    TicketLimitReached,
    TicketNotFound,
    TicketStatusConflict,
    TicketTextInvalid,
)
from server.support.graph.types import DESK, TicketCase
from server.support.reads import TicketRow
from server.support.rules import TicketStatus

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What support answers.")
class AnswerTicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="The ticket, not CLOSED.")
    text: str = strawberry.field(
        description="The answer, up to 2,000 characters. The customer is told by a notice."
    )
    then: AfterAnswer = strawberry.field(default=AfterAnswer.ANSWERED, description="What is next.")


@strawberry.input(description="Which ticket needs no answer.")
class EndTicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="The ticket, not CLOSED yet.")


@exposes(OUTCOME)
@strawberry.type(description="The ticket is answered.")
class TicketAnswered:
    case: TicketCase = strawberry.field(description="The ticket.")


@exposes(OUTCOME)
@strawberry.type(description="The ticket is closed without an answer.")
class TicketEnded:
    case: TicketCase = strawberry.field(description="The ticket.")


AnswerTicketResult = Annotated[
    TicketAnswered | TicketNotFound | TicketStatusConflict | TicketTextInvalid | TicketLimitReached,
    strawberry.union("AnswerTicketResult", description="What became of `answerTicket`."),
]
EndTicketResult = Annotated[
    TicketEnded | TicketNotFound | TicketStatusConflict,
    strawberry.union("EndTicketResult", description="What became of `endTicket`."),
]


@strawberry.type
class DeskMutations:
    @strawberry.mutation(
        description="Answer a ticket. The customer gets a notice; who has no account gets the answer by e-mail. For "
        "the staff.",
        metadata=declare(DESK),
    )
    async def answer_ticket(
        self, info: Info, input: Annotated[AnswerTicketInput, _ASKED]
    ) -> AnswerTicketResult:
        to = TicketStatus[input.then.name]

        def answer(work: Work) -> TicketRow:
            return actions.answer_ticket(work, input.ticket_id, input.text, to)

        return await run(info, answer, _present(TicketAnswered))

    @strawberry.mutation(
        description="Close a ticket that needs no answer. For the staff.", metadata=declare(DESK)
    )
    async def end_ticket(self, info: Info, input: Annotated[EndTicketInput, _ASKED]) -> EndTicketResult:
        return await run(info, lambda work: actions.end_ticket(work, input.ticket_id), _present(TicketEnded))


def _present(payload: type[Any]) -> Callable[[Work, TicketRow], Any]:
    return lambda work, row: payload(case=TicketCase.of(work, row))
