"""Reading while the database comes and goes: subscribers stay, and miss nothing, because they read from a cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.kit.graph.live.limits import LiveLimits
from server.kit.graph.live.timing import Bell
from server.kit.problems import PublicError
from server.kit.work import Read, Units

T = TypeVar("T")

_TRANSIENT_CODES = {"OVERLOADED", "STORAGE_UNAVAILABLE"}
_TRANSIENT_STATES = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE: connection, rollback, resources, object in use, operator intervention."""

_log = structlog.get_logger("postmeter.live")


def unavailable(error: BaseException) -> bool:
    """Whether the database was out of reach, so that the same read may succeed later."""
    if isinstance(error, PublicError):
        return error.code in _TRANSIENT_CODES
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if isinstance(state, str) and state.startswith(_TRANSIENT_STATES):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(
        error, OperationalError | InterfaceError | PoolTimeout | sqlite3.OperationalError | OSError
    ):
        return True
    # The engine turns what a feed raises while it opens into an error for the client, and keeps the cause.
    return error.__cause__ is not None and unavailable(error.__cause__)


async def read_patiently(
    units: Units, function: Callable[[Read], T], life: Bell, limits: LiveLimits
) -> T | None:
    """Read, and again with growing pauses while the database is unavailable; None when `life` ended meanwhile."""
    pause_seconds = limits.retry_seconds_min
    while not life.stopped:
        try:
            return await units.read(function)
        except Exception as error:
            if not unavailable(error):
                raise
            if pause_seconds == limits.retry_seconds_min:
                _log.warning("live_read_failed", reason=type(error).__name__)
        await life.wait(pause_seconds)
        pause_seconds = min(2 * pause_seconds, limits.retry_seconds_max)
    return None
