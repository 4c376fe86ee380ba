"""Checks of what is counted without saying whose it is, and of what is told of the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import inspect, select

from server.accounts.rules.signing import Industry
from server.campaigns.model import IndustryBenchmark
from server.campaigns.rules.benchmarks import ALL
from server.checks.looking import WRONG_MAX, look
from server.kit.work import Read
from server.policy.model import ApiChange, ApiRelease, UsageCount
from server.policy.rules.api_changes import ApiChangeKind
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.counting import CountedEvent

_DAY = timedelta(days=1)
"""How late the due work may be before it counts as not done."""
_RATES = "delivered opened clicked unsubscribed complained bounced"
_COLUMNS: Mapping[str, frozenset[str]] = {
    UsageCount.__tablename__: frozenset(["day", "event", "accounts", "counted_at"]),
    IndustryBenchmark.__tablename__: frozenset(f"month industry accounts counted_at {_RATES}".split()),
}
"""All that the tables of anonymous numbers may have: no account, no address, no key that joins back."""


def counts_anonymous(read: Read) -> Finding:
    """The tables of numbers have no column more than that, in the live database, and name known events and industries
    only: nobody smuggled an id into a name (P009, M134).
    """
    names = [event.value for event in CountedEvent]
    unknown = UsageCount.event.not_in(names)
    nobody = IndustryBenchmark.industry.not_in([ALL, *(industry.value for industry in Industry)])
    looking = inspect(read.connection)
    more = [
        f"{table}.{column['name']}"
        for table, known in _COLUMNS.items()
        for column in looking.get_columns(table)
        if column["name"] not in known
    ]
    return combined(
        {
            "columns": finding(sum(map(len, _COLUMNS.values())), "columns", more[:WRONG_MAX]),
            "events": look(read, "counts", UsageCount, UsageCount.event, unknown),
            "groups": look(read, "means", IndustryBenchmark, IndustryBenchmark.industry, nobody),
        }
    )


def api_changes_told(read: Read) -> Finding:
    """Whatever breaks what integrations do, or will be taken away, was told to those who have keys (M142)."""
    concerning = ApiChange.breaking.is_(True) | (ApiChange.kind == ApiChangeKind.DEPRECATED.value)
    has_some = select(ApiChange.id).where(ApiChange.release_id == ApiRelease.id, concerning).exists()
    late = ApiRelease.announced_at.is_(None) & (ApiRelease.released_at <= read.now - _DAY)
    return look(read, "releases", ApiRelease, ApiRelease.id, has_some & late)


CHECKS: Mapping[str, Check] = {
    "counts_anonymous": counts_anonymous,
    "api_changes_told": api_changes_told,
}
