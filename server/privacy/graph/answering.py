"""What the customer and the staff do about recipients' requests."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.privacy.actions.recipient_answers import Answer, answer_request, close_request
from server.privacy.actions.recipient_requests import confirm_request, enter_request
from server.privacy.graph.enums import GroundEnum, KindEnum, OutcomeEnum
from server.privacy.graph.filing import RecipientRequestSenderInput, asked_of
from server.privacy.graph.problems import (
    RecipientAddressInvalid,
    RecipientAnswerInvalid,
    RecipientReceivedAtInvalid,
    RecipientRequestNotFound,
    RecipientRequestStatusConflict,
    RecipientSenderUnknown,
    RecipientTextInvalid,
)
from server.privacy.graph.types import ANSWER, DESK, RecipientRequestCase, RecipientRequestType
from server.privacy.reads.recipient_requests import RequestRow
from server.privacy.rules.recipient_requests import RefusalGround, RequestOutcome

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What was done about a request.")
class AnswerRecipientRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, RELAYED or ESCALATED.")
    outcome: OutcomeEnum = strawberry.field(description="What was done.")
    ground: GroundEnum | None = strawberry.field(
        default=None, description="On which legal ground it is refused; of REFUSED only."
    )
    text: str | None = strawberry.field(
        default=None,
        description="What the person is told by e-mail, up to 500 characters; REFUSED needs it.",
    )


@strawberry.input(description="A request that came to the company by mail.")
class EnterRecipientRequestInput:
    sender: RecipientRequestSenderInput = strawberry.field(description="Who sent the message.")
    kind: KindEnum = strawberry.field(description="What is asked.")
    address: str = strawberry.field(description="The e-mail address or phone number that got the message.")
    received_at: datetime = strawberry.field(
        description="When the mail was received, at most 365 days ago: it starts the clock."
    )
    message_id: str | None = strawberry.field(
        default=None, description="The Message-ID of the mail, up to 254 characters; null for a letter."
    )
    text: str | None = strawberry.field(
        default=None, description="What they say, up to 2,000 characters. The customer is shown it."
    )


@strawberry.input(description="Which request.")
class ConfirmRecipientRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, RECEIVED.")


@strawberry.input(description="Which request.")
class CloseRecipientRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, ESCALATED.")


@exposes(OUTCOME)
@strawberry.type(description="The answer was noted; an e-mail tells the person.")
class RecipientRequestAnswered:
    request: RecipientRequestType = strawberry.field(description="The request.")


@exposes(OUTCOME)
@strawberry.type(description="The request is there; a code is on its way to an e-mail address.")
class RecipientRequestEntered:
    case: RecipientRequestCase = strawberry.field(
        description="The request; the earlier one, where the same was open already."
    )


@exposes(OUTCOME)
@strawberry.type(description="The customer was told of the request.")
class RecipientRequestConfirmed:
    case: RecipientRequestCase = strawberry.field(description="The request.")


@exposes(OUTCOME)
@strawberry.type(description="The request ended without an answer; an e-mail tells the person.")
class RecipientRequestClosed:
    case: RecipientRequestCase = strawberry.field(description="The request.")


AnswerRecipientRequestResult = Annotated[
    RecipientRequestAnswered
    | RecipientRequestNotFound
    | RecipientRequestStatusConflict
    | RecipientAnswerInvalid
    | RecipientTextInvalid,
    strawberry.union("AnswerRecipientRequestResult", description="What became of `answerRecipientRequest`."),
]
EnterRecipientRequestResult = Annotated[
    RecipientRequestEntered
    | RecipientSenderUnknown
    | RecipientAddressInvalid
    | RecipientTextInvalid
    | RecipientReceivedAtInvalid,
    strawberry.union("EnterRecipientRequestResult", description="What became of `enterRecipientRequest`."),
]
ConfirmRecipientRequestResult = Annotated[
    RecipientRequestConfirmed | RecipientRequestNotFound | RecipientRequestStatusConflict,
    strawberry.union(
        "ConfirmRecipientRequestResult", description="What became of `confirmRecipientRequest`."
    ),
]
CloseRecipientRequestResult = Annotated[
    RecipientRequestClosed | RecipientRequestNotFound | RecipientRequestStatusConflict,
    strawberry.union("CloseRecipientRequestResult", description="What became of `closeRecipientRequest`."),
]


@strawberry.type
class AnsweringMutations:
    @strawberry.mutation(
        description="Say what was done about what a recipient asks. It is possible after the due date, too.",
        metadata=declare(ANSWER),
    )
    async def answer_recipient_request(
        self, info: Info, input: Annotated[AnswerRecipientRequestInput, _ASKED]
    ) -> AnswerRecipientRequestResult:
        account_id = account_of(info)
        ground = None if input.ground is None else RefusalGround[input.ground.name]
        answer = Answer(RequestOutcome[input.outcome.name], ground, input.text)

        def say(work: Work) -> RequestRow:
            return answer_request(work, account_id, input.request_id, answer)

        def present(work: Work, row: RequestRow) -> RecipientRequestAnswered:
            return RecipientRequestAnswered(request=RecipientRequestType.of(work, row))

        return await run(info, say, present)

    @strawberry.mutation(
        description="Enter what a recipient asked by mail or letter. The same again changes nothing but an earlier "
        "receipt, which moves the due date. For the staff.",
        metadata=declare(DESK),
    )
    async def enter_recipient_request(
        self, info: Info, input: Annotated[EnterRecipientRequestInput, _ASKED]
    ) -> EnterRecipientRequestResult:
        asked = asked_of(input.sender, input.kind, input.address, input.text)

        def enter(work: Work) -> RequestRow:
            return enter_request(work, asked, input.received_at, input.message_id)

        def present(work: Work, row: RequestRow) -> RecipientRequestEntered:
            return RecipientRequestEntered(case=RecipientRequestCase.of(work, row, work.actor))

        return await run(info, enter, present)

    @strawberry.mutation(
        description="Say that the person showed you who they are: the customer gets the request then. For the staff.",
        metadata=declare(DESK),
    )
    async def confirm_recipient_request(
        self, info: Info, input: Annotated[ConfirmRecipientRequestInput, _ASKED]
    ) -> ConfirmRecipientRequestResult:
        def confirm(work: Work) -> RequestRow:
            return confirm_request(work, input.request_id)

        def present(work: Work, row: RequestRow) -> RecipientRequestConfirmed:
            return RecipientRequestConfirmed(case=RecipientRequestCase.of(work, row, work.actor))

        return await run(info, confirm, present)

    @strawberry.mutation(
        description="End a request that the customer did not answer in time. For the staff.",
        metadata=declare(DESK),
    )
    async def close_recipient_request(
        self, info: Info, input: Annotated[CloseRecipientRequestInput, _ASKED]
    ) -> CloseRecipientRequestResult:
        def close(work: Work) -> RequestRow:
            return close_request(work, input.request_id)

        def present(work: Work, row: RequestRow) -> RecipientRequestClosed:
            return RecipientRequestClosed(case=RecipientRequestCase.of(work, row, work.actor))

        return await run(info, close, present)
