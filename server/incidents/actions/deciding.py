"""What is found out and decided about an incident, what the authority was told, and how the incident goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.incidents.actions.changes import (
    IncidentMoved,
    IncidentOverdue,
    IncidentReminded,
    IncidentUpdated,
    change,
    check_text,
    locked,
    locked_open,
    plan,
    sealed,
    write_entry,
)
from server.incidents.actions.telling import tell_again
from server.incidents.reads import IncidentRow, standing
from server.incidents.rules.lifecycle import (
    Assessment,
    EntryKind,
    Exemption,
    IncidentStatus,
    IncidentTerms,
    Risk,
    Step,
    check_assessment,
    check_authority_notice,
    check_decision,
    check_move,
    next_step,
    skipped,
)
from server.incidents.rules.refusals import (
    IncidentAuthorityNotified,
    IncidentDecisionFinal,
    IncidentNotFound,
)
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether customers are told, and why; `message` is what they are told."""

    notify: bool
    reason: str
    exemption: Exemption | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorityNotice:
    """Which authority was told, when, and under which reference; `delay_reason` says why it is late."""

    authority: str
    reference: str
    notified_at: datetime
    delay_reason: str | None = None


_DECISION = ("notify", "notify_reason", "exemption", "decided_at")


def assess(work: Work, incident_id: str, assessment: Assessment) -> IncidentRow:
    """Say what is affected, and at which risk (H022). Again, as more becomes known: a decision to tell nobody falls
    with the risk that it was made for, where customers are told of the new one.

    Raises IncidentNotFound, IncidentStatusConflict, IncidentScopeInvalid or IncidentTextInvalid.
    """
    terms = work.terms(IncidentTerms)
    row = locked_open(work, incident_id)
    check_assessment(assessment, terms)
    check_text(assessment.consequences, terms.text_length_max)
    other_risk = assessment.risk.value != row.risk and assessment.risk in terms.tell_customers_of
    undecided = dict.fromkeys(_DECISION) if row.notify is False and other_risk else {}
    return change(
        work,
        row,
        IncidentUpdated,
        risk=assessment.risk.value,
        categories=" ".join(sorted(assessment.categories)),
        people=assessment.people,
        consequences=sealed(work, row.id, "incidents.consequences", assessment.consequences),
        assessed_at=work.now,
        **undecided,
    )


def decide_notice(work: Work, incident_id: str, decision: Decision) -> IncidentRow:
    """Decide whether the affected customers are told, and why (H023). They are told by due work, some at a time.

    Raises IncidentNotFound, IncidentStatusConflict, IncidentDecisionFinal, IncidentIncomplete (before the assessment),
    IncidentNoticeRequired or IncidentTextInvalid.
    """
    terms = work.terms(IncidentTerms)
    row = locked_open(work, incident_id)
    if row.notify:
        raise IncidentDecisionFinal
    check_text(decision.reason, terms.text_length_max)
    message = (decision.message or "") if decision.notify else None
    check_text(message, terms.text_length_max)
    exemption = None if decision.notify else decision.exemption
    check_decision(decision.notify, exemption, None if row.risk is None else Risk(row.risk), terms)
    decided = {
        "notify": decision.notify,
        "notify_reason": sealed(work, row.id, "incidents.notify_reason", decision.reason),
        "exemption": None if exemption is None else exemption.value,
        "message": sealed(work, row.id, "incidents.message", message),
        "decided_at": work.now,
    }
    tell_again(work, row._replace(notify=decision.notify))
    return change(work, row, IncidentUpdated, **decided)


def record_authority_notice(work: Work, incident_id: str, notice: AuthorityNotice) -> IncidentRow:
    """Record that the authority was told, which ends the clock (GDPR article 33). What follows later is an entry.

    Raises IncidentNotFound, IncidentStatusConflict, IncidentAuthorityNotified, IncidentTextInvalid,
    IncidentInstantInvalid or IncidentDelayUnexplained.
    """
    terms = work.terms(IncidentTerms)
    row = locked_open(work, incident_id)
    if row.authority_notified_at is not None:
        raise IncidentAuthorityNotified
    for text in (notice.authority, notice.reference):
        check_text(text, terms.reference_length_max)
    check_text(notice.delay_reason, terms.text_length_max)
    explained = notice.delay_reason is not None
    check_authority_notice(notice.notified_at, row.known_at, row.due_at, explained, work.now, terms)
    return change(
        work,
        row,
        IncidentUpdated,
        authority=sealed(work, row.id, "incidents.authority", notice.authority),
        authority_reference=sealed(work, row.id, "incidents.authority_reference", notice.reference),
        authority_notified_at=notice.notified_at,
        delay_reason=sealed(work, row.id, "incidents.delay_reason", notice.delay_reason),
    )


def note(work: Work, incident_id: str, kind: EntryKind, text: str) -> IncidentRow:
    """Write a note or a corrective action (H024) into the register.

    Raises IncidentNotFound, IncidentStatusConflict, IncidentTextInvalid or IncidentEntryLimitReached.
    """
    row = locked_open(work, incident_id)
    check_text(text, work.terms(IncidentTerms).text_length_max)
    return change(work, write_entry(work, row, kind, text), IncidentUpdated)


def move_incident(
    work: Work, incident_id: str, to: IncidentStatus, skip_reason: str | None = None
) -> IncidentRow:
    """Let the incident go on to a later state. What it skips is written down, with the reason (H021).

    Raises IncidentNotFound, IncidentStatusConflict, IncidentTextInvalid, IncidentSkipUnexplained or IncidentIncomplete.
    """
    terms = work.terms(IncidentTerms)
    row = locked_open(work, incident_id)
    check_text(skip_reason, terms.text_length_max)
    check_move(standing(work, row), to, skip_reason is not None, terms)
    for passed_over in skipped(IncidentStatus(row.status), to, terms):
        row = write_entry(work, row, EntryKind.SKIPPED, skip_reason, passed_over)
    row = write_entry(work, row, EntryKind.REACHED, None, to)
    closed_at = work.now if to is IncidentStatus.CLOSED else None
    return change(work, row, IncidentMoved, status=to.value, closed_at=closed_at)


def advance(work: Work, incident_id: str) -> bool:
    """The due step of the clock: remind the staff, or mark the incident overdue; whether it became so. Repeated, it
    does nothing."""
    try:
        row = locked(work, incident_id)
    except IncidentNotFound:  # its time was over
        return False
    step = next_step(standing(work, row), work.terms(IncidentTerms))
    if step is None:
        return False
    if work.now < step[1]:
        plan(work, row)
        return False
    if step[0] is Step.REMIND:
        change(work, row, IncidentReminded, reminded_at=work.now)
        return False
    change(work, row, IncidentOverdue, overdue_at=work.now)
    return True
