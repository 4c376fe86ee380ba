"""Due work of campaigns: launching at an instant, and ending with the time of their credits."""

from __future__ import annotations

from collections.abc import Mapping

from server.campaigns.actions.campaigns import LAUNCH
from server.campaigns.actions.launching import END, fail_scheduled, launch_scheduled
from server.campaigns.actions.sending import end_in_time
from server.kit.due import Handler, Timer
from server.kit.problems import Refusal
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units

TIMERS: Mapping[str, Timer] = dict.fromkeys((LAUNCH, END), Timer.OPERATIONAL)
"""No term of a contract: a launch is when the customer wants it, and the end gives back what was held."""


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    return {LAUNCH: launch, END: end}


async def launch(units: Units, campaign_id: str) -> None:
    """Launch a scheduled campaign; one that may not be launched now has failed, and says why."""
    try:
        await units.run(Call(LAUNCH, SYSTEM), lambda work: launch_scheduled(work, campaign_id))
    except Refusal as refused:
        refusal = refused
        await units.run(Call(LAUNCH, SYSTEM), lambda work: fail_scheduled(work, campaign_id, refusal))


async def end(units: Units, campaign_id: str) -> None:
    """End a campaign whose credits are held no longer."""
    await units.run(Call(END, SYSTEM), lambda work: end_in_time(work, campaign_id))
