"""Counting the month across customers, once: what is published never changes (M132, P019)."""

from __future__ import annotations

from sqlalchemy import delete, insert

from server.campaigns.model import IndustryBenchmark
from server.campaigns.reads.benchmarks import groups_of, is_counted
from server.campaigns.rules.benchmarks import ALL, BenchmarkTerms, closed_month, month_of, published
from server.kit.work import Work


def count_month(work: Work) -> int:
    """Publish the means of the month that ended, unless that was done; returns of how many groups.

    What stands for fewer accounts than the terms now ask for is withdrawn.
    """
    terms = work.terms(BenchmarkTerms)
    work.execute(delete(IndustryBenchmark).where(IndustryBenchmark.accounts < terms.group_min))
    begin, end = closed_month(work.now, terms)
    if is_counted(work, month_of(begin)):
        return 0
    means = published(groups_of(work, begin, end, terms), terms)
    of_month = {"month": month_of(begin), "counted_at": work.now}
    rows = [
        {**of_month, "industry": mean.industry, "accounts": mean.accounts, **mean.rates} for mean in means
    ]
    if all(mean.industry != ALL for mean in means):
        work.execute(insert(IndustryBenchmark).values(**of_month, industry=ALL))
    for row in rows:
        work.execute(insert(IndustryBenchmark).values(row))
    return len(rows)
