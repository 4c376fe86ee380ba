"""Periods as profiles write them: ISO 8601 durations such as P30D, P12M, P5Y and PT48H."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_DURATION = re.compile(
    r"P(?!\Z)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?!\Z)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,5})S)?)?\Z"
)
_DAYS_A_MONTH = 30
"""For comparing clocks only; a calendar month is never counted so."""


@dataclass(frozen=True, slots=True)
class Period:
    """A duration: calendar months apart from the time that a clock can measure.

    `counts` is what it says, by units: `(48, "hours")` of PT48H.
    """

    months: int
    time: timedelta
    text: str
    counts: tuple[tuple[int, str], ...]

    @property
    def nominal(self) -> timedelta:
        """About how long it is, to tell which of two clocks runs out first."""
        return self.time + timedelta(days=_DAYS_A_MONTH * self.months)


def is_period(text: str) -> bool:
    """Whether the text is a duration."""
    return _DURATION.match(text) is not None


def period(text: str) -> Period:
    """The duration that the text says. Raises ValueError."""
    found = _DURATION.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no ISO 8601 duration such as P30D, P12M or PT48H")
    parts = {name: int(number or 0) for name, number in found.groupdict().items()}
    counts = tuple((number, unit) for unit, number in parts.items() if number)
    months = 12 * parts.pop("years") + parts.pop("months")
    return Period(months, timedelta(**parts), text, counts)
