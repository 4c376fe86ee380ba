"""What customers ask about their own data, and what is done about it at once."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.accounts.graph.closing import LossesNotAcknowledgedProblem
from server.accounts.graph.lifecycle_problems import AccountStatusConflictProblem
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.graph.restricting import ProcessingRestriction, RestrictionNotFoundProblem
from server.accounts.reads import person_of_session
from server.accounts.reads.restrictions import restrictions_of
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.privacy.actions.limiting import (
    lift_restriction,
    object_to_processing,
    restrict_processing,
)
from server.privacy.actions.requests import Filing, file_request, withdraw_request
from server.privacy.graph.request_problems import (
    PrivacyRequestLimitReached,
    PrivacyRequestNotFound,
    PrivacyRequestPurposesInvalid,
    PrivacyRequestStatusConflict,
    PrivacyRequestTextInvalid,
)
from server.privacy.graph.request_types import ASK, PrivacyRequestType
from server.privacy.reads.requests import PrivacyRequestRow, any_request
from server.privacy.rules.requests import PrivacyRequestKind, PrivacyRequestSource

_ASKED = strawberry.argument(description="What is asked for.")
_PURPOSES = "Which of `restrictablePurposes`; all purposes where it is empty."


@strawberry.input(description="What is wrong, and how it is right.")
class RequestRectificationInput:
    text: str = strawberry.field(
        description="What cannot be corrected by oneself, and how it is right; up to 2,000 characters."
    )


@strawberry.input(description="What somebody should look at.")
class RaiseConcernInput:
    text: str = strawberry.field(description="The concern, up to 2,000 characters.")


@strawberry.input(description="What is to be stored only.")
class RestrictProcessingInput:
    purposes: list[str] = strawberry.field(description=_PURPOSES)


@strawberry.input(description="What is not to be done any more.")
class ObjectToProcessingInput:
    purposes: list[str] = strawberry.field(description=_PURPOSES)
    acknowledged_losses: str | None = strawberry.field(
        default=None,
        description="Where the policy closes the account of who objects: the digest of `closurePreview`.",
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="Which restriction or objection.")
class LiftRestrictionInput:
    restriction_id: strawberry.ID = strawberry.field(description="The restriction, `rst_…`.")


@strawberry.input(description="Which request.")
class WithdrawPrivacyRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, which is open.")


@exposes(OUTCOME)
@strawberry.type(description="The request is there; it is answered by its due date.")
class PrivacyRequestFiled:
    request: PrivacyRequestType = strawberry.field(description="The request.")


@exposes(OUTCOME)
@strawberry.type(description="It is done from now on. What ran by itself is paused.")
class ProcessingLimited:
    request: PrivacyRequestType = strawberry.field(description="The request, which is fulfilled.")
    restrictions: list[ProcessingRestriction] = strawberry.field(
        description="All that holds now: at most two for each purpose."
    )


@exposes(OUTCOME)
@strawberry.type(
    description="It goes on from now on. Campaigns that were paused stay so until they are resumed."
)
class RestrictionLifted:
    restrictions: list[ProcessingRestriction] = strawberry.field(
        description="All that still holds: at most two for each purpose."
    )


@exposes(OUTCOME)
@strawberry.type(description="The request has ended.")
class PrivacyRequestWithdrawn:
    request: PrivacyRequestType = strawberry.field(description="The request.")


RequestRectificationResult = Annotated[
    PrivacyRequestFiled | PrivacyRequestTextInvalid | PrivacyRequestLimitReached,
    strawberry.union("RequestRectificationResult", description="What became of `requestRectification`."),
]
RaiseConcernResult = Annotated[
    PrivacyRequestFiled | PrivacyRequestTextInvalid | PrivacyRequestLimitReached,
    strawberry.union("RaiseConcernResult", description="What became of `raiseConcern`."),
]
RestrictProcessingResult = Annotated[
    ProcessingLimited | PrivacyRequestPurposesInvalid | PrivacyRequestLimitReached,
    strawberry.union("RestrictProcessingResult", description="What became of `restrictProcessing`."),
]
ObjectToProcessingResult = Annotated[
    ProcessingLimited
    | PrivacyRequestPurposesInvalid
    | PrivacyRequestLimitReached
    | LossesNotAcknowledgedProblem
    | StepUpRequiredProblem
    | AccountStatusConflictProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ObjectToProcessingResult", description="What became of `objectToProcessing`."),
]
LiftRestrictionResult = Annotated[
    RestrictionLifted | RestrictionNotFoundProblem,
    strawberry.union("LiftRestrictionResult", description="What became of `liftRestriction`."),
]
WithdrawPrivacyRequestResult = Annotated[
    PrivacyRequestWithdrawn | PrivacyRequestNotFound | PrivacyRequestStatusConflict,
    strawberry.union("WithdrawPrivacyRequestResult", description="What became of `withdrawPrivacyRequest`."),
]


@strawberry.type
class OwnRequestMutations:
    @strawberry.mutation(
        description="Ask that data is corrected which one cannot correct oneself (GDPR article 16).",
        metadata=declare(ASK),
    )
    async def request_rectification(
        self, info: Info, input: Annotated[RequestRectificationInput, _ASKED]
    ) -> RequestRectificationResult:
        kind = PrivacyRequestKind.RECTIFICATION
        return await run(info, lambda work: _file(work, kind, input.text), _filed)

    @strawberry.mutation(
        description="Ask that somebody looks at a concern about one's data.", metadata=declare(ASK)
    )
    async def raise_concern(
        self, info: Info, input: Annotated[RaiseConcernInput, _ASKED]
    ) -> RaiseConcernResult:
        return await run(info, lambda work: _file(work, PrivacyRequestKind.CONCERN, input.text), _filed)

    @strawberry.mutation(
        description="Let the account's data be stored only, for some purposes or all (article 18). It holds at once: "
        "mutations for such a purpose answer ProcessingRestricted; renewals, automatic top-ups and campaigns wait.",
        metadata=declare(ASK),
    )
    async def restrict_processing(
        self, info: Info, input: Annotated[RestrictProcessingInput, _ASKED]
    ) -> RestrictProcessingResult:
        account_id, purposes = account_of(info), frozenset(input.purposes)

        def restrict(work: Work) -> PrivacyRequestRow:
            return restrict_processing(work, account_id, _person(work), purposes)

        return await run(info, restrict, _limited)

    @strawberry.mutation(
        description="Object to what is done with the account's data, for some purposes or all (article 21). It holds "
        "at once. Where the policy says so, it closes the account, which needs the acknowledgement of what is lost.",
        metadata=declare(ASK),
    )
    async def object_to_processing(
        self, info: Info, input: Annotated[ObjectToProcessingInput, _ASKED]
    ) -> ObjectToProcessingResult:
        account_id, purposes = account_of(info), frozenset(input.purposes)

        def object_(work: Work) -> Receipt:
            losses = input.acknowledged_losses
            row = object_to_processing(work, account_id, _person(work), purposes, losses)
            return Receipt({"request_id": row.id})

        def present(work: Work, receipt: Receipt) -> ProcessingLimited:
            row = any_request(work, receipt.facts["request_id"])
            assert row is not None, "requests stay"
            return _limited(work, row)

        return await run_once(info, input, object_, present)

    @strawberry.mutation(
        description="Let go on what one restricted, or objected to.",
        metadata=declare(ASK),
    )
    async def lift_restriction(
        self, info: Info, input: Annotated[LiftRestrictionInput, _ASKED]
    ) -> LiftRestrictionResult:
        account_id = account_of(info)

        def lift(work: Work) -> None:
            lift_restriction(work, account_id, input.restriction_id)

        return await run(
            info, lift, lambda work, _none: RestrictionLifted(restrictions=_restrictions(work, account_id))
        )

    @strawberry.mutation(description="End a request that one does not ask any more.", metadata=declare(ASK))
    async def withdraw_privacy_request(
        self, info: Info, input: Annotated[WithdrawPrivacyRequestInput, _ASKED]
    ) -> WithdrawPrivacyRequestResult:
        account_id = account_of(info)

        def present(work: Work, row: PrivacyRequestRow) -> PrivacyRequestWithdrawn:
            return PrivacyRequestWithdrawn(request=PrivacyRequestType.of(work, row))

        return await run(info, lambda work: withdraw_request(work, account_id, input.request_id), present)


def _file(work: Work, kind: PrivacyRequestKind, text: str) -> PrivacyRequestRow:
    account_id = work.actor.account_id
    assert account_id is not None, "these fields are for the signed-in"
    filing = Filing(account_id, kind, PrivacyRequestSource.SELF, _person(work), text=text)
    return file_request(work, filing)


def _filed(work: Work, row: PrivacyRequestRow) -> PrivacyRequestFiled:
    return PrivacyRequestFiled(request=PrivacyRequestType.of(work, row))


def _limited(work: Work, row: PrivacyRequestRow) -> ProcessingLimited:
    return ProcessingLimited(
        request=PrivacyRequestType.of(work, row), restrictions=_restrictions(work, row.account_id)
    )


def _restrictions(work: Work, account_id: str) -> list[ProcessingRestriction]:
    return [ProcessingRestriction.of(row) for row in restrictions_of(work, account_id)]


def _person(work: Work) -> str | None:
    person = person_of_session(work, work.actor.credential_id or "")
    return None if person is None else person.id
