"""The staff's side: look at an application's documents and decide. Each step leaves an audit row."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work
from server.senders.actions.documents import request_view
from server.senders.actions.review import decide_sender
from server.senders.graph.enums import ReasonEnum, Verdict
from server.senders.graph.problems import (
    SenderDecisionInvalid,
    SenderDocumentNotFound,
    SenderNotFound,
    SenderReviewOutdated,
    SenderStatusConflict,
)
from server.senders.graph.types import REVIEW, SenderType
from server.senders.reads import SenderRow
from server.senders.rules.review import Decision, ReasonCode

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What becomes of a submission.")
class DecideSenderInput:
    sender_id: strawberry.ID = strawberry.field(description="The sender.")
    submission_id: strawberry.ID = strawberry.field(
        description="The submission that was looked at, from `senderReviews`."
    )
    decision: Verdict = strawberry.field(description="Whether it may be used.")
    countries: list[str] = strawberry.field(
        default_factory=list,
        description="Where it may be used, among the countries that were requested; empty for a refusal.",
    )
    reason_code: ReasonEnum | None = strawberry.field(
        default=None, description="Why it is refused; null for an acceptance."
    )
    note: str | None = strawberry.field(
        default=None, description="What the customer is told beside; one line of up to 500 characters."
    )


@strawberry.input(description="Which document a reviewer wants to see.")
class RequestSenderDocumentViewInput:
    document_id: strawberry.ID = strawberry.field(description="The document.")


@exposes(OUTCOME)
@strawberry.type(description="The submission is decided, and its documents go.")
class SenderDecided:
    sender: SenderType = strawberry.field(description="The sender.")


@exposes(OUTCOME)
@strawberry.type(description="GET the document there. Every view leaves an audit row.")
class SenderDocumentView:
    url: str = strawberry.field(
        description="Where, as a path of this server; good while the reviewer's session is."
    )
    expires_at: datetime = strawberry.field(description="Until when.")


DecideSenderResult = Annotated[
    SenderDecided | SenderNotFound | SenderStatusConflict | SenderReviewOutdated | SenderDecisionInvalid,
    strawberry.union("DecideSenderResult", description="What became of `decideSender`."),
]
RequestSenderDocumentViewResult = Annotated[
    SenderDocumentView | SenderDocumentNotFound,
    strawberry.union(
        "RequestSenderDocumentViewResult", description="Where to look, or that there is nothing."
    ),
]


@strawberry.type
class ReviewMutations:
    @strawberry.mutation(
        description="Accept a submitted sender in some of its countries, or refuse it. For the staff.",
        metadata=declare(REVIEW),
    )
    async def decide_sender(
        self, info: Info, input: Annotated[DecideSenderInput, _ASKED]
    ) -> DecideSenderResult:
        decision = Decision(
            accept=input.decision is Verdict.ACCEPT,
            countries=input.countries,
            reason=None if input.reason_code is None else ReasonCode[input.reason_code.name],
            note=input.note,
        )

        def decide(work: Work) -> SenderRow:
            return decide_sender(work, input.sender_id, input.submission_id, decision)

        return await run(info, decide, lambda work, row: SenderDecided(sender=SenderType.of(work, row)))

    @strawberry.mutation(
        description="Ask where to look at a document of an application. For the staff.",
        metadata=declare(REVIEW),
    )
    async def request_sender_document_view(
        self, info: Info, input: Annotated[RequestSenderDocumentViewInput, _ASKED]
    ) -> RequestSenderDocumentViewResult:
        return await run(
            info,
            lambda work: request_view(work, input.document_id),
            lambda _work, link: SenderDocumentView(url=link.path, expires_at=link.expires_at),
        )
