"""What an incident goes through, what each state wants first, and the clock of the notice to the authority."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from server.incidents.rules.refusals import (
    IncidentCriterionInvalid,
    IncidentDelayUnexplained,
    IncidentIncomplete,
    IncidentInstantInvalid,
    IncidentNoticeRequired,
    IncidentScopeInvalid,
    IncidentSkipUnexplained,
    IncidentStatusConflict,
)


class IncidentKind(StrEnum):
    """What happened, as customers report it (H025): somebody got in, something got lost, or somebody misused it."""

    UNAUTHORISED_ACCESS = "UNAUTHORISED_ACCESS"
    LOSS = "LOSS"
    MISUSE = "MISUSE"


class IncidentSource(StrEnum):
    """How it became known. REPORT: a customer reported a compromise. MAIL: by mail or letter."""

    STAFF = "STAFF"
    MAIL = "MAIL"
    REPORT = "REPORT"


class IncidentStatus(StrEnum):
    """Where an incident is, in the order of H021. CLOSED is final."""

    REPORTED = "REPORTED"
    INVESTIGATING = "INVESTIGATING"
    ASSESSED = "ASSESSED"
    MITIGATED = "MITIGATED"
    NOTIFIED = "NOTIFIED"
    CORRECTED = "CORRECTED"
    CLOSED = "CLOSED"


ORDER: Sequence[IncidentStatus] = tuple(IncidentStatus)


class Risk(StrEnum):
    """What it may mean for people. NONE: a risk to their rights and freedoms is unlikely (GDPR article 33(1))."""

    NONE = "NONE"
    RISK = "RISK"
    HIGH_RISK = "HIGH_RISK"


class Exemption(StrEnum):
    """Why customers need not be told of a risk (GDPR article 34(3))."""

    UNINTELLIGIBLE = "UNINTELLIGIBLE"
    RISK_AVERTED = "RISK_AVERTED"
    DISPROPORTIONATE = "DISPROPORTIONATE"


class Criterion(StrEnum):
    """Which accounts are affected. EVERYONE: all customers. HELD: of whom data of a category is held. SIGNED_IN: who
    signed in between two instants."""

    EVERYONE = "EVERYONE"
    HELD = "HELD"
    SIGNED_IN = "SIGNED_IN"


class Reach(StrEnum):
    """Whether an affected account was told. GONE: it was erased before."""

    WAITING = "WAITING"
    TOLD = "TOLD"
    GONE = "GONE"


class EntryKind(StrEnum):
    """What is written: a state that was reached, one that was skipped, a note, or a corrective action (H024)."""

    REACHED = "REACHED"
    SKIPPED = "SKIPPED"
    NOTE = "NOTE"
    CORRECTION = "CORRECTION"


class Lack(StrEnum):
    """What an incident still needs for a state."""

    ASSESSMENT = "ASSESSMENT"
    ACCOUNTS = "ACCOUNTS"
    SCAN = "SCAN"
    AUTHORITY_NOTICE = "AUTHORITY_NOTICE"
    DECISION = "DECISION"
    CUSTOMERS_TOLD = "CUSTOMERS_TOLD"
    CORRECTION = "CORRECTION"


@dataclass(frozen=True, slots=True)
class IncidentTerms:
    """The numbers of incidents. Lengths count characters."""

    states: Sequence[IncidentStatus] = ORDER
    assessment_required: bool = True
    correction_required: bool = True
    tell_customers_of: frozenset[Risk] = frozenset({Risk.RISK, Risk.HIGH_RISK})
    """Of which risks customers are told (H023)."""
    authority_within: timedelta = timedelta(hours=72)
    """How long after it became known the authority is told (GDPR article 33(1), C26)."""
    categories: frozenset[str] = frozenset({"identification", "technical", "financial", "activity"})
    """The policy's names of categories of data."""
    served: Mapping[str, str] = field(default_factory=dict)
    """Under which of these names each of the server's own falls; its own where there is none."""
    sign_ins_kept: timedelta = timedelta(days=30)
    """For how long it is known who signed in."""

    remind_before: timedelta = timedelta(hours=24)
    """How long before the due date the staff is reminded."""
    known_before_max: timedelta = timedelta(days=365)
    """How long ago it may have become known, when it is entered."""
    text_length_max: int = 2_000
    reference_length_max: int = 200
    message_id_length_max: int = 254
    people_max: int = 10**12
    accounts_a_call_max: int = 100
    accounts_a_step: int = 100
    """Accounts that one transaction looks at, or tells."""
    entries_max: int = 500


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is affected: which categories of data, of how many people, and at which risk."""

    risk: Risk
    categories: frozenset[str]
    people: int
    consequences: str


@dataclass(frozen=True, slots=True)
class Criteria:
    """A criterion with what it needs: HELD a category, SIGNED_IN two instants, of which the second is not included."""

    criterion: Criterion
    category: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether an incident may go on, and what happens next by itself."""

    status: IncidentStatus
    risk: Risk | None
    due_at: datetime
    opened_at: datetime
    assessed: bool = False
    accounts: bool = False
    scanned: bool = True
    authority_notified: bool = False
    notify: bool | None = None
    told: bool = False
    corrected: bool = False
    reminded: bool = False
    overdue: bool = False


class Step(StrEnum):
    """What happens by itself."""

    REMIND = "REMIND"
    OVERDUE = "OVERDUE"


