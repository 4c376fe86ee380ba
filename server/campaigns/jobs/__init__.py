"""Due work of the slice: of campaigns, of their statistics, and of complaints about them."""

from __future__ import annotations

from collections.abc import Mapping

from server.campaigns.jobs import benchmarks, campaigns, complaints, statistics
from server.kit.due import Handler, Timer

TIMERS: Mapping[str, Timer] = {
    **campaigns.TIMERS,
    **statistics.TIMERS,
    **complaints.TIMERS,
    **benchmarks.TIMERS,
}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    return {
        **campaigns.handlers(),
        **statistics.handlers(),
        **complaints.handlers(),
        **benchmarks.handlers(),
    }
