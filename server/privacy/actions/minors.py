"""Minors: anybody reports one, the staff judges, and what is held of one goes at once (P033, P034)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from server.accounts import reads as account_reads
from server.accounts.actions.public_calls import note_public_call
from server.accounts.actions.restricting import stop_processing
from server.accounts.reads import team
from server.accounts.rules.restricting import Right
from server.campaigns.rules.complaints import text_fault
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Read, Work
from server.privacy.actions.requests import Filing, file_request
from server.privacy.model import MinorReport
from server.privacy.reads.minors import NAMED_COLUMN, PREFIX, TEXT_COLUMN, MinorReportRow
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.minors import (
    MinorReportNotFound,
    MinorReportStatus,
    MinorReportTerms,
    check_open,
    check_reports,
)
from server.privacy.rules.request_refusals import PrivacyRequestTextInvalid
from server.privacy.rules.requests import PrivacyRequestKind, PrivacyRequestSource

REPORT = "reportMinor"
"""What public reports are counted as."""


@dataclass(frozen=True, slots=True)
class MinorReported(DomainEvent):
    """Somebody said that a minor's data is held. The account is the company's; the subject is the report."""


@dataclass(frozen=True, slots=True)
class MinorDiscovered(DomainEvent):
    """The account is a minor's; the subject is the request of its erasure, which is due at once."""


def report_minor(work: Work, named: str, text: str | None, caller: str | None) -> str:
    """Take in that a login or an e-mail address is a minor's; returns the receipt, which tells nobody whether there is
    such an account. `caller` is the network address.

    Raises MinorReportLimitReached or PrivacyRequestTextInvalid.
    """
    terms = work.terms(MinorReportTerms)
    before = note_public_call(work, REPORT, caller, terms.reports_window)
    check_reports(before.from_address, before.from_everywhere, terms)
    for said, length_max in ((named, terms.named_length_max), (text, terms.text_length_max)):
        if said is not None and (fault := text_fault(said, length_max)):
            raise PrivacyRequestTextInvalid(fault.value, length_max)
    report_id, account_id = work.ids.new(PREFIX), _account_of(work, named)
    owner_id = account_id or report_id
    values = {
        "id": report_id,
        "account_id": account_id,
        "status": MinorReportStatus.RECEIVED.value,
        "named": work.seal(owner_id, "content", NAMED_COLUMN, named),
        "text": None if text is None else work.seal(owner_id, "content", TEXT_COLUMN, text),
        "reported_at": work.now,
    }
    work.execute(insert(MinorReport).values(values))
    staff_id = team.staff_account_id(work)
    if staff_id is not None:
        work.record(MinorReported(staff_id, report_id))
    return report_id


def discover_minor(work: Work, account_id: str, report_id: str | None = None) -> PrivacyRequestRow:
    """Say that an account is a minor's: nothing is done with its data from now on, and it is erased without a grace,
    nor an approval of anybody (P033). A report is confirmed by it.

    Raises PrivacyRequestAccountUnknown, MinorReportNotFound or MinorReportJudged.
    """
    erasure, by_report = PrivacyRequestKind.ERASURE, PrivacyRequestSource.REPORT
    row = file_request(work, Filing(account_id, erasure, by_report, due_at=work.now))
    if report_id is not None:
        _judge(work, report_id, MinorReportStatus.CONFIRMED, account_id=account_id, request_id=row.id)
    stop_processing(work, account_id, Right.RESTRICTION, (), row.id)
    work.record(MinorDiscovered(account_id, row.id))
    return row


def dismiss_minor_report(work: Work, report_id: str) -> MinorReportRow:
    """Say that a report is about nobody, or about somebody old enough. Raises MinorReportNotFound or
    MinorReportJudged.
    """
    return _judge(work, report_id, MinorReportStatus.DISMISSED)


def _judge(work: Work, report_id: str, status: MinorReportStatus, **changes: str) -> MinorReportRow:
    query = select(MinorReport.status).where(MinorReport.id == report_id)
    found = work.scalar(query.with_for_update()) if is_id(report_id, PREFIX) else None
    if found is None:
        raise MinorReportNotFound
    check_open(MinorReportStatus(found))
    judged = {"status": status.value, "judged_at": work.now, "judged_by": work.actor.credential_id}
    forgotten = {"named": None, "text": None}
    statement = update(MinorReport).where(MinorReport.id == report_id).values(judged | forgotten | changes)
    row = work.first(statement.returning(*MinorReport.__table__.c))
    assert row is not None, "a locked row stays"
    return MinorReportRow(**row._mapping)


def _account_of(read: Read, named: str) -> str | None:
    """Whose login or verified address it is, None where nobody of a customer has it."""
    login = named.strip().lower()
    person = account_reads.person_by_login(read, login) or team.person_by_email(read, login)
    if person is None or person.account_id == team.staff_account_id(read):
        return None
    account_id: str = person.account_id
    return account_id
