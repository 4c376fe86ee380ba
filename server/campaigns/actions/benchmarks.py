"""Publishing the numbers of a month across customers, once: they never change, and may be withdrawn (M132, P019)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, update

from server.campaigns.model import IndustryBenchmark
from server.campaigns.reads.benchmarks import accounts_by_month, is_counted
from server.campaigns.rules.benchmarks import (
    ALL,
    RATES,
    BenchmarkTerms,
    Group,
    published,
    tells_of_few,
)
from server.kit.work import Work


def publish_month(work: Work, month: str, groups: Sequence[Group]) -> int:
    """Publish the means of a month, unless that was done; returns of how many groups."""
    if is_counted(work, month):
        return 0
    means = published(groups, work.terms(BenchmarkTerms))
    of_month = {"month": month, "counted_at": work.now}
    if all(mean.industry != ALL for mean in means):
        work.execute(insert(IndustryBenchmark).values(**of_month, industry=ALL))
    for mean in means:
        row = {**of_month, "industry": mean.industry, "accounts": mean.accounts, **mean.rates}
        work.execute(insert(IndustryBenchmark).values(row))
    return len(means)


def withdraw_small(work: Work) -> None:
    """Withdraw what was published by other terms, and stands for too few by the present ones."""
    terms = work.terms(BenchmarkTerms)
    for month, accounts in accounts_by_month(work).items():
        total = accounts.get(ALL)
        told = sum(number for industry, number in accounts.items() if industry != ALL)
        small = [industry for industry, number in accounts.items() if number < terms.group_min]
        mine = IndustryBenchmark.month == month
        if total is not None and (small or tells_of_few(total, told, terms)):
            nothing = dict.fromkeys(("accounts", *RATES))
            work.execute(
                update(IndustryBenchmark).where(mine, IndustryBenchmark.industry == ALL).values(nothing)
            )
        apart = mine & (IndustryBenchmark.industry != ALL)
        work.execute(delete(IndustryBenchmark).where(apart, IndustryBenchmark.industry.in_(small)))
