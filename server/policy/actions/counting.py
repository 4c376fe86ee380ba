"""Counting the days that are over: numbers of accounts, and none of the accounts (P009, M134)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.dialects.postgresql import insert as upsert

from server.kit.work import Work
from server.policy.model import UsageCount
from server.policy.reads.counting import counted_between, newest_day
from server.policy.rules.counting import CountingTerms, begin_of, day_of

_DAY = timedelta(days=1)


def count_days(work: Work) -> int:
    """Count every day up to yesterday that was not counted; returns how many. What was counted stays as it is."""
    terms, yesterday, newest = work.terms(CountingTerms), day_of(work.now) - 1, newest_day(work)
    first = yesterday if newest is None else max(newest + 1, yesterday - terms.days_caught_up_max)
    for day in range(first, yesterday + 1):
        begin = begin_of(day)
        for event, accounts in counted_between(work, begin, begin + _DAY).items():
            row = {"day": day, "event": event.value, "accounts": accounts, "counted_at": work.now}
            work.execute(upsert(UsageCount).values(row).on_conflict_do_nothing())
    return yesterday + 1 - first
