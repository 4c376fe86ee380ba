"""What the company that runs the demo has in its register of incidents: one that was nothing, and one that is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from server.demo.mailings import Engine

FALSE_ALARM, OPEN = 34, 56
"""By the day of the history."""
_MOVED = "... on IncidentChanged { incident { id } }"


async def false_alarm(staff: Engine, account_id: str, now: Callable[[], datetime]) -> None:
    """Somebody thought that a telephone was lost, and found it."""
    incident = await _opened(
        staff, account_id, now(), "LOSS", "A telephone with the staff's mail is missing."
    )
    await _do(staff, "moveIncident", incident, to="INVESTIGATING")
    nothing = {"risk": "NONE", "categories": [], "people": "0", "consequences": "It was found, and locked."}
    await _do(staff, "assessIncident", incident, **nothing)
    await _do(staff, "decideIncidentNotice", incident, notify=False, reason="Nobody is affected.")
    await _do(
        staff, "noteIncident", incident, kind="CORRECTION", text="Telephones can be locked from afar now."
    )
    await _do(staff, "moveIncident", incident, to="CLOSED", skipReason="Nothing had happened.")


async def misdirected_list(staff: Engine, account_id: str, now: Callable[[], datetime]) -> None:
    """A list went to the wrong address. The customer and the authority are told; what is to be corrected is open."""
    known_at = now() - timedelta(hours=5)
    told = "The addresses of three of your readers were sent to another customer, who deleted them. Ask us anything."
    incident = await _opened(
        staff, account_id, known_at, "MISUSE", "A list of three readers went to another customer."
    )
    for state in ("INVESTIGATING", "ASSESSED"):
        await _do(staff, "moveIncident", incident, to=state)
    assessment = {"risk": "RISK", "categories": ["identification"], "people": "3"}
    await _do(
        staff, "assessIncident", incident, **assessment, consequences="Somebody else knew three addresses."
    )
    await _do(staff, "moveIncident", incident, to="MITIGATED")
    notice = {"authority": "Data protection authority", "reference": "DEMO-7"}
    await _do(staff, "recordIncidentAuthorityNotice", incident, **notice, notifiedAt=now().isoformat())
    await _do(
        staff, "decideIncidentNotice", incident, notify=True, reason="Its readers may ask.", message=told
    )


async def _opened(staff: Engine, account_id: str, known_at: datetime, kind: str, summary: str) -> str:
    given = {"kind": kind, "source": "STAFF", "summary": summary, "accountIds": [account_id]}
    opened = await staff.do(
        "openIncident",
        "OpenIncidentInput",
        given | {"knownAt": known_at.isoformat()},
        "... on IncidentOpened { incidentId }",
    )
    return str(opened["incidentId"])


async def _do(staff: Engine, mutation: str, incident_id: str, **given: Any) -> None:
    name = f"{mutation[0].upper()}{mutation[1:]}Input"
    await staff.do(mutation, name, {"incidentId": incident_id, **given}, _MOVED)
