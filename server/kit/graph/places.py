"""The cursor of queues that are ordered by urgency: a rank, a due date and an id."""

from __future__ import annotations

from datetime import UTC, datetime

from server.kit.clock import to_micros
from server.kit.graph.connections import key_after
from server.kit.problems import PublicError

INSTANT_MAX = to_micros(datetime.max.replace(tzinfo=UTC))
"""The last instant that there is, in microseconds."""


def place_after(after: str | None) -> tuple[int, int, str] | None:
    """The rank, instant and id inside a cursor of a queue. Raises PublicError BAD_USER_INPUT."""
    key = key_after(after)
    if key is None:
        return None
    rank, _, place = key.partition(".")
    instant, _, subject_id = place.partition(".")
    known = rank in ("0", "1", "2") and instant.isdigit() and len(instant) <= 19 and subject_id
    if not known or int(instant) > INSTANT_MAX:
        raise PublicError("BAD_USER_INPUT", "`after` is not a cursor of this list.")
    return int(rank), int(instant), subject_id
