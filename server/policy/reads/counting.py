"""Who did what on a day, for a count that keeps none of them; and the counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from server.accounts.reads.industries import industries
from server.kit.work import Read
from server.policy.model import Consent, UsageCount
from server.policy.rules.consenting import ConsentTerms
from server.policy.rules.counting import ANALYTICS, CountedEvent, CountingTerms, begin_of, day_of

_counts = UsageCount.__table__.c


@dataclass(frozen=True, slots=True)
class CountSources:
    """Of each event the accounts that had it from one instant until before another; app.py lists them."""

    by_event: Mapping[CountedEvent, Callable[[datetime, datetime], Select[Any]]]


def counted_on(read: Read, day: int) -> Mapping[CountedEvent, int]:
    """How many accounts had each event on the day, of those that may be counted."""
    sources, begin, end = read.terms(CountSources).by_event, begin_of(day), begin_of(day + 1)
    return {event: _count(read, source(begin, end)) for event, source in sources.items()}


def days_to_count(read: Read) -> range:
    """The days up to yesterday that were not counted; of the first start yesterday alone."""
    newest: int | None = read.scalar(select(func.max(_counts.day)))
    yesterday = day_of(read.now) - 1
    longest = read.terms(CountingTerms).days_caught_up_max
    first = yesterday if newest is None else max(newest + 1, yesterday - longest)
    return range(first, yesterday + 1)


def counts_since(read: Read, since: datetime) -> Sequence[Row[Any]]:
    """The counts of the days from that one on, the newest first."""
    query = select(UsageCount.__table__).where(_counts.day >= day_of(since))
    return read.rows(query.order_by(_counts.day.desc(), _counts.event))


def _count(read: Read, doers: Select[Any]) -> int:
    """Where the policy asks for consent, only of those who gave it; never of those who restricted or objected."""
    who, did = industries().subquery(), doers.subquery()
    counting = select(func.count(who.c.account_id.distinct())).join(did, did.c.account_id == who.c.account_id)
    if ANALYTICS in read.terms(ConsentTerms).purposes:
        given = select(Consent.account_id).where(Consent.purpose == ANALYTICS, Consent.withdrawn_at.is_(None))
        counting = counting.where(who.c.account_id.in_(given))
    return int(read.scalar(counting) or 0)
