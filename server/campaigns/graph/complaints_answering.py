"""What customers and the public say about a complaint: report a message, prove consent, appeal."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.campaigns.actions.complaints import Said, report_abuse
from server.campaigns.actions.complaints_deciding import appeal_complaint
from server.campaigns.actions.complaints_proof import submit_proof
from server.campaigns.graph.complaints_enums import CategoryEnum, EvidenceKindEnum
from server.campaigns.graph.complaints_problems import (
    AbuseReportLimitReached,
    ComplaintAppealRefused,
    ComplaintAppealTooLate,
    ComplaintEvidenceInvalid,
    ComplaintNotFound,
    ComplaintProofTooLate,
    ComplaintStatusConflict,
    ComplaintTextInvalid,
)
from server.campaigns.graph.complaints_types import ANSWER, ComplaintType
from server.campaigns.graph.problems import CampaignNotFound
from server.campaigns.reads.complaints import CaseRow
from server.campaigns.rules.complaints import ComplaintCategory, Evidence, EvidenceKind
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_OPEN = declare(Access(Who.ANYONE, "security"))


@strawberry.input(description="A message that somebody received, and what is wrong with it.")
class ReportAbuseInput:
    campaign_id: strawberry.ID = strawberry.field(
        description="Which campaign the message was of, `cmp_…`; the message says it."
    )
    category: CategoryEnum = strawberry.field(description="What is wrong with it.")
    complainant: str | None = strawberry.field(
        default=None,
        description="The address or number that received it, up to 254 characters. The sender is shown it, to look for "
        "your consent; leave it out if you do not want that.",
    )
    text: str | None = strawberry.field(
        default=None, description="In your own words, up to 2,000 characters. The sender is shown it."
    )


@strawberry.input(description="A piece of a proof.")
class ComplaintEvidenceInput:
    kind: EvidenceKindEnum = strawberry.field(description="What it shows; one piece of each kind at most.")
    text: str = strawberry.field(description="The evidence in words, up to 4,000 characters.")
    consented_at: datetime | None = strawberry.field(
        default=None, description="When consent was given; CONSENT_TIME needs it."
    )


@strawberry.input(description="The whole proof, which is submitted once.")
class SubmitComplaintProofInput:
    case_id: strawberry.ID = strawberry.field(description="The complaint, AWAITING_PROOF.")
    evidence: list[ComplaintEvidenceInput] = strawberry.field(description="At least one piece.")


@strawberry.input(description="Why the closing of an account is wrong.")
class AppealComplaintInput:
    case_id: strawberry.ID = strawberry.field(description="The complaint, REJECTED or LAPSED.")
    appeal_code: str = strawberry.field(
        description="The complaint's `appealCode`, which was also sent by e-mail."
    )
    text: str = strawberry.field(description="In your own words, up to 4,000 characters.")


@exposes(OUTCOME)
@strawberry.type(description="The report arrived; somebody of the company will look at it.")
class AbuseReported:
    receipt: strawberry.ID = strawberry.field(
        description="The receipt, `rpt_…`; name it when you write to us."
    )
    received_at: datetime = strawberry.field(description="When it arrived.")


@exposes(OUTCOME)
@strawberry.type(description="The clock stands still; `complaintChanged` tells what is decided.")
class ComplaintProofSubmitted:
    complaint: ComplaintType = strawberry.field(description="The complaint.")


@exposes(OUTCOME)
@strawberry.type(description="Somebody who did not decide before decides about the appeal.")
class ComplaintAppealed:
    case_id: strawberry.ID = strawberry.field(description="The complaint.")
    appealed_at: datetime = strawberry.field(description="When.")


ReportAbuseResult = Annotated[
    AbuseReported | CampaignNotFound | ComplaintTextInvalid | AbuseReportLimitReached,
    strawberry.union("ReportAbuseResult", description="What became of `reportAbuse`."),
]
SubmitComplaintProofResult = Annotated[
    ComplaintProofSubmitted
    | ComplaintNotFound
    | ComplaintStatusConflict
    | ComplaintProofTooLate
    | ComplaintEvidenceInvalid
    | ComplaintTextInvalid,
    strawberry.union("SubmitComplaintProofResult", description="What became of `submitComplaintProof`."),
]
AppealComplaintResult = Annotated[
    ComplaintAppealed
    | ComplaintAppealRefused
    | ComplaintStatusConflict
    | ComplaintAppealTooLate
    | ComplaintTextInvalid,
    strawberry.union("AppealComplaintResult", description="What became of `appealComplaint`."),
]


@strawberry.type
class AnsweringMutations:
    @strawberry.mutation(
        description="Report a message that you received, without an account. Nothing happens to its sender until "
        "somebody of the company looked at it. At most five reports an hour.",
        metadata=_OPEN,
    )
    async def report_abuse(self, info: Info, input: Annotated[ReportAbuseInput, _ASKED]) -> ReportAbuseResult:
        category, said = ComplaintCategory[input.category.name], Said(input.complainant, input.text)
        address = info.context.remote_address

        def report(work: Work) -> str:
            return report_abuse(work, input.campaign_id, category, said, address)

        def present(work: Work, receipt: str) -> AbuseReported:
            return AbuseReported(receipt=strawberry.ID(receipt), received_at=work.now)

        return await run(info, report, present)

    @strawberry.mutation(
        description="Submit the proof of consent that a complaint asks for (M023). It stops the clock.",
        metadata=declare(ANSWER),
    )
    async def submit_complaint_proof(
        self, info: Info, input: Annotated[SubmitComplaintProofInput, _ASKED]
    ) -> SubmitComplaintProofResult:
        account_id = account_of(info)
        evidence = [
            Evidence(EvidenceKind[piece.kind.name], piece.text, piece.consented_at)
            for piece in input.evidence
        ]

        def submit(work: Work) -> CaseRow:
            return submit_proof(work, account_id, input.case_id, evidence)

        def present(work: Work, row: CaseRow) -> ComplaintProofSubmitted:
            return ComplaintProofSubmitted(complaint=ComplaintType.of(work, row))

        return await run(info, submit, present)

    @strawberry.mutation(
        description="Appeal against the closing of an account for a complaint. Nobody signs in to a closed account: "
        "the code of the complaint entitles to it.",
        metadata=_OPEN,
    )
    async def appeal_complaint(
        self, info: Info, input: Annotated[AppealComplaintInput, _ASKED]
    ) -> AppealComplaintResult:
        def appeal(work: Work) -> CaseRow:
            return appeal_complaint(work, input.case_id, input.appeal_code, input.text)

        def present(work: Work, row: CaseRow) -> ComplaintAppealed:
            return ComplaintAppealed(case_id=strawberry.ID(row.id), appealed_at=work.now)

        return await run(info, appeal, present)
