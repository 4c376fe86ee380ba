"""Checks of complaints, of what they lead to, and of what messages say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import or_, select

from server.accounts.model import CLOSED, Account
from server.accounts.reads import open_or_none
from server.campaigns.model import Campaign, ComplaintCase, ComplaintEvidence
from server.campaigns.reads import SUBJECT_COLUMN, TEXT_COLUMN
from server.campaigns.rules import Terms
from server.campaigns.rules.complaints import (
    AGAINST,
    HOLDING,
    ComplaintCategory,
    ComplaintStatus,
    EvidenceKind,
)
from server.campaigns.rules.content import sensitive
from server.checks.looking import look
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, combined, finding

_MESSAGES_MAX = 200
_UNASKED = (ComplaintStatus.RECEIVED, ComplaintStatus.NOT_SPAM, ComplaintStatus.UNFOUNDED)
_PROVED = (ComplaintStatus.PROOF_SUBMITTED, ComplaintStatus.ACCEPTED, ComplaintStatus.REJECTED)


def proof_asked(read: Read) -> Finding:
    """Of every complaint that was found to be one the customer was asked for a proof, by a day (M022)."""
    asked = ComplaintCase.asked_at.is_not(None) & ComplaintCase.proof_due_at.is_not(None)
    opened = ComplaintCase.status.not_in([status.value for status in _UNASKED])
    return look(read, "complaints", ComplaintCase, ComplaintCase.id, opened & ~asked)


def proof_whole(read: Read) -> Finding:
    """A proof consists of what the policy lists, and none is empty (M023)."""
    kinds = [kind.value for kind in EvidenceKind]
    wrong = ComplaintEvidence.kind.not_in(kinds)
    given = select(ComplaintEvidence.case_id).where(ComplaintEvidence.case_id == ComplaintCase.id)
    proved = ComplaintCase.status.in_([status.value for status in _PROVED])
    return combined(
        {
            "pieces": look(read, "pieces", ComplaintEvidence, ComplaintEvidence.id, wrong),
            "proofs": look(read, "complaints", ComplaintCase, ComplaintCase.id, proved & ~given.exists()),
        }
    )


def offenders_stopped(read: Read, category: str) -> Finding:
    """While a complaint of this kind waits for its proof nothing was launched, and the account against which one stands
    is closed (M016, M017)."""
    closed = select(Account.id).where(Account.id == ComplaintCase.account_id, Account.status != CLOSED)
    against = ComplaintCase.status.in_([status.value for status in AGAINST]) & closed.exists()
    launched = select(Campaign.id).where(
        Campaign.account_id == ComplaintCase.account_id, Campaign.launched_at > ComplaintCase.asked_at
    )
    waiting = ComplaintCase.status.in_([status.value for status in HOLDING]) & launched.exists()
    of_kind = ComplaintCase.category == category
    return look(read, "complaints", ComplaintCase, ComplaintCase.id, of_kind & or_(against, waiting))


def messages_harmless(read: Read) -> Finding:
    """No message that was launched holds card numbers, bank details or health data (M018); of the newest."""
    columns = (Campaign.id, Campaign.subject, Campaign.text)
    launched = select(*columns).where(Campaign.launched_at.is_not(None)).order_by(Campaign.id.desc())
    rows, terms = read.rows(launched.limit(_MESSAGES_MAX)), read.terms(Terms)
    said = {
        row.id: [open_or_none(read, SUBJECT_COLUMN, row.subject), open_or_none(read, TEXT_COLUMN, row.text)]
        for row in rows
    }
    wrong = [key for key, texts in said.items() if any(text and sensitive(text, terms) for text in texts)]
    return finding(len(rows), "messages", wrong)


CHECKS: Mapping[str, Check] = {
    "proof_asked": proof_asked,
    "proof_whole": proof_whole,
    "content_stopped": partial(offenders_stopped, category=ComplaintCategory.CONTENT.value),
    "infringements_stopped": partial(offenders_stopped, category=ComplaintCategory.IP_RIGHTS.value),
    "messages_harmless": messages_harmless,
}
