"""The refusals of complaints as members of result unions."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from server.campaigns.graph.complaints_enums import (
    CategoryEnum,
    EvidenceFaultEnum,
    StatusEnum,
    TextFaultEnum,
)
from server.campaigns.rules import complaints_refusals as rules
from server.kit.graph.problems import Problem, common, problem


@problem(rules.ComplaintNotFound)
@strawberry.type(description="There is no such complaint.")
class ComplaintNotFound(Problem):
    pass


@problem(rules.ComplaintSubjectInvalid)
@strawberry.type(
    description="Spam is of a campaign; other complaints are of a campaign or an account, and not of two that do not "
    "belong together."
)
class ComplaintSubjectInvalid(Problem):
    pass


@problem(rules.ComplaintStatusConflict)
@strawberry.type(description="The complaint is not in a status that allows this.")
class ComplaintStatusConflict(Problem):
    status: StatusEnum = strawberry.field(description="Where it is.")


@problem(rules.ComplaintFindingInvalid)
@strawberry.type(
    description="Of spam it is said whether it was unsolicited and whether it was bulk, and nothing else; of other "
    "complaints whether they are founded, and nothing else."
)
class ComplaintFindingInvalid(Problem):
    category: CategoryEnum = strawberry.field(description="What the complaint is about.")


@problem(rules.ComplaintTextInvalid)
@strawberry.type(description="A text cannot be kept as it is.")
class ComplaintTextInvalid(Problem):
    fault: TextFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")

    @classmethod
    def of(cls, refusal: rules.ComplaintTextInvalid) -> Self:
        fault = TextFaultEnum[refusal.fault]
        return cls(**common(refusal), fault=fault, length_max=refusal.length_max)


@problem(rules.AbuseReportLimitReached)
@strawberry.type(description="Too many reports arrived from there, or from everywhere.")
class AbuseReportLimitReached(Problem):
    retry_after_seconds: int = strawberry.field(description="After how many seconds it works again, at most.")


@problem(rules.ComplaintEvidenceInvalid)
@strawberry.type(description="The proof does not hold together.")
class ComplaintEvidenceInvalid(Problem):
    fault: EvidenceFaultEnum = strawberry.field(description="What is wrong with it.")


@problem(rules.ComplaintProofTooLate)
@strawberry.type(description="The time for the proof is over.")
class ComplaintProofTooLate(Problem):
    due_at: datetime = strawberry.field(description="When it was over.")


@problem(rules.ComplaintOpen)
@strawberry.type(description="Nothing is sent while a complaint about the account is open.")
class ComplaintOpen(Problem):
    case_id: strawberry.ID = strawberry.field(description="Which complaint, `cpl_…`.")
    due_at: datetime | None = strawberry.field(
        description="When the account is closed without a proof; null once the proof was submitted."
    )

    @classmethod
    def of(cls, refusal: rules.ComplaintOpen) -> Self:
        due_at = None if refusal.due_at is None else datetime.fromisoformat(refusal.due_at)
        return cls(**common(refusal), case_id=strawberry.ID(refusal.case_id), due_at=due_at)


@problem(rules.ComplaintVerdictInvalid)
@strawberry.type(description="A rejection has a reason, an acceptance has none.")
class ComplaintVerdictInvalid(Problem):
    pass


@problem(rules.ComplaintDecidedBefore)
@strawberry.type(description="Who decided about the proof does not decide about the appeal.")
class ComplaintDecidedBefore(Problem):
    pass


@problem(rules.ComplaintAppealRefused)
@strawberry.type(description="There is nothing to appeal against with this code.")
class ComplaintAppealRefused(Problem):
    pass


@problem(rules.ComplaintAppealTooLate)
@strawberry.type(description="The time for an appeal is over.")
class ComplaintAppealTooLate(Problem):
    due_at: datetime = strawberry.field(description="When it was over.")
