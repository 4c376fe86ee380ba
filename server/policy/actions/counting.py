"""Storing what was counted of a day that is over: numbers of accounts, and none of the accounts (P009, M134)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert as upsert

from server.kit.work import Work
from server.policy.model import UsageCount
from server.policy.rules.counting import CountedEvent


def store_day(work: Work, day: int, counts: Mapping[CountedEvent, int]) -> None:
    """Keep the counts of a day; what was counted before stays as it is."""
    for event, accounts in counts.items():
        row = {"day": day, "event": event.value, "accounts": accounts, "counted_at": work.now}
        work.execute(upsert(UsageCount).values(row).on_conflict_do_nothing())
