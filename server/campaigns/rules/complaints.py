"""What counts as spam, how long a customer has to prove consent, what may become of a case, and when one opens by
itself. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.campaigns.rules.complaints_refusals import (
    AbuseReportLimitReached,
    ComplaintAppealTooLate,
    ComplaintEvidenceInvalid,
    ComplaintFindingInvalid,
    ComplaintProofTooLate,
    ComplaintStatusConflict,
    ComplaintSubjectInvalid,
    ComplaintTextInvalid,
    ComplaintVerdictInvalid,
)
from server.kit.card_numbers import holds_card_number

_RATE_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class ComplaintTerms:
    """The numbers of complaints. Lengths count characters; rates are complaints in 100,000 recipients."""

    proof_within: timedelta = timedelta(hours=48)
    """How long the customer has to prove consent before the account is closed (M024)."""
    appeal_within: timedelta = timedelta(days=30)
    """How long after the closing it can be appealed against."""
    look_within: timedelta = timedelta(days=1)
    """When a report that nobody looked at is late, in the staff's queue."""
    decide_within: timedelta = timedelta(days=3)
    """When a proof or an appeal that nobody decided is late, in the staff's queue."""

    text_length_max: int = 2_000
    complainant_length_max: int = 254
    evidence_length_max: int = 4_000
    appeal_length_max: int = 4_000
    reports_per_case_max: int = 20
    """Reports of one case that are kept; further ones are counted only."""
    reports_per_address_max: int = 5
    """Public reports from one network address in any window of `reports_window`."""
    reports_max: int = 1_000
    """Public reports from everywhere in any window of `reports_window`."""
    reports_window: timedelta = timedelta(hours=1)

    rate_judged_after: timedelta = timedelta(minutes=1)
    """How long after a complaint the rate is judged, so that many at once are judged once."""
    rate_window: timedelta = timedelta(days=7)
    """In which complaints and recipients are counted; it begins anew when an account is reinstated."""
    rate_recipients_min: int = 200
    """Below so many recipients in the window no rate is judged."""
    rate_warn_per_100k: int = 80
    """0.08 %: the customer is warned."""
    rate_suspend_per_100k: int = 300
    """0.3 %: a case opens, so that nothing is sent until it is decided."""


class ComplaintCategory(StrEnum):
    """What a complaint is about: spam (M015), unlawful or insulting content (M016), rights of others (M017)."""

    SPAM = "SPAM"
    CONTENT = "CONTENT"
    IP_RIGHTS = "IP_RIGHTS"


class ComplaintSource(StrEnum):
    """Who opened a case: the staff, somebody who received a message, or the rate of complaints."""

    STAFF = "STAFF"
    REPORT = "REPORT"
    AUTOMATIC = "AUTOMATIC"


class ComplaintStatus(StrEnum):
    """Where a case is. NOT_SPAM, UNFOUNDED, ACCEPTED, UPHELD and OVERTURNED are final.

    RECEIVED: nobody looked yet. REJECTED and LAPSED: the account was closed, which can be appealed against for a
    while. UPHELD and OVERTURNED: what became of the appeal.
    """

    RECEIVED = "RECEIVED"
    NOT_SPAM = "NOT_SPAM"
    UNFOUNDED = "UNFOUNDED"
    AWAITING_PROOF = "AWAITING_PROOF"
    PROOF_SUBMITTED = "PROOF_SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    LAPSED = "LAPSED"
    APPEALED = "APPEALED"
    UPHELD = "UPHELD"
    OVERTURNED = "OVERTURNED"


_S = ComplaintStatus
MOVES: Mapping[ComplaintStatus, frozenset[ComplaintStatus]] = {
    _S.RECEIVED: frozenset({_S.NOT_SPAM, _S.UNFOUNDED, _S.AWAITING_PROOF}),
    _S.AWAITING_PROOF: frozenset({_S.PROOF_SUBMITTED, _S.LAPSED}),
    _S.PROOF_SUBMITTED: frozenset({_S.ACCEPTED, _S.REJECTED}),
    _S.REJECTED: frozenset({_S.APPEALED}),
    _S.LAPSED: frozenset({_S.APPEALED}),
    _S.APPEALED: frozenset({_S.UPHELD, _S.OVERTURNED}),
    _S.NOT_SPAM: frozenset(),
    _S.UNFOUNDED: frozenset(),
    _S.ACCEPTED: frozenset(),
    _S.UPHELD: frozenset(),
    _S.OVERTURNED: frozenset(),
}
"""Which status may follow which."""

