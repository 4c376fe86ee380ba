"""What obliges to each kind of due work: it decides whether a pause holds it up (M103)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Timer(Enum):
    """What a kind of due work follows from. Only contractual timers may be paused.

    CONTRACTUAL: a term that customer and company agreed on, such as a renewal or an expiry. STATUTORY: a term that
    a law sets, such as the answer to a request. OPERATIONAL: no term at all, the server's own work.
    """

    CONTRACTUAL = "CONTRACTUAL"
    STATUTORY = "STATUTORY"
    OPERATIONAL = "OPERATIONAL"


@dataclass(frozen=True, slots=True)
class Timers:
    """The class of every kind of due work that the server knows; a kind without one is not among them."""

    of_kind: Mapping[str, Timer]

    @property
    def contractual(self) -> tuple[str, ...]:
        """The kinds that a pause holds up."""
        return tuple(sorted(kind for kind, timer in self.of_kind.items() if timer is Timer.CONTRACTUAL))


@dataclass(frozen=True, slots=True)
class Standstill:
    """A time in which contractual timers stand still: from `starts_at`, until before `ends_at` (None: still)."""

    starts_at: datetime
    ends_at: datetime | None


def shifted(due_at: datetime, since: datetime, standstills: Iterable[Standstill], now: datetime) -> datetime:
    """When a contractual term that runs from `since` to `due_at` ends, with the standstills (in order) added.

    A standstill that begins at or before the end of the term moves it by its length after `since`; one that is
    not over counts until `now`, so the answer moves with `now`.
    """
    for standstill in standstills:
        begins = max(standstill.starts_at, since)
        ends = now if standstill.ends_at is None else standstill.ends_at
        if begins <= due_at and begins < ends:
            due_at += ends - begins
    return due_at
