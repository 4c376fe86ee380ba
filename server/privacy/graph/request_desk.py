"""What the staff does about customers' requests: entered on behalf or from mail, verified, worked at, and ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.privacy.actions.limiting import check_filing, fulfil_by_hand
from server.privacy.actions.requests import (
    Filing,
    Outcome,
    begin_request,
    extend_request,
    file_request,
    hold_request,
    refuse_request,
    verify_identity,
)
from server.privacy.graph.enums import GroundEnum
from server.privacy.graph.request_enums import (
    EntrySourceEnum,
    ExtensionReasonEnum,
    HoldGroundEnum,
    PrivacyKindEnum,
    ShownProofEnum,
)
from server.privacy.graph.request_problems import (
    PrivacyRequestAccountUnknown,
    PrivacyRequestChannelClosed,
    PrivacyRequestGroundInvalid,
    PrivacyRequestKindConflict,
    PrivacyRequestLimitReached,
    PrivacyRequestNotExtendable,
    PrivacyRequestNotFound,
    PrivacyRequestPurposesInvalid,
    PrivacyRequestReceivedAtInvalid,
    PrivacyRequestStatusConflict,
    PrivacyRequestTextInvalid,
)
from server.privacy.graph.request_types import PrivacyRequestCase
from server.privacy.graph.types import DESK
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.recipient_requests import RefusalGround
from server.privacy.rules.requests import (
    ExtensionReason,
    HoldGround,
    IdentityProof,
    PrivacyRequestKind,
    PrivacyRequestSource,
)

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What a customer asked of the staff, or by mail.")
class EnterPrivacyRequestInput:
    account_id: strawberry.ID = strawberry.field(description="Whose data it is about.")
    kind: PrivacyKindEnum = strawberry.field(description="What is asked.")
    source: EntrySourceEnum = strawberry.field(description="How it came.")
    purposes: list[str] = strawberry.field(
        default_factory=list,
        description="Of RESTRICTION, OBJECTION and CONSENT_WITHDRAWAL: which purposes; all where it is empty.",
    )
    received_at: datetime = strawberry.field(
        description="When it was received, at most 365 days ago: it starts the clock."
    )
    message_id: str | None = strawberry.field(
        default=None, description="The Message-ID of the mail, up to 254 characters; null without."
    )
    text: str | None = strawberry.field(
        default=None, description="What they say, up to 2,000 characters. The customer is shown it."
    )


@strawberry.input(description="Which request, and how its person showed who they are.")
class VerifyPrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, UNVERIFIED.")
    proof: ShownProofEnum = strawberry.field(
        description="What they showed. It is not kept, and not asked for again."
    )


@strawberry.input(description="Which request.")
class BeginPrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, RECEIVED or HELD.")


@strawberry.input(description="Which request, and what keeps it from being done.")
class HoldPrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, open and verified.")
    ground: HoldGroundEnum = strawberry.field(description="Which open case.")


@strawberry.input(description="Which request, and why it takes longer.")
class ExtendPrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, open and verified.")
    reason: ExtensionReasonEnum = strawberry.field(description="Why. The customer is told.")


@strawberry.input(description="Which request is done, and what of it is not.")
class FulfilPrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, open and verified.")
    ground: GroundEnum | None = strawberry.field(
        default=None, description="Where it is done in part: on which legal ground the rest is not."
    )
    answer: str | None = strawberry.field(
        default=None, description="What the customer is told, up to 500 characters."
    )


@strawberry.input(description="Which request is refused, and why.")
class RefusePrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, which is open.")
    ground: GroundEnum = strawberry.field(description="On which legal ground; one of its kind (P028).")
    answer: str = strawberry.field(description="Why, for the customer; up to 500 characters.")


@exposes(OUTCOME)
@strawberry.type(description="The request is there. Nothing is done before it is known who asks.")
class PrivacyRequestEntered:
    case: PrivacyRequestCase = strawberry.field(
        description="The request; the earlier one, where the same was open already."
    )


@exposes(OUTCOME)
@strawberry.type(description="The request has changed.")
class PrivacyRequestMoved:
    case: PrivacyRequestCase = strawberry.field(description="The request.")


EnterPrivacyRequestResult = Annotated[
    PrivacyRequestEntered
    | PrivacyRequestChannelClosed
    | PrivacyRequestAccountUnknown
    | PrivacyRequestPurposesInvalid
    | PrivacyRequestTextInvalid
    | PrivacyRequestReceivedAtInvalid
    | PrivacyRequestLimitReached,
    strawberry.union("EnterPrivacyRequestResult", description="What became of `enterPrivacyRequest`."),
]
MovePrivacyRequestResult = Annotated[
    PrivacyRequestMoved | PrivacyRequestNotFound | PrivacyRequestStatusConflict,
    strawberry.union(
        "MovePrivacyRequestResult", description="The request in its next state, or why it has none."
    ),
]
ExtendPrivacyRequestResult = Annotated[
    PrivacyRequestMoved | PrivacyRequestNotFound | PrivacyRequestStatusConflict | PrivacyRequestNotExtendable,
    strawberry.union("ExtendPrivacyRequestResult", description="What became of `extendPrivacyRequest`."),
]
EndPrivacyRequestResult = Annotated[
    PrivacyRequestMoved
    | PrivacyRequestNotFound
    | PrivacyRequestStatusConflict
    | PrivacyRequestKindConflict
    | PrivacyRequestGroundInvalid
    | PrivacyRequestTextInvalid,
    strawberry.union("EndPrivacyRequestResult", description="The request as it ended, or why it did not."),
]


@strawberry.type
class RequestDeskMutations:
    @strawberry.mutation(
        description="Enter what a customer asked of the staff, by mail or by letter, at any hour. The same again "
        "changes nothing but an earlier receipt, which moves the due date. For the staff.",
        metadata=declare(DESK),
    )
    async def enter_privacy_request(
        self, info: Info, input: Annotated[EnterPrivacyRequestInput, _ASKED]
    ) -> EnterPrivacyRequestResult:
        filing = Filing(
            input.account_id,
            PrivacyRequestKind[input.kind.name],
            PrivacyRequestSource[input.source.name],
            purposes=frozenset(input.purposes),
            text=input.text,
            received_at=input.received_at,
            message_id=input.message_id,
        )

        def enter(work: Work) -> PrivacyRequestRow:
            check_filing(work, filing)
            return file_request(work, filing)

        def present(work: Work, row: PrivacyRequestRow) -> PrivacyRequestEntered:
            return PrivacyRequestEntered(case=PrivacyRequestCase.of(work, row))

        return await run(info, enter, present)

    @strawberry.mutation(
        description="Say how the person showed who they are: the request can be done then (H038). For the staff.",
        metadata=declare(DESK),
    )
    async def verify_privacy_request(
        self, info: Info, input: Annotated[VerifyPrivacyRequestInput, _ASKED]
    ) -> MovePrivacyRequestResult:
        proof = IdentityProof[input.proof.name]
        return await _move(info, lambda work: verify_identity(work, input.request_id, proof))

    @strawberry.mutation(
        description="Say that a request is being done; it releases one that was held. For the staff.",
        metadata=declare(DESK),
    )
    async def begin_privacy_request(
        self, info: Info, input: Annotated[BeginPrivacyRequestInput, _ASKED]
    ) -> MovePrivacyRequestResult:
        return await _move(info, lambda work: begin_request(work, input.request_id))

    @strawberry.mutation(
        description="Let an open case keep a request from being done; its due date stays (C23). For the staff.",
        metadata=declare(DESK),
    )
    async def hold_privacy_request(
        self, info: Info, input: Annotated[HoldPrivacyRequestInput, _ASKED]
    ) -> MovePrivacyRequestResult:
        ground = HoldGround[input.ground.name]
        return await _move(info, lambda work: hold_request(work, input.request_id, ground))

    @strawberry.mutation(
        description="Move the due date of a request, once and before it passed (article 12(3)). For the staff.",
        metadata=declare(DESK),
    )
    async def extend_privacy_request(
        self, info: Info, input: Annotated[ExtendPrivacyRequestInput, _ASKED]
    ) -> ExtendPrivacyRequestResult:
        reason = ExtensionReason[input.reason.name]
        return await _move(info, lambda work: extend_request(work, input.request_id, reason))

    @strawberry.mutation(
        description="Do what is asked, where it is done at once, or say that people did it, whole or in part. For the "
        "staff.",
        metadata=declare(DESK),
    )
    async def fulfil_privacy_request(
        self, info: Info, input: Annotated[FulfilPrivacyRequestInput, _ASKED]
    ) -> EndPrivacyRequestResult:
        outcome = Outcome(None if input.ground is None else RefusalGround[input.ground.name], input.answer)
        return await _move(info, lambda work: fulfil_by_hand(work, input.request_id, outcome))

    @strawberry.mutation(
        description="Refuse a request on a legal ground, and say why (P028). For the staff.",
        metadata=declare(DESK),
    )
    async def refuse_privacy_request(
        self, info: Info, input: Annotated[RefusePrivacyRequestInput, _ASKED]
    ) -> EndPrivacyRequestResult:
        ground = RefusalGround[input.ground.name]
        return await _move(info, lambda work: refuse_request(work, input.request_id, ground, input.answer))


async def _move(info: Info, action: Callable[[Work], PrivacyRequestRow]) -> Any:
    return await run(
        info, action, lambda work, row: PrivacyRequestMoved(case=PrivacyRequestCase.of(work, row))
    )
