"""Requests about data that came as tickets of support, entered by the staff."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.kit.graph.access import declare
from server.kit.graph.context import Info
from server.kit.graph.mutations import run
from server.kit.work import Work
from server.privacy.actions.tickets import request_from_message
from server.privacy.graph.request_desk import PrivacyRequestEntered
from server.privacy.graph.request_enums import PrivacyKindEnum
from server.privacy.graph.request_problems import (
    PrivacyRequestAccountUnknown,
    PrivacyRequestLimitReached,
    PrivacyRequestPurposesInvalid,
    PrivacyRequestReceivedAtInvalid,
    PrivacyRequestTextInvalid,
)
from server.privacy.graph.request_types import PrivacyRequestCase
from server.privacy.graph.types import DESK
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.requests import PrivacyRequestKind
from server.support.graph.problems import TicketMessageNotFound


@strawberry.input(description="Which message of a ticket is a request about data, and of which kind.")
class EnterTicketAsPrivacyRequestInput:
    message_id: strawberry.ID = strawberry.field(description="A message of the customer, `tkm_…`.")
    kind: PrivacyKindEnum = strawberry.field(description="What is asked.")
    purposes: list[str] = strawberry.field(
        default_factory=list,
        description="Of RESTRICTION, OBJECTION and CONSENT_WITHDRAWAL: which purposes; all where it is empty.",
    )


EnterTicketAsPrivacyRequestResult = Annotated[
    PrivacyRequestEntered
    | TicketMessageNotFound
    | PrivacyRequestAccountUnknown
    | PrivacyRequestPurposesInvalid
    | PrivacyRequestTextInvalid
    | PrivacyRequestReceivedAtInvalid
    | PrivacyRequestLimitReached,
    strawberry.union(
        "EnterTicketAsPrivacyRequestResult", description="What became of `enterTicketAsPrivacyRequest`."
    ),
]


@strawberry.type
class TicketRequestMutations:
    @strawberry.mutation(
        description="Make a request about data of what a customer wrote to support. Its clock began when that was "
        "received. For the staff.",
        metadata=declare(DESK),
    )
    async def enter_ticket_as_privacy_request(
        self,
        info: Info,
        input: Annotated[
            EnterTicketAsPrivacyRequestInput, strawberry.argument(description="What is asked for.")
        ],
    ) -> EnterTicketAsPrivacyRequestResult:
        kind = PrivacyRequestKind[input.kind.name]

        def enter(work: Work) -> PrivacyRequestRow:
            return request_from_message(work, input.message_id, kind, input.purposes)

        def present(work: Work, row: PrivacyRequestRow) -> PrivacyRequestEntered:
            return PrivacyRequestEntered(case=PrivacyRequestCase.of(work, row))

        return await run(info, enter, present)
