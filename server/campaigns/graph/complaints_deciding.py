"""The staff's side of complaints: open one, say what a report is, decide. Each step leaves an audit row."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.campaigns.actions.complaints import Said, classify_complaint, open_complaint
from server.campaigns.actions.complaints_deciding import decide_complaint
from server.campaigns.graph.complaints_enums import CategoryEnum, ReasonEnum, VerdictEnum
from server.campaigns.graph.complaints_problems import (
    ComplaintDecidedBefore,
    ComplaintFindingInvalid,
    ComplaintNotFound,
    ComplaintStatusConflict,
    ComplaintSubjectInvalid,
    ComplaintTextInvalid,
    ComplaintVerdictInvalid,
)
from server.campaigns.graph.complaints_types import DECIDE, ComplaintCase
from server.campaigns.graph.problems import CampaignNotFound
from server.campaigns.reads.complaints import CaseRow, any_case
from server.campaigns.rules.complaints import ComplaintCategory, Finding, RejectionReason
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.idempotency import Receipt
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.input(
    description="What was found: of spam `unsolicited` and `bulk`, of other complaints `founded`."
)
class ComplaintFindingInput:
    unsolicited: bool | None = strawberry.field(
        default=None, description="Whether the recipients gave no explicit permission."
    )
    bulk: bool | None = strawberry.field(
        default=None, description="Whether the same content went to several addresses or numbers."
    )
    founded: bool | None = strawberry.field(
        default=None, description="Whether the message is what a complaint about content or rights says."
    )


@strawberry.input(description="A complaint that reached the company.")
class OpenComplaintInput:
    category: CategoryEnum = strawberry.field(description="What it is about.")
    finding: ComplaintFindingInput = strawberry.field(description="What was found.")
    campaign_id: strawberry.ID | None = strawberry.field(
        default=None, description="About which campaign; spam is always of one."
    )
    account_id: strawberry.ID | None = strawberry.field(
        default=None, description="About which account, where no campaign is named."
    )
    complainant: str | None = strawberry.field(
        default=None,
        description="The address or number that received the message, up to 254 characters. The customer is shown it.",
    )
    text: str | None = strawberry.field(
        default=None, description="What was said, up to 2,000 characters. The customer is shown it."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="What a report is.")
class ClassifyComplaintInput:
    case_id: strawberry.ID = strawberry.field(description="The complaint, RECEIVED.")
    finding: ComplaintFindingInput = strawberry.field(description="What was found.")


@strawberry.input(description="Whether the customer convinces.")
class DecideComplaintInput:
    case_id: strawberry.ID = strawberry.field(description="The complaint, PROOF_SUBMITTED or APPEALED.")
    verdict: VerdictEnum = strawberry.field(description="Whether they do.")
    reason: ReasonEnum | None = strawberry.field(
        default=None, description="Why they do not; null when they do."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The complaint is there; if it is one, the customer was asked for a proof.")
class ComplaintOpened:
    case: ComplaintCase = strawberry.field(description="The complaint.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(
    description="What the report is was noted; if it is a complaint, the customer was asked for a proof."
)
class ComplaintClassified:
    case: ComplaintCase = strawberry.field(description="The complaint.")


@exposes(OUTCOME)
@strawberry.type(description="The decision was noted, with who made it.")
class ComplaintDecided:
    case: ComplaintCase = strawberry.field(description="The complaint.")
    account_closed: bool = strawberry.field(
        description="Whether this closed the account, and what was left in it was forfeited."
    )
    account_reopened: bool = strawberry.field(
        description="Whether this opened the account again, and what had been forfeited was given back. Other "
        "complaints, or another reason, may keep it closed."
    )
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


OpenComplaintResult = Annotated[
    ComplaintOpened
    | ComplaintSubjectInvalid
    | CampaignNotFound
    | AccountNotFoundProblem
    | ComplaintFindingInvalid
    | ComplaintTextInvalid
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("OpenComplaintResult", description="What became of `openComplaint`."),
]
ClassifyComplaintResult = Annotated[
    ComplaintClassified | ComplaintNotFound | ComplaintStatusConflict | ComplaintFindingInvalid,
    strawberry.union("ClassifyComplaintResult", description="What became of `classifyComplaint`."),
]
DecideComplaintResult = Annotated[
    ComplaintDecided
    | ComplaintNotFound
    | ComplaintStatusConflict
    | ComplaintVerdictInvalid
    | ComplaintDecidedBefore
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("DecideComplaintResult", description="What became of `decideComplaint`."),
]


@strawberry.type
class DecidingMutations:
    @strawberry.mutation(
        description="Open a complaint that reached the company, and ask the customer for a proof (M022). For staff.",
        metadata=declare(DECIDE),
    )
    async def open_complaint(
        self, info: Info, input: Annotated[OpenComplaintInput, _ASKED]
    ) -> OpenComplaintResult:
        category, finding = ComplaintCategory[input.category.name], _finding(input.finding)
        said = Said(input.complainant, input.text)

        def open_(work: Work) -> Receipt:
            return open_complaint(work, input.account_id, input.campaign_id, category, finding, said)

        def present(work: Work, receipt: Receipt) -> ComplaintOpened:
            return ComplaintOpened(case=_case(work, receipt), replayed=receipt.replayed)

        return await run_once(info, input, open_, present)

    @strawberry.mutation(
        description="Say whether a report is a complaint; if it is, the customer is asked for a proof. For the staff.",
        metadata=declare(DECIDE),
    )
    async def classify_complaint(
        self, info: Info, input: Annotated[ClassifyComplaintInput, _ASKED]
    ) -> ClassifyComplaintResult:
        def classify(work: Work) -> CaseRow:
            return classify_complaint(work, input.case_id, _finding(input.finding))

        def present(work: Work, row: CaseRow) -> ComplaintClassified:
            return ComplaintClassified(case=ComplaintCase.of(work, row, work.actor))

        return await run(info, classify, present)

    @strawberry.mutation(
        description="Decide about a proof, or about an appeal against what somebody else decided. A rejected proof "
        "closes the account for ever (M025), and nothing is refunded (M026). For the staff.",
        metadata=declare(DECIDE),
    )
    async def decide_complaint(
        self, info: Info, input: Annotated[DecideComplaintInput, _ASKED]
    ) -> DecideComplaintResult:
        accepted = input.verdict is VerdictEnum.ACCEPT
        reason = None if input.reason is None else RejectionReason[input.reason.name]

        def present(work: Work, receipt: Receipt) -> ComplaintDecided:
            return ComplaintDecided(
                case=_case(work, receipt),
                account_closed=receipt.facts["account_closed"],
                account_reopened=receipt.facts["account_reopened"],
                replayed=receipt.replayed,
            )

        return await run_once(
            info, input, lambda work: decide_complaint(work, input.case_id, accepted, reason), present
        )


def _finding(said: ComplaintFindingInput) -> Finding:
    return Finding(unsolicited=said.unsolicited, bulk=said.bulk, founded=said.founded)


def _case(work: Work, receipt: Receipt) -> ComplaintCase:
    row = any_case(work, receipt.facts["case_id"])
    assert row is not None, "complaints stay"
    return ComplaintCase.of(work, row, work.actor)
