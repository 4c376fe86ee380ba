"""Checks of campaigns, of what is counted of them, of opt-outs, and of complaints."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, or_, select

from server.accounts.rules.lifecycle import add_months
from server.campaigns.model import (
    Bounce,
    Campaign,
    ComplaintCase,
    ComplaintDecision,
    IndustryBenchmark,
    StatisticScope,
    Suppression,
    SuppressionRemoval,
)
from server.campaigns.rules import Terms
from server.campaigns.rules.benchmarks import ALL, BenchmarkTerms
from server.campaigns.rules.complaints import ComplaintCategory, ComplaintStatus
from server.campaigns.rules.events import BounceClass
from server.campaigns.rules.metrics import CLASSES, moment, second_of
from server.campaigns.rules.recording import RecordingTerms
from server.campaigns.rules.suppression import SuppressionReason, SuppressionSource
from server.checks.looking import GRACE, look
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, combined


def campaigns_declared(read: Read) -> Finding:
    """No list was taken, and no campaign launched, without the declaration of its basis and source (M014, H019)."""
    undeclared = or_(
        Campaign.declared_at.is_(None), Campaign.lawful_basis.is_(None), Campaign.list_source.is_(None)
    )
    used = Campaign.launched_at.is_not(None) | (Campaign.recipients > 0)
    return look(read, "campaigns", Campaign, Campaign.id, used & undeclared)


def list_sources_allowed(read: Read) -> Finding:
    """No campaign is of a list that comes from where none may come from (M019)."""
    refused = sorted(read.terms(Terms).list_sources_refused)
    return look(read, "campaigns", Campaign, Campaign.id, Campaign.list_source.in_(refused))


def statistics_in_time(read: Read) -> Finding:
    """No campaign's statistics are older than the policy says (M093)."""
    ended_at = add_months(read.now - GRACE, -read.terms(RecordingTerms).statistics_kept_months)
    late = StatisticScope.first_second <= second_of(ended_at)
    of_campaign = StatisticScope.subject_id != StatisticScope.account_id
    return look(read, "statistics", StatisticScope, StatisticScope.subject_id, of_campaign & late)


def benchmarks_suppressed(read: Read) -> Finding:
    """No number that is told across customers stands for too few, nor does what is left when others are taken off it
    (M132, P019).
    """
    rows, least = IndustryBenchmark.__table__.c, read.terms(BenchmarkTerms).group_min
    apart = (
        select(rows.month, func.sum(rows.accounts).label("accounts"))
        .where(rows.industry != ALL)
        .group_by(rows.month)
        .subquery()
    )
    told = (rows.month == apart.c.month) & (rows.industry == ALL)
    rest = rows.accounts - apart.c.accounts
    left = select(rows.month).select_from(IndustryBenchmark.__table__.join(apart, told))
    months = left.where((rest > 0) & (rest < least))
    few = (rows.accounts < least) | ((rows.industry == ALL) & rows.month.in_(months))
    return look(read, "means", IndustryBenchmark, rows.month + "/" + rows.industry, few)


def bounces_in_time(read: Read) -> Finding:
    """No campaign has a bounce that is older than the policy says, soft ones sooner (M094, M095)."""
    terms = read.terms(RecordingTerms)
    late = []
    for kind, bounce in enumerate(CLASSES):
        months = terms.soft_bounces_kept_months if bounce is BounceClass.SOFT else terms.bounces_kept_months
        ended = moment(second_of(add_months(read.now - GRACE, -months)), 0, 0, 0)
        mine = (Bounce.scope == StatisticScope.number) & (Bounce.kind == kind) & (Bounce.moment <= ended)
        late.append(select(Bounce.scope).where(mine).exists())
    return look(read, "campaigns with bounces", StatisticScope, StatisticScope.subject_id, or_(*late))


def suppressions_reasoned(read: Read) -> Finding:
    """Every opt-out says why and from where it is, and every one that was lifted who did it (M096, C21)."""
    reasons = [reason.value for reason in SuppressionReason]
    sources = [source.value for source in SuppressionSource]
    unknown = Suppression.reason.not_in(reasons) | Suppression.source.not_in(sources)
    lifted = SuppressionRemoval.suppressed_for.not_in(reasons) | SuppressionRemoval.removed_by.is_(None)
    return combined(
        {
            "kept": look(read, "suppressions", Suppression, Suppression.id, unknown),
            "lifted": look(read, "removals", SuppressionRemoval, SuppressionRemoval.id, lifted),
        }
    )


def spam_found_whole(read: Read) -> Finding:
    """Nobody was asked for a proof of what is not both unsolicited and sent in bulk (M015)."""
    spam = (ComplaintCase.category == ComplaintCategory.SPAM.value) & ComplaintCase.asked_at.is_not(None)
    found = ComplaintCase.unsolicited.is_(True) & ComplaintCase.bulk.is_(True)
    return look(read, "complaints", ComplaintCase, ComplaintCase.id, spam & ~found)


def complaints_in_time(read: Read) -> Finding:
    """No complaint waits for a proof after its time is over (M024)."""
    waiting = ComplaintCase.status == ComplaintStatus.AWAITING_PROOF.value
    late = ComplaintCase.proof_due_at <= read.now - GRACE
    return look(read, "complaints", ComplaintCase, ComplaintCase.id, waiting & late)


def rejections_decided(read: Read) -> Finding:
    """No account was closed over a proof that nobody decided about (M025)."""
    rejected = ComplaintCase.status == ComplaintStatus.REJECTED.value
    decided = select(ComplaintDecision.case_id).where(
        ComplaintDecision.case_id == ComplaintCase.id, ComplaintDecision.accepted.is_(False)
    )
    return look(read, "complaints", ComplaintCase, ComplaintCase.id, rejected & ~decided.exists())


CHECKS: Mapping[str, Check] = {
    "campaigns_declared": campaigns_declared,
    "list_sources_allowed": list_sources_allowed,
    "statistics_in_time": statistics_in_time,
    "benchmarks_suppressed": benchmarks_suppressed,
    "bounces_in_time": bounces_in_time,
    "suppressions_reasoned": suppressions_reasoned,
    "spam_found_whole": spam_found_whole,
    "complaints_in_time": complaints_in_time,
    "rejections_decided": rejections_decided,
}
