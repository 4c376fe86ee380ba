"""Series in any time zone: where a quarter hour, an hour, a day, a week or a month begins there. No I/O.

Days have 23, 24 or 25 hours, and zones are at :30 and :45. Every boundary is a whole quarter hour of UTC, so what is
kept by the quarter hour adds up to every step exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.campaigns.rules.metrics import BUCKET_SECONDS, bucket_of, second_of
from server.kit.problems import Refusal

POINTS_MAX = 3_000
COMPARED_MAX = 10
COMPARED_HOURS_MAX = 720
_ZONE_LENGTH_MAX = 64
_HOUR_SECONDS = 3600


class Step(StrEnum):
    """How long each point of a series is, in the time zone that was asked for. Weeks begin on Monday."""

    QUARTER_HOUR = "QUARTER_HOUR"
    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(eq=False)
class TimeZoneUnknown(Refusal):
    """A time zone is named as the IANA database has it, such as Europe/Zurich."""

    code = "TIME_ZONE_UNKNOWN"
    blames = "timeZone"


@dataclass(eq=False)
class SeriesTooLong(Refusal):
    """The series would have too many points; take a longer step or a shorter time."""

    code = "SERIES_TOO_LONG"
    points_max: int


def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises TimeZoneUnknown."""
    try:
        if not name.isascii() or len(name) > _ZONE_LENGTH_MAX:
            raise TimeZoneUnknown
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TimeZoneUnknown from None


def boundaries(first: datetime, until: datetime, step: Step, place: ZoneInfo) -> Sequence[datetime]:
    """The starts of all steps that have an instant from `first` until before `until`, and the end of the last one.

    In UTC. Raises SeriesTooLong.
    """
    found = [_start(first.astimezone(place), step)]
    while found[-1] < until or len(found) == 1:
        if len(found) > POINTS_MAX:
            raise SeriesTooLong(POINTS_MAX)
        found.append(_next(found[-1].astimezone(place), step))
    return found


def buckets(instants: Sequence[datetime]) -> Sequence[tuple[int, int]]:
    """The quarter hours of each step: from the first, until before the second."""
    numbers = [bucket_of(instant) for instant in instants]
    return list(pairwise(numbers))


def _start(local: datetime, step: Step) -> datetime:
    if step is Step.QUARTER_HOUR:
        return datetime.fromtimestamp(bucket_of(local) * BUCKET_SECONDS, UTC)
    if step is Step.HOUR:
        return _hour_start(local)
    return _midnight(_first_day(local.date(), step), local)


def _next(local: datetime, step: Step) -> datetime:
    if step is Step.QUARTER_HOUR:
        return (local.astimezone(UTC)) + timedelta(seconds=BUCKET_SECONDS)
    if step is Step.HOUR:
        return local.astimezone(UTC) + timedelta(seconds=_HOUR_SECONDS - _into_hour(local))
    day = local.date()
    if step is Step.MONTH:
        return _midnight(_first_day(day.replace(day=1) + timedelta(days=32), Step.MONTH), local)
    return _midnight(day + timedelta(days=7 if step is Step.WEEK else 1), local)


def _first_day(day: date, step: Step) -> date:
    if step is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step is Step.MONTH else day


def _midnight(day: date, local: datetime) -> datetime:
    """When the day begins in the zone; where its midnight is skipped, when the clocks are put forward."""
    return datetime.combine(day, time(), local.tzinfo).astimezone(UTC)


def _hour_start(local: datetime) -> datetime:
    """When the hour of the clock began, or, within it, the clock was changed."""
    start = local.astimezone(UTC) - timedelta(seconds=_into_hour(local), microseconds=local.microsecond)
    before = start.astimezone(local.tzinfo)
    if before.utcoffset() == local.utcoffset():
        return start
    # The clock was changed by less than an hour since: the hour that it was changed to began with the change.
    changed, ends = start, local.astimezone(UTC)
    while changed < ends and changed.astimezone(local.tzinfo).utcoffset() != local.utcoffset():
        changed += timedelta(seconds=BUCKET_SECONDS)
    return changed


def _into_hour(local: datetime) -> int:
    offset = local.utcoffset()
    assert offset is not None, "local instants have a zone"
    return (second_of(local) + int(offset.total_seconds())) % _HOUR_SECONDS
