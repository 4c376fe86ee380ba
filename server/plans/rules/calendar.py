"""Cycles by the calendar, in UTC: each begins on the day of the month, and at the time, at which the first began.

A month that is too short gives its last day, and the next cycle is back on the first one's day: 31 January,
28 February, 31 March.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime

from server.plans.rules.terms import Cycle


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to before `end`."""

    start: datetime
    end: datetime


def period_of(anchor_at: datetime, cycle: Cycle, cycles_before: int) -> Period:
    """The cycle that has so many before it since the anchor."""
    months = cycle.value * cycles_before
    return Period(add_months(anchor_at, months), add_months(anchor_at, months + cycle.value))


def add_months(start: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the last day of a month that is too short."""
    year, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + year, month + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
