"""Due work of incidents: the clock of the notice to the authority, and finding and telling those who are affected.

All of it is statutory: no pause holds it up (M103).
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter

from server.incidents.actions.changes import CLOCK
from server.incidents.actions.deciding import advance
from server.incidents.actions.scoping import SCAN, scan
from server.incidents.actions.telling import TELL, tell
from server.kit import metrics
from server.kit.due import Handler, Timer
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units

TIMERS: Mapping[str, Timer] = {
    CLOCK: Timer.STATUTORY,
    SCAN: Timer.STATUTORY,
    TELL: Timer.STATUTORY,
}
overdue = Counter(
    "postmeter_incidents_overdue_total",
    "Incidents of which the authority was not told in time.",
    registry=metrics.REGISTRY,
)


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def clock(units: Units, incident_id: str) -> None:
        if await units.run(Call(CLOCK, SYSTEM), lambda work: advance(work, incident_id)):
            overdue.inc()

    async def find(units: Units, incident_id: str) -> None:
        await units.run(Call(SCAN, SYSTEM), lambda work: scan(work, incident_id))

    async def inform(units: Units, incident_id: str) -> None:
        await units.run(Call(TELL, SYSTEM), lambda work: tell(work, incident_id))

    return {CLOCK: clock, SCAN: find, TELL: inform}