HOLDING = frozenset({_S.AWAITING_PROOF, _S.PROOF_SUBMITTED})
"""While a case is there, nothing is launched."""
APPEALABLE = frozenset({_S.REJECTED, _S.LAPSED})
"""The account was closed, and the customer may appeal for a while."""
MAY_APPEAL = HOLDING | APPEALABLE
"""The customer may need the code of an appeal."""
AGAINST = frozenset({_S.REJECTED, _S.LAPSED, _S.APPEALED, _S.UPHELD})
"""A case that stands against the account keeps it closed."""
CLEARED = frozenset({_S.ACCEPTED, _S.OVERTURNED})
"""The account is reinstated: complaints that were counted before count no more."""


class EvidenceKind(StrEnum):
    """What a proof has (M023)."""

    CONSENT_TIME = "CONSENT_TIME"
    SUBSCRIPTION_CONSENT = "SUBSCRIPTION_CONSENT"
    CUSTOMER_RELATIONSHIP = "CUSTOMER_RELATIONSHIP"
    OTHER_LAWFUL_COLLECTION = "OTHER_LAWFUL_COLLECTION"


class Stage(StrEnum):
    """What is decided about."""

    PROOF = "PROOF"
    APPEAL = "APPEAL"


class RejectionReason(StrEnum):
    """Why a proof or an appeal does not convince."""

    CONSENT_NOT_SHOWN = "CONSENT_NOT_SHOWN"
    CONSENT_OF_ANOTHER = "CONSENT_OF_ANOTHER"
    LIST_NOT_OWN = "LIST_NOT_OWN"
    CONTENT_UNLAWFUL = "CONTENT_UNLAWFUL"
    RIGHTS_INFRINGED = "RIGHTS_INFRINGED"
    NOTHING_NEW = "NOTHING_NEW"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody who looked at a message found: of spam the two flags, of other categories whether it is so."""

    unsolicited: bool | None = None
    bulk: bool | None = None
    founded: bool | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of a proof."""

    kind: EvidenceKind
    text: str
    consented_at: datetime | None = None


class Rate(StrEnum):
    """What the rate of complaints asks for."""

    FINE = "FINE"
    WARN = "WARN"
    SUSPEND = "SUSPEND"


class ComplaintTextFault(StrEnum):
    """What is wrong with a text about a complaint."""

    BLANK = "BLANK"
    TOO_LONG = "TOO_LONG"
    NOT_PRINTABLE = "NOT_PRINTABLE"
    CARD_NUMBER = "CARD_NUMBER"


class EvidenceFault(StrEnum):
    """What is wrong with a proof."""

    NOTHING = "NOTHING"
    KIND_TWICE = "KIND_TWICE"
    CONSENT_TIME_MISSING = "CONSENT_TIME_MISSING"
    CONSENT_TIME_NOT_PAST = "CONSENT_TIME_NOT_PAST"


def check_move(status: ComplaintStatus, to: ComplaintStatus) -> None:
    """Raises ComplaintStatusConflict when `to` may not follow `status`."""
    if to not in MOVES[status]:
        raise ComplaintStatusConflict(status.value)


def classify(category: ComplaintCategory, finding: Finding) -> ComplaintStatus:
    """What a complaint becomes by what was found: spam is unsolicited and bulk, both (M015).

    Raises ComplaintFindingInvalid.
    """
    spam = category is ComplaintCategory.SPAM
    flags_said = finding.unsolicited is not None and finding.bulk is not None
    flags_silent = finding.unsolicited is None and finding.bulk is None
    if not (flags_said if spam else flags_silent) or spam == (finding.founded is not None):
        raise ComplaintFindingInvalid(category.value)
    if spam:
        both = finding.unsolicited and finding.bulk
        return ComplaintStatus.AWAITING_PROOF if both else ComplaintStatus.NOT_SPAM
    return ComplaintStatus.AWAITING_PROOF if finding.founded else ComplaintStatus.UNFOUNDED


