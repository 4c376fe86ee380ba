"""How a complaint begins: by the staff, by a public report that somebody looks at, or by the rate of complaints."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from server.accounts import reads as account_reads
from server.accounts.actions.authority import lock_authority
from server.accounts.actions.public_calls import note_public_call
from server.accounts.reads import team
from server.accounts.rules.lifecycle import AccountNotFound
from server.campaigns.actions.complaints_events import (
    ComplaintDismissed,
    ComplaintOpened,
    ComplaintReported,
    locked,
    move,
)
from server.campaigns.actions.sending import pause_all
from server.campaigns.model import ComplaintCase, ComplaintReport
from server.campaigns.reads import launched_campaign
from server.campaigns.reads.complaints import COMPLAINANT_COLUMN, REPORT_TEXT_COLUMN, CaseRow
from server.campaigns.rules import CampaignNotFound
from server.campaigns.rules.complaints import (
    HOLDING,
    ComplaintCategory,
    ComplaintSource,
    ComplaintStatus,
    ComplaintTerms,
    Finding,
    check_reports,
    check_subject,
    check_text,
    classify,
)
from server.campaigns.rules.complaints_refusals import ComplaintSubjectInvalid
from server.campaigns.rules.lifecycle import PauseReason
from server.kit.due import schedule
from server.kit.idempotency import Receipt
from server.kit.ids import is_id
from server.kit.work import Read, Work

LAPSE = "campaigns.complaint_lapse"
"""The due work that closes an account whose customer proved nothing in time."""
REPORT = "reportAbuse"
"""What public reports are counted as."""
_TOGETHER = frozenset({ComplaintStatus.RECEIVED, *HOLDING})
"""Further reports about the same join a complaint that is in one of these."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a complainant says. `complainant` is the address or number that received the message."""

    complainant: str | None
    text: str | None


def report_abuse(
    work: Work, campaign_id: str, category: ComplaintCategory, said: Said, address: str | None
) -> str:
    """Take in what somebody without an account says about a message, and return its receipt, the report's id.

    Nothing follows until somebody of the company looked at it. `address` is the network address of the reporter.
    Raises CampaignNotFound, ComplaintTextInvalid or AbuseReportLimitReached.
    """
    terms = work.terms(ComplaintTerms)
    _check_said(said, terms)
    before = note_public_call(work, REPORT, address, terms.reports_window)
    check_reports(before.from_address, before.from_everywhere, terms)
    account_id = _launched_by(work, campaign_id)
    row = _waiting(work, campaign_id, category)
    if row is None:
        row = _insert(work, account_id, campaign_id, category, ComplaintSource.REPORT)
    report_id = _add_report(work, row, said)
    work.record(ComplaintReported(account_id, row.id, report_id))
    return report_id


def open_complaint(
    work: Work,
    account_id: str | None,
    campaign_id: str | None,
    category: ComplaintCategory,
    finding: Finding,
    said: Said,
) -> Receipt:
    """Open a complaint that reached the staff, and ask the customer for a proof if it is one (M022, M015); facts:
    `case_id`.

    Raises ComplaintSubjectInvalid, CampaignNotFound, AccountNotFound, ComplaintFindingInvalid or
    ComplaintTextInvalid.
    """
    check_subject(category, account_id, campaign_id)
    _check_said(said, work.terms(ComplaintTerms))
    owner_id = _owner(work, account_id, campaign_id)
    lock_authority(work, owner_id)
    row = _insert(work, owner_id, campaign_id, category, ComplaintSource.STAFF)
    if said.complainant is not None or said.text is not None:
        _add_report(work, row, said)
    _classify(work, row, finding)
    return Receipt({"case_id": row.id})


def classify_complaint(work: Work, case_id: str, finding: Finding) -> CaseRow:
    """Say what a report is, and ask the customer for a proof if it is a complaint (M022, M015).

    Raises ComplaintNotFound, ComplaintStatusConflict or ComplaintFindingInvalid.
    """
    return _classify(work, locked(work, case_id, alone=True), finding)


def open_automatically(work: Work, account_id: str) -> CaseRow:
    """Ask for a proof because too many recipients complained; the account's authority is locked.

    So many complaints say both: nobody asked for it, and many got it (M015).
    """
    row = _insert(work, account_id, None, ComplaintCategory.SPAM, ComplaintSource.AUTOMATIC)
    return _classify(work, row, Finding(unsolicited=True, bulk=True))


