"""The customer's side: ask support, report a defect, answer, and close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.support import actions
from server.support.graph.problems import (
    TicketClosedForGood,
    TicketLimitReached,
    TicketNotFound,
    TicketStatusConflict,
    TicketTextInvalid,
)
from server.support.graph.types import ASK, TicketType
from server.support.reads import TicketRow

_ASKED = strawberry.argument(description="What is asked for.")
_SUBJECT = "What it is about, up to 120 characters."
_TEXT = "What you write, up to 2,000 characters, in as many lines as you like."


@strawberry.input(description="What is asked of support.")
class OpenTicketInput:
    subject: str = strawberry.field(description=_SUBJECT)
    text: str = strawberry.field(description=_TEXT)


@strawberry.input(description="A defect of the service, in writing.")
class ReportDefectInput:
    subject: str = strawberry.field(description=_SUBJECT)
    text: str = strawberry.field(description=_TEXT)


@strawberry.input(description="An answer to support, or something to add.")
class ReplyToTicketInput:
    ticket_id: strawberry.ID = strawberry.field(
        description="The ticket; a closed one within its period only."
    )
    text: str = strawberry.field(description=_TEXT)


@strawberry.input(description="Which ticket needs no more answer.")
class CloseTicketInput:
    ticket_id: strawberry.ID = strawberry.field(description="The ticket, not CLOSED yet.")


@exposes(OUTCOME)
@strawberry.type(description="Support has the question; `ticketChanged` tells when it is answered.")
class TicketOpened:
    ticket: TicketType = strawberry.field(description="The ticket.")


@exposes(OUTCOME)
@strawberry.type(description="The receipt of a defect. A notice says the same.")
class DefectReported:
    receipt: strawberry.ID = strawberry.field(description="The receipt: the ticket's id, `tkt_…`.")
    received_at: datetime = strawberry.field(description="When the report was received.")
    ticket: TicketType = strawberry.field(description="The ticket.")


@exposes(OUTCOME)
@strawberry.type(description="Support has the answer, and the ticket is open.")
class TicketReplied:
    ticket: TicketType = strawberry.field(description="The ticket.")


@exposes(OUTCOME)
@strawberry.type(description="The ticket is closed.")
class TicketClosed:
    ticket: TicketType = strawberry.field(description="The ticket.")


OpenTicketResult = Annotated[
    TicketOpened | TicketTextInvalid | TicketLimitReached,
    strawberry.union("OpenTicketResult", description="What became of `openTicket`."),
]
ReportDefectResult = Annotated[
    DefectReported | TicketTextInvalid | TicketLimitReached,
    strawberry.union("ReportDefectResult", description="What became of `reportDefect`."),
]
ReplyToTicketResult = Annotated[
    TicketReplied | TicketNotFound | TicketClosedForGood | TicketTextInvalid | TicketLimitReached,
    strawberry.union("ReplyToTicketResult", description="What became of `replyToTicket`."),
]
CloseTicketResult = Annotated[
    TicketClosed | TicketNotFound | TicketStatusConflict,
    strawberry.union("CloseTicketResult", description="What became of `closeTicket`."),
]


@strawberry.type
class CustomerTicketMutations:
    @strawberry.mutation(description="Ask support something.", metadata=declare(ASK))
    async def open_ticket(self, info: Info, input: Annotated[OpenTicketInput, _ASKED]) -> OpenTicketResult:
        account_id = account_of(info)

        def ask(work: Work) -> TicketRow:
            return actions.open_ticket(work, account_id, input.subject, input.text)

        return await run(info, ask, _present(TicketOpened))

    @strawberry.mutation(
        description="Report a defect in writing, as soon as it is discovered (M100). No time of its resolution is "
        "guaranteed.",
        metadata=declare(ASK),
    )
    async def report_defect(
        self, info: Info, input: Annotated[ReportDefectInput, _ASKED]
    ) -> ReportDefectResult:
        account_id = account_of(info)

        def report(work: Work) -> TicketRow:
            return actions.report_defect(work, account_id, input.subject, input.text)

        def present(work: Work, row: TicketRow) -> DefectReported:
            ticket = TicketType.of(work, row)
            return DefectReported(receipt=ticket.id, received_at=row.received_at, ticket=ticket)

        return await run(info, report, present)

    @strawberry.mutation(
        description="Answer support, or add something; a ticket that was closed is open again by it, for 30 days.",
        metadata=declare(ASK),
    )
    async def reply_to_ticket(
        self, info: Info, input: Annotated[ReplyToTicketInput, _ASKED]
    ) -> ReplyToTicketResult:
        account_id = account_of(info)

        def reply(work: Work) -> TicketRow:
            return actions.reply_to_ticket(work, account_id, input.ticket_id, input.text)

        return await run(info, reply, _present(TicketReplied))

    @strawberry.mutation(description="Close a ticket that needs no more answer.", metadata=declare(ASK))
    async def close_ticket(self, info: Info, input: Annotated[CloseTicketInput, _ASKED]) -> CloseTicketResult:
        account_id = account_of(info)

        def close(work: Work) -> TicketRow:
            return actions.close_ticket(work, account_id, input.ticket_id)

        return await run(info, close, _present(TicketClosed))


def _present(payload: type[Any]) -> Callable[[Work, TicketRow], Any]:
    return lambda work, row: payload(ticket=TicketType.of(work, row))
