"""What may be told across customers: means over enough of them, and no difference that tells of fewer. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ALL = "ALL"
"""In place of an industry: every account, those without an industry too."""
RATES = ("delivered", "opened", "clicked", "unsubscribed", "complained", "bounced")
"""Of the recipients that a relay accepted or, from `opened` on, that it delivered to; `bounced` of the accepted."""


@dataclass(frozen=True, slots=True)
class BenchmarkTerms:
    """The numbers of statistics across customers."""

    group_min: int = 10
    """The accounts that a published number stands for, at least (M132, P019)."""
    recipients_min: int = 50
    """An account with fewer recipients in the month has no rate that means anything, and is not counted."""
    told_after: timedelta = timedelta(days=7)
    """How long after a month's end it is counted: opens and bounces still arrive."""


class BenchmarkSuppression(StrEnum):
    """Why a number is not told. TOO_FEW: it stands for too few accounts, or none. DIFFERENCE: what others tell could be
    taken off it, and what is left stands for too few.
    """

    TOO_FEW = "TOO_FEW"
    DIFFERENCE = "DIFFERENCE"


@dataclass(frozen=True, slots=True)
class Group:
    """The accounts of an industry (None: without one), and the sums of their rates in parts per thousand."""

    industry: str | None
    accounts: int
    sums: Sequence[int]


@dataclass(frozen=True, slots=True)
class Mean:
    """What is published of a group: how many accounts, and the mean of their rates, by name."""

    industry: str
    accounts: int
    rates: Mapping[str, int]


def published(groups: Sequence[Group], terms: BenchmarkTerms) -> Sequence[Mean]:
    """The means that may be told: of each industry with enough accounts, and of all where the accounts of no published
    industry are enough together, or none. Otherwise all less the published ones would tell of the few.

    Each account counts once, whatever it sends, so that a large one does not show through a mean.
    """
    told = [group for group in groups if group.industry is not None and group.accounts >= terms.group_min]
    means = [_mean(str(group.industry), [group]) for group in told]
    if suppression_of_all(groups, terms) is None:
        means.append(_mean(ALL, groups))
    return means


def suppression_of_all(groups: Sequence[Group], terms: BenchmarkTerms) -> BenchmarkSuppression | None:
    """Why nothing is told of all together; None when it is."""
    total = sum(group.accounts for group in groups)
    told = sum(group.accounts for group in groups if group.industry and group.accounts >= terms.group_min)
    if total < terms.group_min:
        return BenchmarkSuppression.TOO_FEW
    return BenchmarkSuppression.DIFFERENCE if tells_of_few(total, told, terms) else None


def tells_of_few(total: int, told: int, terms: BenchmarkTerms) -> bool:
    """Whether all less those that are told of by industry would tell of too few."""
    return 0 < total - told < terms.group_min


def at_least(accounts: int, terms: BenchmarkTerms) -> int:
    """How many accounts a mean is said to stand for: rounded down, since exact numbers let sums be taken off sums."""
    return accounts // terms.group_min * terms.group_min


def month_of(instant: datetime) -> str:
    """Such as 2026-11."""
    return f"{instant.year:04}-{instant.month:02}"


def begin_of(instant: datetime) -> datetime:
    """The first instant of its month, in UTC."""
    return instant.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def closed_month(now: datetime, terms: BenchmarkTerms) -> tuple[datetime, datetime]:
    """The newest month that may be counted: its begin, and its end, which is the begin of the next."""
    end = begin_of(now - terms.told_after)
    return begin_of(end - timedelta(days=1)), end


def next_count(now: datetime, terms: BenchmarkTerms) -> datetime:
    """When the next month may be counted."""
    begin = begin_of(now - terms.told_after)
    return begin_of(begin + timedelta(days=32)) + terms.told_after


def _mean(industry: str, groups: Sequence[Group]) -> Mean:
    accounts = sum(group.accounts for group in groups)
    sums = [sum(group.sums[position] for group in groups) for position in range(len(RATES))]
    return Mean(
        industry, accounts, {name: round(total / accounts) for name, total in zip(RATES, sums, strict=True)}
    )