def skipped(status: IncidentStatus, to: IncidentStatus, terms: IncidentTerms) -> Sequence[IncidentStatus]:
    """The states between the two. Raises IncidentStatusConflict unless `to` comes later."""
    here, there = terms.states.index(status), terms.states.index(to)
    if there <= here:
        raise IncidentStatusConflict(status.value)
    return terms.states[here + 1 : there]


def check_move(standing: Standing, to: IncidentStatus, explained: bool, terms: IncidentTerms) -> None:
    """Raises IncidentStatusConflict, IncidentSkipUnexplained (H021) or IncidentIncomplete (H022 to H024).

    A state that is skipped wants what it would want: a reason stands for no assessment, notice or correction.
    """
    passed_over = skipped(standing.status, to, terms)
    if passed_over and not explained:
        raise IncidentSkipUnexplained(" ".join(passed_over))
    if lacks := list(lacking(standing, to, terms)):
        raise IncidentIncomplete(" ".join(lacks))


def lacking(standing: Standing, to: IncidentStatus, terms: IncidentTerms) -> Iterator[Lack]:
    """What the incident needs before it may be in that state."""
    there = terms.states.index(to)
    if there > terms.states.index(IncidentStatus.ASSESSED) and terms.assessment_required:
        yield from _scope_lacking(standing)
    if there >= terms.states.index(IncidentStatus.NOTIFIED):
        if is_authority_due(standing.risk, standing.authority_notified):
            yield Lack.AUTHORITY_NOTICE
        if standing.notify is None:
            yield Lack.DECISION
        elif standing.notify and not standing.told:
            yield Lack.CUSTOMERS_TOLD
    if to is IncidentStatus.CLOSED and terms.correction_required and not standing.corrected:
        yield Lack.CORRECTION


def is_authority_due(risk: Risk | None, notified: bool) -> bool:
    """Whether the authority is still to be told: of all but what is assessed to be no risk (GDPR article 33(1))."""
    return not notified and risk is not Risk.NONE


def queue_rank(standing: Standing) -> int | None:
    """The place in the staff's queue, before the due date: what the authority waits for comes first."""
    if standing.status is IncidentStatus.CLOSED:
        return None
    return 0 if is_authority_due(standing.risk, standing.authority_notified) else 1


def next_step(standing: Standing, terms: IncidentTerms) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when; None when nothing does. At its due date a notice is still in time."""
    if queue_rank(standing) != 0 or standing.overdue:
        return None
    remind_at = standing.due_at - terms.remind_before
    if not standing.reminded and standing.opened_at < remind_at:
        return Step.REMIND, remind_at
    return Step.OVERDUE, standing.due_at + timedelta.resolution


def check_known(
    known_at: datetime, occurred_at: datetime | None, now: datetime, terms: IncidentTerms
) -> None:
    """Raises IncidentInstantInvalid: it happened before it was known, and became known in the past."""
    known = now - terms.known_before_max <= known_at <= now
    if not known or (occurred_at is not None and occurred_at > known_at):
        raise IncidentInstantInvalid(terms.known_before_max.days)


def check_assessment(assessment: Assessment, terms: IncidentTerms) -> None:
    """Raises IncidentScopeInvalid (H022)."""
    names_some = assessment.people > 0 and assessment.categories
    known = assessment.categories <= terms.categories and 0 <= assessment.people <= terms.people_max
    if not known or (assessment.risk is not Risk.NONE and not names_some):
        raise IncidentScopeInvalid(" ".join(sorted(terms.categories)))


def check_criteria(criteria: Criteria, now: datetime, terms: IncidentTerms) -> None:
    """Raises IncidentCriterionInvalid."""
    fits = True
    if criteria.criterion is Criterion.HELD:
        fits = criteria.category in terms.categories
    elif criteria.criterion is Criterion.SIGNED_IN:
        since, until = criteria.since, criteria.until
        in_order = since is not None and until is not None and since < until <= now
        # Sessions go some time after they ended, so what began within that time is there.
        fits = in_order and since is not None and now - since <= terms.sign_ins_kept
    if not fits:
        raise IncidentCriterionInvalid(terms.sign_ins_kept.days)


def check_decision(
    notify: bool, exemption: Exemption | None, risk: Risk | None, terms: IncidentTerms
) -> None:
    """Raises IncidentIncomplete before the assessment, and IncidentNoticeRequired (H023)."""
    if risk is None:
        raise IncidentIncomplete(Lack.ASSESSMENT.value)
    if not notify and exemption is None and risk in terms.tell_customers_of:
        raise IncidentNoticeRequired(risk.value)


def check_authority_notice(
    notified_at: datetime,
    known_at: datetime,
    due_at: datetime,
    explained: bool,
    now: datetime,
    terms: IncidentTerms,
) -> None:
    """Raises IncidentInstantInvalid, or IncidentDelayUnexplained when it is late and nobody says why."""
    if not known_at <= notified_at <= now:
        raise IncidentInstantInvalid(terms.known_before_max.days)
    if notified_at > due_at and not explained:
        raise IncidentDelayUnexplained(due_at.isoformat())


def server_categories(category: str, own: Collection[str], terms: IncidentTerms) -> frozenset[str]:
    """Which of the server's own categories fall under a name of the policy."""
    return frozenset(each for each in own if terms.served.get(each, each) == category)


def _scope_lacking(standing: Standing) -> Iterator[Lack]:
    if not standing.assessed:
        yield Lack.ASSESSMENT
    elif standing.risk is not Risk.NONE and not standing.accounts:
        yield Lack.ACCOUNTS
    if not standing.scanned:
        yield Lack.SCAN
