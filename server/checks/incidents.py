"""Checks of the register of incidents: in order, assessed, told of, corrected, and in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, and_, func, or_, select, type_coerce

from server.accounts.model import SecurityReport
from server.checks.looking import look, since_in_force
from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.incidents.rules.lifecycle import ORDER, EntryKind, IncidentStatus, IncidentTerms, Reach, Risk
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding

_S = IncidentStatus
_STEPS = (EntryKind.REACHED.value, EntryKind.SKIPPED.value)
_mine = IncidentEntry.incident_id == Incident.id


def incidents_registered(read: Read) -> Finding:
    """Every report of a customer's under this policy has its incident in the register."""
    registered = select(Incident.id).where(Incident.report_id == SecurityReport.id)
    wrong = (SecurityReport.reported_at >= since_in_force(read)) & ~registered.exists()
    return look(read, "reports", SecurityReport, SecurityReport.id, wrong)


def incidents_in_order(read: Read) -> Finding:
    """Each incident went through its states one by one, and what was skipped was so with a reason (H021). A closed one
    did not change any more."""
    steps = select(func.count()).where(_mine, IncidentEntry.kind.in_(_STEPS)).scalar_subquery()
    out_of_order = or_(
        *(and_(Incident.status == status.value, steps != ORDER.index(status) + 1) for status in ORDER)
    )
    unexplained = select(IncidentEntry.number).where(
        _mine, IncidentEntry.kind == EntryKind.SKIPPED.value, IncidentEntry.text.is_(None)
    )
    later = select(IncidentEntry.number).where(_mine, IncidentEntry.written_at > Incident.closed_at)
    changed = or_(Incident.updated_at > Incident.closed_at, later.exists())
    return _look(read, or_(out_of_order, unexplained.exists(), changed))


def incidents_assessed(read: Read) -> Finding:
    """No incident left its assessment without a scope and a risk (H022)."""
    if not read.terms(IncidentTerms).assessment_required:
        return _look(read, ~_in(ORDER))
    affected = select(IncidentAccount.account_id).where(IncidentAccount.incident_id == Incident.id)
    nobody = and_(Incident.risk != Risk.NONE.value, ~affected.exists())
    unknown = or_(Incident.risk.is_(None), Incident.categories.is_(None), Incident.people.is_(None))
    return _look(read, and_(_in(_behind(_S.ASSESSED)), or_(unknown, nobody)))


def incidents_told(read: Read) -> Finding:
    """Of every incident that is so far it was decided, with a reason, whether customers are told; where the policy
    wants it they were, all of them, unless an exemption applies (H023)."""
    told_of = [risk.value for risk in read.terms(IncidentTerms).tell_customers_of]
    waiting = select(IncidentAccount.account_id).where(
        IncidentAccount.incident_id == Incident.id, IncidentAccount.status == Reach.WAITING.value
    )
    untold = and_(Incident.notify.is_(True), or_(Incident.told_at.is_(None), waiting.exists()))
    silent = and_(Incident.notify.is_(False), Incident.exemption.is_(None), Incident.risk.in_(told_of))
    undecided = or_(Incident.notify.is_(None), Incident.notify_reason.is_(None))
    return _look(read, and_(_in([_S.NOTIFIED, *_behind(_S.NOTIFIED)]), or_(undecided, untold, silent)))


def incidents_corrected(read: Read) -> Finding:
    """No incident was closed before a corrective action was recorded (H024)."""
    corrected = select(IncidentEntry.number).where(_mine, IncidentEntry.kind == EntryKind.CORRECTION.value)
    required = read.terms(IncidentTerms).correction_required
    return _look(read, and_(_in([_S.CLOSED] if required else []), ~corrected.exists()))


def authority_told_in_time(read: Read) -> Finding:
    """The authority was told of every incident that may be a risk, within the policy's hours from when it was known,
    or it is said why later (GDPR article 33)."""
    within = read.terms(IncidentTerms).authority_within // timedelta(microseconds=1)
    clock = type_coerce(Incident.due_at, BigInteger) - type_coerce(Incident.known_at, BigInteger)
    silent = and_(
        Incident.authority_notified_at.is_(None),
        Incident.risk.is_distinct_from(Risk.NONE.value),
        or_(Incident.due_at < read.now, Incident.closed_at.is_not(None)),
    )
    unexplained = and_(Incident.authority_notified_at > Incident.due_at, Incident.delay_reason.is_(None))
    return _look(read, or_(clock != within, silent, unexplained))


def _behind(status: IncidentStatus) -> Sequence[IncidentStatus]:
    return ORDER[ORDER.index(status) + 1 :]


def _in(statuses: Sequence[IncidentStatus]) -> ColumnElement[bool]:
    return Incident.status.in_([status.value for status in statuses])


def _look(read: Read, wrong: ColumnElement[bool]) -> Finding:
    return look(read, "incidents", Incident, Incident.id, wrong)


CHECKS: Mapping[str, Check] = {
    "incidents_registered": incidents_registered,
    "incidents_in_order": incidents_in_order,
    "incidents_assessed": incidents_assessed,
    "incidents_told": incidents_told,
    "incidents_corrected": incidents_corrected,
    "authority_told_in_time": authority_told_in_time,
}
