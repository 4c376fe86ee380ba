"""Why something about a complaint is refused, with the numbers that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal


@dataclass(eq=False)
class ComplaintNotFound(Refusal):
    """There is no such complaint."""

    code = "COMPLAINT_NOT_FOUND"
    blames = "caseId"


@dataclass(eq=False)
class ComplaintSubjectInvalid(Refusal):
    """A complaint names a campaign; one about content or rights may name an account instead."""

    code = "COMPLAINT_SUBJECT_INVALID"
    blames = "campaignId"


@dataclass(eq=False)
class ComplaintStatusConflict(Refusal):
    """The complaint is not in a status that allows this."""

    code = "COMPLAINT_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class ComplaintFindingInvalid(Refusal):
    """Of spam it is said whether it was unsolicited and whether it was bulk, of other complaints whether they are
    founded."""

    code = "COMPLAINT_FINDING_INVALID"
    category: str


@dataclass(eq=False)
class ComplaintTextInvalid(Refusal):
    """A text about a complaint is visible, short enough, and holds no card number."""

    code = "COMPLAINT_TEXT_INVALID"
    fault: str
    length_max: int


@dataclass(eq=False)
class AbuseReportLimitReached(Refusal):
    """Too many reports arrived from there, or from everywhere; try again later."""

    code = "ABUSE_REPORT_LIMIT_REACHED"
    retry_after_seconds: int


@dataclass(eq=False)
class ComplaintEvidenceInvalid(Refusal):
    """A proof has at least one piece, one of a kind at most, and a time of consent in the past where it says so."""

    code = "COMPLAINT_EVIDENCE_INVALID"
    blames = "evidence"
    fault: str


@dataclass(eq=False)
class ComplaintProofTooLate(Refusal):
    """The time for the proof is over."""

    code = "COMPLAINT_PROOF_TOO_LATE"
    due_at: str
    """ISO 8601."""


@dataclass(eq=False)
class ComplaintOpen(Refusal):
    """Nothing is sent while a complaint about the account is open."""

    code = "COMPLAINT_OPEN"
    case_id: str
    due_at: str | None
    """ISO 8601: when the account is closed without a proof; None once it was submitted."""


@dataclass(eq=False)
class ComplaintVerdictInvalid(Refusal):
    """A rejection has a reason, an acceptance has none."""

    code = "COMPLAINT_VERDICT_INVALID"
    blames = "reason"


@dataclass(eq=False)
class ComplaintDecidedBefore(Refusal):
    """Who decided about the proof does not decide about the appeal."""

    code = "COMPLAINT_DECIDED_BEFORE"


@dataclass(eq=False)
class ComplaintAppealRefused(Refusal):
    """There is nothing to appeal against with this code."""

    code = "COMPLAINT_APPEAL_REFUSED"
    blames = "appealCode"


@dataclass(eq=False)
class ComplaintAppealTooLate(Refusal):
    """The time for an appeal is over."""

    code = "COMPLAINT_APPEAL_TOO_LATE"
    due_at: str
    """ISO 8601."""
