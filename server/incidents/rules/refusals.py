"""The refusals of incidents."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal


@dataclass(eq=False)
class IncidentNotFound(Refusal):
    """There is no such incident."""

    code = "INCIDENT_NOT_FOUND"
    blames = "incidentId"


@dataclass(eq=False)
class IncidentStatusConflict(Refusal):
    """The incident is not in a state that allows this."""

    code = "INCIDENT_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class IncidentSkipUnexplained(Refusal):
    """No state is skipped without a written reason; `skipped` are the states, separated by spaces (H021)."""

    code = "INCIDENT_SKIP_UNEXPLAINED"
    blames = "skipReason"
    skipped: str


@dataclass(eq=False)
class IncidentIncomplete(Refusal):
    """Something has to be done first; `lacks` says what, separated by spaces (H022 to H024)."""

    code = "INCIDENT_INCOMPLETE"
    lacks: str


@dataclass(eq=False)
class IncidentTextInvalid(Refusal):
    """A text about an incident is visible, short enough, and holds no card number."""

    code = "INCIDENT_TEXT_INVALID"
    fault: str
    length_max: int


@dataclass(eq=False)
class IncidentInstantInvalid(Refusal):
    """An instant lies in the past, not too long ago, and after what it follows from."""

    code = "INCIDENT_INSTANT_INVALID"
    days_max: int


@dataclass(eq=False)
class IncidentAccountUnknown(Refusal):
    """There is no such account of a customer."""

    code = "INCIDENT_ACCOUNT_UNKNOWN"
    account_id: str


@dataclass(eq=False)
class IncidentAccountTold(Refusal):
    """The account was told that the incident affects it."""

    code = "INCIDENT_ACCOUNT_TOLD"
    account_id: str


@dataclass(eq=False)
class IncidentAccountsTooMany(Refusal):
    """So many accounts are not named at once; name some of them first, or give a criterion."""

    code = "INCIDENT_ACCOUNTS_TOO_MANY"
    limit: int


@dataclass(eq=False)
class IncidentCriterionInvalid(Refusal):
    """A criterion names a category of the policy, or two instants in order of which sign-ins are still kept."""

    code = "INCIDENT_CRITERION_INVALID"
    blames = "criterion"
    days_kept: int


@dataclass(eq=False)
class IncidentScopeInvalid(Refusal):
    """An assessment names categories of the policy; where there is a risk it is one to people, through some data."""

    code = "INCIDENT_SCOPE_INVALID"
    categories: str
    """Those of the policy, separated by spaces."""


@dataclass(eq=False)
class IncidentNoticeRequired(Refusal):
    """Of such a risk customers are told, unless an exemption applies (H023)."""

    code = "INCIDENT_NOTICE_REQUIRED"
    blames = "notify"
    risk: str


@dataclass(eq=False)
class IncidentDecisionFinal(Refusal):
    """It was decided that customers are told, which cannot be taken back."""

    code = "INCIDENT_DECISION_FINAL"


@dataclass(eq=False)
class IncidentAuthorityNotified(Refusal):
    """The notice to the authority is recorded already; write what follows into the register."""

    code = "INCIDENT_AUTHORITY_NOTIFIED"


@dataclass(eq=False)
class IncidentDelayUnexplained(Refusal):
    """A notice after the due date says why it is late (GDPR article 33(1))."""

    code = "INCIDENT_DELAY_UNEXPLAINED"
    blames = "delayReason"
    due_at: str


@dataclass(eq=False)
class IncidentEntryLimitReached(Refusal):
    """So much is written about the incident that nothing more can be."""

    code = "INCIDENT_ENTRY_LIMIT_REACHED"
    limit: int
