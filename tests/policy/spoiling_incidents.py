"""Incidents of which somebody left out what the policy wants, for the checks to find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from server.accounts.model import SecurityReport
from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.incidents.rules.lifecycle import ORDER, IncidentStatus
from server.kit.work import Work
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, all_of
from tests.policy.spoiling_accounts import of_person

_SECOND, _DUE = timedelta(seconds=1), timedelta(hours=72)
_WRITTEN = b"sealed by a key that never was, longer than a nonce"
_DECIDED = {"notify": False, "notify_reason": _WRITTEN}
_ASSESSED = {"risk": "NONE", "categories": "", "people": 0}
_RISK = {"risk": "RISK", "categories": "identification", "people": 1}
_NOTIFIED = {"authority_reference": _WRITTEN}


def incident(
    status: str = "REPORTED",
    ago: timedelta = timedelta(0),
    steps: Sequence[dict[str, Any]] | None = None,
    account: str | None = None,
    **values: Any,
) -> Sabotage:
    """An incident in that state, known so long ago, with a corrective action and one entry a state, or these `steps`;
    `account` is whether an affected account was told."""

    def sabotage(work: Work, world: World) -> None:
        known_at = work.now - ago
        reached = ORDER[: ORDER.index(IncidentStatus(status)) + 1]
        written = [{"status": each.value} for each in reached] if steps is None else steps
        row = {
            "id": "inc_1",
            "kind": "LOSS",
            "source": "STAFF",
            "status": status,
            "known_at": known_at,
            "due_at": known_at + _DUE,
            "opened_at": known_at,
            "entries": len(written),
            "criterion_number": 0,
            "closed_at": work.now if status == "CLOSED" else None,
            "updated_at": work.now,
        }
        work.execute(insert(Incident).values(**(row | values)))
        for number, entry in enumerate(written, start=1):
            of_entry = {"incident_id": "inc_1", "number": number, "kind": "REACHED", "written_at": work.now}
            work.execute(insert(IncidentEntry).values(**(of_entry | entry)))
        if account is not None:
            told_at = work.now if account == "TOLD" else None
            of_account = {"incident_id": "inc_1", "account_id": world.customer, "status": account}
            work.execute(insert(IncidentAccount).values(**of_account, added_at=known_at, told_at=told_at))

    return sabotage


def late(after: timedelta, **values: Any) -> Sabotage:
    """The authority was told so long after the due date."""

    def sabotage(work: Work, world: World) -> None:
        incident(ago=_DUE + after, authority_notified_at=work.now, **_NOTIFIED, **values)(work, world)

    return sabotage


def touched(work: Work, world: World) -> None:
    """Something was changed after the end."""
    incident("CLOSED", updated_at=work.now + _SECOND, steps=_ALL, **_ASSESSED, **_DECIDED)(work, world)


def told(work: Work, world: World) -> None:
    """The affected account was told."""
    incident("NOTIFIED", account="TOLD", told_at=work.now, **_RISK, **_TOLD)(work, world)


def postponed(work: Work, world: World) -> None:
    """Its clock runs longer than the policy says."""
    incident(due_at=work.now + _DUE + _SECOND)(work, world)


def aged(months: int) -> Sabotage:
    """It was opened about so many months ago, and closed at once."""

    def sabotage(work: Work, world: World) -> None:
        at = work.now - timedelta(days=31 * months)
        incident("CLOSED", steps=(), opened_at=at, closed_at=at, updated_at=at)(work, world)

    return sabotage


reported = of_person(SecurityReport, id="rep_1", kind="LOSS")
_STEPS = tuple({"status": each.value} for each in ORDER)
_ALL = (*_STEPS, {"kind": "CORRECTION", "text": _WRITTEN})
_SKIPPED = ({"status": "REPORTED"}, {"status": "INVESTIGATING", "kind": "SKIPPED"}, {"status": "ASSESSED"})
_EXPLAINED = tuple({**each, "text": _WRITTEN} for each in _SKIPPED)
_TOLD = {"notify": True, "notify_reason": _WRITTEN}

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("incident.register", "rep_1", reported),
    ("incident.states", "inc_1", incident("ASSESSED", steps=_SKIPPED)),
    ("incident.states", "inc_1", incident("ASSESSED", steps=_SKIPPED[::2])),
    ("incident.states", "inc_1", touched),
    ("incident.require_assessment", "inc_1", incident("MITIGATED")),
    ("incident.require_assessment", "inc_1", incident("MITIGATED", **_RISK)),
    ("incident.notify_clients", "inc_1", incident("NOTIFIED", **_ASSESSED)),
    ("incident.notify_clients", "inc_1", incident("NOTIFIED", **_RISK, **_DECIDED)),
    ("incident.notify_clients", "inc_1", incident("NOTIFIED", account="WAITING", **_RISK, **_TOLD)),
    ("incident.require_corrective", "inc_1", incident("CLOSED", **_ASSESSED)),
    ("breach.authority", "inc_1", incident(ago=_DUE + _SECOND)),
    ("breach.authority", "inc_1", postponed),
    ("breach.authority", "inc_1", late(_SECOND)),
    ("retain.incidents", "incidents inc_1", aged(125)),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("incident.register", all_of(reported, incident(report_id="rep_1"))),
    ("incident.states", incident("ASSESSED", steps=_EXPLAINED)),
    ("incident.states", incident("CLOSED", steps=_ALL, **_ASSESSED, **_DECIDED)),
    ("incident.require_assessment", incident("ASSESSED")),
    ("incident.require_assessment", incident("MITIGATED", account="WAITING", **_RISK)),
    ("incident.notify_clients", incident("NOTIFIED", **_ASSESSED, **_DECIDED)),
    ("incident.notify_clients", told),
    ("incident.notify_clients", incident("NOTIFIED", exemption="RISK_AVERTED", **_RISK, **_DECIDED)),
    ("incident.require_corrective", incident("CLOSED", steps=_ALL)),
    ("breach.authority", incident(ago=_DUE)),
    ("breach.authority", incident(ago=_DUE + _SECOND, **_ASSESSED)),
    ("breach.authority", late(timedelta(0))),
    ("breach.authority", late(_SECOND, delay_reason=_WRITTEN)),
    ("retain.incidents", aged(100)),
]
"""What these checks leave alone."""
