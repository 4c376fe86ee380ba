"""Due work of the slice: the clocks of requests, copies of data, and the sweep of what is over."""

from __future__ import annotations

from collections.abc import Mapping

from server.kit.due import Handler, Timer
from server.privacy.jobs import exporting, requests, retention

TIMERS: Mapping[str, Timer] = {**exporting.TIMERS, **requests.TIMERS, **retention.TIMERS}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""
    return {**exporting.handlers(), **requests.handlers(), **retention.handlers()}