def _classify(work: Work, row: CaseRow, finding: Finding) -> CaseRow:
    to = classify(ComplaintCategory(row.category), finding)
    found = {"unsolicited": finding.unsolicited, "bulk": finding.bulk}
    if to is not ComplaintStatus.AWAITING_PROOF:
        return move(work, row, to, ComplaintDismissed, ended_at=work.now, queue_at=work.now, **found)
    due_at = work.now + work.terms(ComplaintTerms).proof_within
    schedule(work, LAPSE, row.id, due_at)
    pause_all(work, row.account_id, PauseReason.COMPLAINT)
    return move(
        work, row, to, ComplaintOpened, asked_at=work.now, proof_due_at=due_at, queue_at=due_at, **found
    )


def _insert(
    work: Work, account_id: str, campaign_id: str | None, category: ComplaintCategory, source: ComplaintSource
) -> CaseRow:
    values = {
        "id": work.ids.new("cpl"),
        "account_id": account_id,
        "campaign_id": campaign_id,
        "category": category.value,
        "source": source.value,
        "status": ComplaintStatus.RECEIVED.value,
        "reports": 0,
        "queue_at": work.now + work.terms(ComplaintTerms).look_within,
        "received_at": work.now,
        "closed_account": False,
        "updated_at": work.now,
    }
    row = work.execute(insert(ComplaintCase).values(values).returning(*ComplaintCase.__table__.c)).one()
    return CaseRow(**row._mapping)


def _add_report(work: Work, row: CaseRow, said: Said) -> str:
    """Count a report, and keep it unless the complaint has enough of them; returns its id."""
    report_id = work.ids.new("rpt")
    counted = update(ComplaintCase).where(ComplaintCase.id == row.id)
    work.execute(counted.values(reports=ComplaintCase.reports + 1, updated_at=work.now))
    if row.reports < work.terms(ComplaintTerms).reports_per_case_max:
        values = {
            "id": report_id,
            "case_id": row.id,
            "account_id": row.account_id,
            "complainant": _sealed(work, row, COMPLAINANT_COLUMN, said.complainant),
            "text": _sealed(work, row, REPORT_TEXT_COLUMN, said.text),
            "created_at": work.now,
        }
        work.execute(insert(ComplaintReport).values(values))
    return report_id


def _sealed(work: Work, row: CaseRow, column: str, text: str | None) -> bytes | None:
    return None if text is None else work.seal(row.account_id, "content", column, text)


def _check_said(said: Said, terms: ComplaintTerms) -> None:
    if said.complainant is not None:
        check_text(said.complainant, terms.complainant_length_max)
    if said.text is not None:
        check_text(said.text, terms.text_length_max)


def _waiting(work: Work, campaign_id: str, category: ComplaintCategory) -> CaseRow | None:
    """A complaint about the same that is not decided, locked."""
    query = select(ComplaintCase.__table__).where(
        ComplaintCase.campaign_id == campaign_id,
        ComplaintCase.category == category.value,
        ComplaintCase.status.in_([status.value for status in _TOGETHER]),
    )
    row = work.first(query.order_by(ComplaintCase.id).limit(1).with_for_update())
    return None if row is None else CaseRow(**row._mapping)


def _launched_by(read: Read, campaign_id: str) -> str:
    """Whose campaign it is. Raises CampaignNotFound, also for one that was never launched."""
    row = launched_campaign(read, campaign_id)
    if row is None:
        raise CampaignNotFound
    return row.account_id


def _owner(read: Read, account_id: str | None, campaign_id: str | None) -> str:
    """Whose complaint it is. Raises CampaignNotFound, AccountNotFound, or ComplaintSubjectInvalid when the two do not
    belong together."""
    owner_id = account_id if campaign_id is None else _launched_by(read, campaign_id)
    if owner_id is None or (account_id is not None and account_id != owner_id):
        raise ComplaintSubjectInvalid
    known = is_id(owner_id, "acc") and account_reads.account(read, owner_id) is not None
    if not known or owner_id == team.staff_account_id(read):
        raise AccountNotFound
    return owner_id
