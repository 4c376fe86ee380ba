"""Due work of the slice: the clocks of requests, copies of data, the sweep of what is over, and erasures."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.privacy.adapters.erasing import Eraser
from server.privacy.jobs import erasing, exporting, refusing, requests, retention
from server.privacy.jobs.erasing import Rewrap

TIMERS: Mapping[str, Timer] = {
    **erasing.TIMERS,
    **exporting.TIMERS,
    **refusing.TIMERS,
    **requests.TIMERS,
    **retention.TIMERS,
}


def handlers(eraser: Eraser, rewrap: Rewrap) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    return {
        **erasing.handlers(eraser, rewrap),
        **exporting.handlers(),
        **refusing.handlers(),
        **requests.handlers(),
        **retention.handlers(),
    }
