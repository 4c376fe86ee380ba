"""What operators see of the day: sums over all accounts, never of one."""

from __future__ import annotations

from collections import Counter as Sums
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.kit.work import Read
from server.wallet.reads.turnover import Turnover, turnover

SETTLED_AFTER = timedelta(minutes=5)
"""After so long no transaction that began before can commit any more."""


@dataclass(frozen=True, slots=True)
class Sockets:
    """How many sockets and event streams this process has; registered by app.py."""

    count: Callable[[], int]


class Today:
    """The day's turnover. What is settled of it is kept, so that a look reads the postings of some minutes only."""

    def __init__(self) -> None:
        self._settled: tuple[datetime, datetime, Turnover] | None = None

    def turnover(self, read: Read) -> Turnover:
        """Since midnight UTC. Two readers at once do the same twice, and neither disturbs the other."""
        midnight = begin_of_day(read.now)
        settled = self._settled
        if settled is None or settled[0] != midnight or settled[1] > read.now:
            settled = (midnight, midnight, Sums())
        _, until, sums = settled
        border = max(until, (read.now - SETTLED_AFTER).replace(second=0, microsecond=0))
        if border > until:
            sums = _sum(sums, turnover(read, until, border))
            self._settled = (midnight, border, sums)
        return _sum(sums, turnover(read, border, read.now + timedelta(microseconds=1)))


def begin_of_day(now: datetime) -> datetime:
    """The last midnight, UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _sum(first: Turnover, second: Turnover) -> Turnover:
    """Both together. `+` of counters would drop what is below zero: more can go back in a day than came in."""
    both = Sums(first)
    both.update(second)
    return both