def check_subject(category: ComplaintCategory, account_id: str | None, campaign_id: str | None) -> None:
    """Raises ComplaintSubjectInvalid: a message that is called spam is of a campaign (M022)."""
    if campaign_id is None and (category is ComplaintCategory.SPAM or account_id is None):
        raise ComplaintSubjectInvalid


def check_text(text: str, length_max: int) -> None:
    """Raises ComplaintTextInvalid, also for a card number (M115)."""
    if fault := text_fault(text, length_max):
        raise ComplaintTextInvalid(fault, length_max)


def text_fault(text: str, length_max: int) -> ComplaintTextFault | None:
    """What is wrong with words that somebody wrote, if anything."""
    if not text.strip():
        return ComplaintTextFault.BLANK
    if len(text) > length_max:
        return ComplaintTextFault.TOO_LONG
    if not all(line.isprintable() for line in text.splitlines()):
        return ComplaintTextFault.NOT_PRINTABLE
    return ComplaintTextFault.CARD_NUMBER if holds_card_number(text) else None


def check_evidence(evidence: Sequence[Evidence], now: datetime, terms: ComplaintTerms) -> None:
    """Raises ComplaintEvidenceInvalid or ComplaintTextInvalid."""
    if fault := _evidence_fault(evidence, now):
        raise ComplaintEvidenceInvalid(fault)
    for piece in evidence:
        check_text(piece.text, terms.evidence_length_max)


def _evidence_fault(evidence: Sequence[Evidence], now: datetime) -> EvidenceFault | None:
    if not evidence:
        return EvidenceFault.NOTHING
    if len({piece.kind for piece in evidence}) < len(evidence):
        return EvidenceFault.KIND_TWICE
    for piece in evidence:
        if piece.kind is EvidenceKind.CONSENT_TIME and piece.consented_at is None:
            return EvidenceFault.CONSENT_TIME_MISSING
        if piece.consented_at is not None and piece.consented_at > now:
            return EvidenceFault.CONSENT_TIME_NOT_PAST
    return None


def check_proof_in_time(now: datetime, due_at: datetime) -> None:
    """Raises ComplaintProofTooLate: at its last instant the time is over (M024)."""
    if now >= due_at:
        raise ComplaintProofTooLate(due_at.isoformat())


def check_appeal_in_time(now: datetime, due_at: datetime) -> None:
    """Raises ComplaintAppealTooLate: at its last instant the time is over."""
    if now >= due_at:
        raise ComplaintAppealTooLate(due_at.isoformat())


def check_verdict(accepted: bool, reason: RejectionReason | None) -> None:
    """Raises ComplaintVerdictInvalid (M025)."""
    if accepted == (reason is not None):
        raise ComplaintVerdictInvalid


def check_reports(from_address: int, from_everywhere: int, terms: ComplaintTerms) -> None:
    """Whether one more report may come after so many in the window. Raises AbuseReportLimitReached."""
    if from_address >= terms.reports_per_address_max or from_everywhere >= terms.reports_max:
        raise AbuseReportLimitReached(int(terms.reports_window.total_seconds()))


def judge(complaints: int, recipients: int, terms: ComplaintTerms) -> Rate:
    """What so many complaints of so many recipients ask for, in one window."""
    if recipients < terms.rate_recipients_min:
        return Rate.FINE
    parts = complaints * _RATE_PARTS
    if parts >= terms.rate_suspend_per_100k * recipients:
        return Rate.SUSPEND
    return Rate.WARN if parts >= terms.rate_warn_per_100k * recipients else Rate.FINE


def counted_since(now: datetime, reinstated: Sequence[datetime], terms: ComplaintTerms) -> datetime:
    """From when on complaints are counted: the window's length ago, or since the last reinstatement."""
    return max([now - terms.rate_window, *reinstated])
