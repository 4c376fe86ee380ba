"""Statistics as they are kept: each query reads a bounded number of rows, whatever the number of events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, column, func, select, values

from server.accounts.reads import open_or_none
from server.campaigns.model import StatisticBucket, StatisticScope, StatisticTotal, StatisticValue
from server.campaigns.rules.metrics import (
    COLUMNS,
    DEVICES,
    Dimension,
    bucket_of,
    bucket_start,
    country_code,
    from_seconds,
    status_code,
)
from server.campaigns.rules.rates import Counts
from server.campaigns.rules.series import Step, boundaries, buckets
from server.kit.work import Read

TEXT_COLUMN = "statistic_values.text"
_BUCKETS_AN_HOUR = 4

_scopes = StatisticScope.__table__.c
_totals = StatisticTotal.__table__.c
_buckets = StatisticBucket.__table__.c
_values = StatisticValue.__table__.c


class ScopeRow(NamedTuple):
    """Of which campaign or account something is counted, up to which change, and from when until when."""

    number: int
    subject_id: str
    sequence: int
    first_second: int | None
    last_second: int | None

    @property
    def first_at(self) -> datetime | None:
        return None if self.first_second is None else from_seconds(self.first_second)

    @property
    def last_at(self) -> datetime | None:
        return None if self.last_second is None else from_seconds(self.last_second)


_SCOPE_WIDTH = len(ScopeRow._fields)


class Whole(NamedTuple):
    """All that is counted of a campaign or an account."""

    subject_id: str
    sequence: int
    first_at: datetime | None
    last_at: datetime | None
    counts: Counts


class Part(NamedTuple):
    """What is counted of one link, domain, country, device or bounce code. `name` is None where it is unknown."""

    value: int
    weight: int
    name: str | None
    counts: Counts


def scope(read: Read, subject_id: str) -> ScopeRow | None:
    """The scope of a campaign or an account; None while nothing was counted."""
    row = read.first(
        select(*[_scopes[name] for name in ScopeRow._fields]).where(_scopes.subject_id == subject_id)
    )
    return None if row is None else ScopeRow._make(row)


def sequence(read: Read, subject_id: str) -> int:
    """How often the statistics of a campaign or an account have changed."""
    return int(read.scalar(select(_scopes.sequence).where(_scopes.subject_id == subject_id)) or 0)


def wholes(read: Read, subject_ids: Collection[str]) -> Mapping[str, Whole]:
    """All that is counted of these campaigns or accounts, with one statement."""
    joined = (
        (_totals.scope == _scopes.number) & (_totals.dimension == int(Dimension.ALL)) & (_totals.value == 0)
    )
    query = (
        select(*[_scopes[name] for name in ScopeRow._fields], *_counted())
        .join(StatisticTotal.__table__, joined)
        .where(_scopes.subject_id.in_(subject_ids))
    )
    found = {}
    for row in read.rows(query):
        known, counts = ScopeRow._make(row[:_SCOPE_WIDTH]), Counts(row[_SCOPE_WIDTH:])
        found[known.subject_id] = Whole(
            known.subject_id, known.sequence, known.first_at, known.last_at, counts
        )
    return found


def whole(read: Read, subject_id: str) -> Whole:
    """The same of one; zeros while nothing was counted."""
    return wholes(read, [subject_id]).get(subject_id) or nothing(subject_id)


def nothing(subject_id: str) -> Whole:
    """Of what nothing is counted."""
    return Whole(subject_id, 0, None, None, Counts.none())


def between(read: Read, subject_id: str, since: datetime | None, until: datetime | None) -> Counts:
    """What happened in the quarter hours that begin in a time; it is open where an end is None."""
    place = select(_scopes.number).where(_scopes.subject_id == subject_id).scalar_subquery()
    query = select(*_summed()).where(_buckets.scope == place)
    if since is not None:
        query = query.where(_buckets.bucket >= bucket_of(since))
    if until is not None:
        query = query.where(_buckets.bucket < bucket_of(until))
    row = read.first(query)
    return Counts.none() if row is None else _counts(tuple(row))


def series(
    read: Read,
    subject_id: str,
    step: Step,
    place: ZoneInfo,
    since: datetime | None,
    until: datetime | None,
) -> Sequence[tuple[datetime, datetime, Counts]]:
    """Start, end and sums of each step, without gaps; from the first to the last event where an end is None.

    Raises SeriesTooLong.
    """
    found = scope(read, subject_id)
    span = None if found is None else _span(read, found.number)
    if found is None or span is None:
        return []
    first, behind = since or bucket_start(span[0]), until or bucket_start(span[1] + 1)
    ends = boundaries(first, behind, step, place)
    counts = steps(read, found.number, buckets(ends))
    return list(zip(ends, ends[1:], counts, strict=False))


def _span(read: Read, scope_number: int) -> tuple[int, int] | None:
    """The first and the last quarter hour that are kept."""
    mine = _buckets.scope == scope_number
    first = read.scalar(select(func.min(_buckets.bucket)).where(mine))
    return None if first is None else (first, read.scalar(select(func.max(_buckets.bucket)).where(mine)))


def steps(read: Read, scope_number: int, ranges: Sequence[tuple[int, int]]) -> Sequence[Counts]:
    """The sums of these ranges of quarter hours (from the first, until before the second), in order."""
    if not ranges:
        return []
    each = (
        values(column("step", Integer), column("first", Integer), column("until", Integer), name="steps")
        .data([(number, first, until) for number, (first, until) in enumerate(ranges)])
        .cte("ranges")
    )
    inside = (_buckets.bucket >= each.c.first) & (_buckets.bucket < each.c.until)
    query = (
        select(each.c.step, *_summed())
        .join(StatisticBucket.__table__, inside & (_buckets.scope == scope_number))
        .group_by(each.c.step)
    )
    found = {row.step: _counts(row[1:]) for row in read.rows(query)}
    return [found.get(number, Counts.none()) for number in range(len(ranges))]


def hours(read: Read, scope_number: int, start: int, count: int) -> Sequence[Counts]:
    """The sums of so many hours behind the quarter hour `start`."""
    ends = range(start, start + count * _BUCKETS_AN_HOUR, _BUCKETS_AN_HOUR)
    return steps(read, scope_number, [(first, first + _BUCKETS_AN_HOUR) for first in ends])


def parts(
    read: Read,
    scope_number: int,
    dimension: Dimension,
    limit: int,
    after: tuple[int, int] | None = None,
) -> Sequence[Part]:
    """What is counted by a dimension, the most events first; behind that weight and value."""
    query = select(_totals.value, _totals.weight, *_counted()).where(
        _totals.scope == scope_number, _totals.dimension == int(dimension)
    )
    if after is not None:
        weight, value = after
        lighter = (_totals.weight == weight) & (_totals.value < value)
        query = query.where((_totals.weight < weight) | lighter)
    rows = read.rows(query.order_by(_totals.weight.desc(), _totals.value.desc()).limit(limit))
    names = _names(read, scope_number, dimension, [row.value for row in rows])
    return [Part(row.value, row.weight, names.get(row.value), Counts(row[2:])) for row in rows]


def complaints_since(read: Read, account_id: str, since: datetime) -> tuple[int, int]:
    """How many recipients of the account complained since then, and to how many messages were delivered.

    Counted are whole quarter hours: the one that the instant is in does not count, so that nothing before it does.
    """
    counts = between(read, account_id, bucket_start(bucket_of(since) + 1), None)
    return counts["complained_unique"], counts["delivered_unique"]


def _names(
    read: Read, scope_number: int, dimension: Dimension, numbers: Sequence[int]
) -> Mapping[int, str | None]:
    if dimension is Dimension.COUNTRY:
        return {number: country_code(number) for number in numbers}
    if dimension is Dimension.DEVICE:
        return {number: str(DEVICES[number]) for number in numbers}
    if dimension is Dimension.BOUNCE_CODE:
        return {number: status_code(number) for number in numbers if number}
    query = select(_values.value, _values.text).where(
        _values.scope == scope_number, _values.dimension == int(dimension), _values.value.in_(numbers)
    )
    return {row.value: open_or_none(read, TEXT_COLUMN, row.text) for row in read.rows(query)}


def _counted() -> list[ColumnElement[int]]:
    return [_totals[name] for name in COLUMNS]


def _summed() -> list[ColumnElement[int]]:
    return [func.coalesce(func.sum(_buckets[name]), 0).label(name) for name in COLUMNS]


def _counts(row: Sequence[int]) -> Counts:
    return Counts([int(number) for number in row])  # PostgreSQL sums big integers as decimals
