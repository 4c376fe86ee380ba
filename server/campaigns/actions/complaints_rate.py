"""What the rate of complaints brings about: a warning, or a case that keeps everything from being sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select

from server.accounts import reads as account_reads
from server.accounts.actions.authority import lock_authority
from server.accounts.rules.lifecycle import AccountStatus
from server.campaigns.actions.complaints import open_automatically
from server.campaigns.actions.complaints_events import ComplaintRateWarned
from server.campaigns.reads.complaints import ComplaintCounts, is_held, reinstated
from server.campaigns.rules.complaints import ComplaintTerms, Rate, counted_since, judge
from server.kit import events
from server.kit.due import DueWork, schedule
from server.kit.work import Work

JUDGE_RATE = "campaigns.complaint_rate"
"""The due work that judges an account's rate of complaints."""


def note_complaint(work: Work, account_id: str) -> None:
    """A recipient complained: judge the rate soon. Many at once are judged once."""
    waits = (DueWork.kind == JUDGE_RATE) & (DueWork.subject_id == account_id) & DueWork.leased_until.is_(None)
    if not work.scalar(select(exists().where(waits))):
        schedule(work, JUDGE_RATE, account_id, work.now + work.terms(ComplaintTerms).rate_judged_after)


def judge_rate(work: Work, account_id: str) -> None:
    """The due step: warn, or open a case. Repeated, it does nothing more: who has an open case is not asked again,
    and who was warned in the window is not warned again."""
    lock_authority(work, account_id)
    account = account_reads.account(work, account_id)
    closed = account is None or account.status == AccountStatus.CLOSED.value
    if closed or is_held(work, account_id):
        return
    terms = work.terms(ComplaintTerms)
    since = counted_since(work.now, reinstated(work, account_id), terms)
    complaints, recipients = work.terms(ComplaintCounts).count(work, account_id, since)
    rate = judge(complaints, recipients, terms)
    if rate is Rate.SUSPEND:
        open_automatically(work, account_id)
    elif rate is Rate.WARN and not _warned_since(work, account_id, since):
        work.record(ComplaintRateWarned(account_id, account_id, complaints, recipients))


def _warned_since(work: Work, account_id: str, since: datetime) -> bool:
    newest = events.newest(work.connection, account_id, 0, [ComplaintRateWarned.__name__])
    return newest is not None and newest.at >= since
