"""Rates across customers: what is published, and the sums that it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, cast, func, select

from server.accounts.reads.industries import industries
from server.campaigns.model import IndustryBenchmark, StatisticScope, StatisticTotal
from server.campaigns.rules.benchmarks import ALL, RATES, BenchmarkTerms, Group, closed_month, month_of
from server.campaigns.rules.metrics import Dimension, second_of
from server.kit.work import Read

_BOUNCED = (
    "bounced_hard_unique",
    "bounced_soft_unique",
    "bounced_block_unique",
    "bounced_undetermined_unique",
)
_COUNTED = (
    ("accepted", "accepted_unique"),
    ("delivered", "delivered_unique"),
    ("opened", "opened_human_unique"),
    ("clicked", "clicked_human_unique"),
    ("unsubscribed", "unsubscribed_unique"),
    ("complained", "complained_unique"),
)
_PER_THOUSAND = 1_000

_totals = StatisticTotal.__table__.c
_scopes = StatisticScope.__table__.c
_benchmarks = IndustryBenchmark.__table__.c


def uncounted_month(read: Read) -> tuple[datetime, datetime] | None:
    """Begin and end of the newest month that may be counted; None when it was."""
    begin, end = closed_month(read.now, read.terms(BenchmarkTerms))
    return None if is_counted(read, month_of(begin)) else (begin, end)


def groups_of(read: Read, begin: datetime, end: datetime) -> Sequence[Group]:
    """The accounts by industry, with the sums of their rates over the campaigns whose first event is in the time.

    Whoever restricted the processing of their data, or objected to it, is not among them.
    """
    accounts = _by_account(begin, end).subquery()
    industry = industries().subquery()
    counted = accounts.c.accepted >= read.terms(BenchmarkTerms).recipients_min
    rates = [func.sum(_rate(accounts, name)).label(name) for name in RATES]
    query = (
        select(industry.c.industry, func.count().label("accounts"), *rates)
        .select_from(accounts.join(industry, industry.c.account_id == accounts.c.account_id))
        .where(counted)
        .group_by(industry.c.industry)
    )
    rows = read.rows(query)
    return [Group(row.industry, row.accounts, [int(row[2 + n]) for n in range(len(RATES))]) for row in rows]


def is_counted(read: Read, month: str) -> bool:
    """Whether the month was counted."""
    return read.first(select(_benchmarks.month).where(_benchmarks.month == month)) is not None


def newest_month(read: Read) -> str | None:
    """The last month that was counted."""
    found: str | None = read.scalar(select(func.max(_benchmarks.month)))
    return found


def accounts_by_month(read: Read) -> Mapping[str, Mapping[str, int]]:
    """How many accounts what is published stands for, by month and industry."""
    found: dict[str, dict[str, int]] = {}
    told = _benchmarks.accounts.is_not(None)
    for row in read.rows(select(_benchmarks.month, _benchmarks.industry, _benchmarks.accounts).where(told)):
        found.setdefault(row.month, {})[row.industry] = row.accounts
    return found


def has_industries(read: Read, month: str) -> bool:
    """Whether something is published of an industry: all together would then be enough, and is not told."""
    of_month = (_benchmarks.month == month) & (_benchmarks.industry != ALL)
    return read.first(select(_benchmarks.month).where(of_month).limit(1)) is not None


def benchmark(read: Read, month: str, industry: str | None) -> Row[Any] | None:
    """What is published of the industry, or of all, in a month; None where nothing is."""
    query = select(IndustryBenchmark.__table__).where(
        _benchmarks.month == month,
        _benchmarks.industry == (industry or ALL),
        _benchmarks.accounts >= read.terms(BenchmarkTerms).group_min,
    )
    return read.first(query)


def _by_account(begin: datetime, end: datetime) -> Any:
    """What each account's campaigns of the time came to."""
    whole = (
        (_totals.scope == _scopes.number) & (_totals.dimension == int(Dimension.ALL)) & (_totals.value == 0)
    )
    of_campaign = _scopes.subject_id != _scopes.account_id
    inside = (_scopes.first_second >= second_of(begin)) & (_scopes.first_second < second_of(end))
    bounced = sum((_totals[name] for name in _BOUNCED[1:]), start=_totals[_BOUNCED[0]])
    return (
        select(
            _scopes.account_id,
            *(
                cast(func.sum(counted), BigInteger).label(name)  # PostgreSQL sums to fractions
                for name, counted in (
                    *((name, _totals[column]) for name, column in _COUNTED),
                    ("bounced", bounced),
                )
            ),
        )
        .select_from(StatisticScope.__table__.join(StatisticTotal.__table__, whole))
        .where(of_campaign, inside)
        .group_by(_scopes.account_id)
    )


def _rate(accounts: Any, name: str) -> ColumnElement[Any]:
    """An account's rate in parts per thousand; nothing where nothing was delivered."""
    base = accounts.c.accepted if name in ("delivered", "bounced") else accounts.c.delivered
    return func.coalesce(_PER_THOUSAND * accounts.c[name] / func.nullif(base, 0), 0)
