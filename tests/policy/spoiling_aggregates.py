"""Numbers that tell of too few, columns that name somebody, changes nobody heard of, and refusals without an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from server.campaigns.model import IndustryBenchmark
from server.kit.work import Work
from server.policy.model import ApiChange, ApiRelease, UsageCount
from server.privacy.model import DataExport, PolicyRefusal
from tests.policy.conftest import World
from tests.policy.rows import Sabotage


def told(**accounts: int) -> Sabotage:
    """Means of a month, by industry."""

    def sabotage(work: Work, _world: World) -> None:
        for industry, number in accounts.items():
            row = {"month": "2026-02", "industry": industry, "accounts": number, "counted_at": work.now}
            work.execute(insert(IndustryBenchmark).values(row))

    return sabotage


def counted(event: str) -> Sabotage:
    """A count of something."""

    def sabotage(work: Work, _world: World) -> None:
        work.execute(insert(UsageCount).values(day=1, event=event, accounts=3, counted_at=work.now))

    return sabotage


def one_column_more(table: str) -> Sabotage:
    """Somebody added a column by hand."""
    return lambda work, _world: work.execute(text(f"ALTER TABLE {table} ADD COLUMN account_no VARCHAR(40)"))


def released(days_ago: int, **values: Any) -> Sabotage:
    """A schema that took something away so many days ago, and nobody was told yet."""

    def sabotage(work: Work, _world: World) -> None:
        at = work.now - timedelta(days=days_ago)
        work.execute(insert(ApiRelease).values(id="rel_1", digest="0", text=b"1", released_at=at))
        row = {"kind": "REMOVED", "place": "Query.old", "breaking": True, "changed_at": at}
        work.execute(insert(ApiChange).values(id="chg_1", release_id="rel_1", **(row | values)))

    return sabotage


def refused(days_ago: int, *, copied: bool = True) -> Sabotage:
    """An account that refused a version and was to close so many days ago, with a copy of its data or without."""

    def sabotage(work: Work, world: World) -> None:
        at = work.now - timedelta(days=days_ago)
        row = {"document": "mailpro", "version": "2", "export_id": "exp_1", "refused_at": at, "closes_at": at}
        work.execute(insert(PolicyRefusal).values(account_id=world.customer, **row))
        if copied:
            work.execute(insert(DataExport).values(_copy(world, at)))

    return sabotage


def _copy(world: World, at: Any) -> dict[str, Any]:
    numbers = ("part", "file", "tables", "tables_total", "rows", "chunks", "size_bytes", "downloads")
    whose = {"account_id": world.customer, "person_id": "per_1", "scope": "ACCOUNT", "status": "READY"}
    return {"id": "exp_1", **whose, **dict.fromkeys(numbers, 0), "created_at": at, "updated_at": at}


SPOILED: list[tuple[str, str, Sabotage]] = [
    ("stats.k_min", "2026-02/RETAIL", told(RETAIL=9)),
    ("stats.k_min", "2026-02/ALL", told(RETAIL=10, ALL=19)),
    ("analytics.conversion", "acc_1", counted("acc_1")),
    ("analytics.conversion", "acc_2", told(acc_2=12)),
    ("analytics.anonymous", "usage_counts.account_no", one_column_more("usage_counts")),
    ("analytics.anonymous", "industry_benchmarks.account_no", one_column_more("industry_benchmarks")),
    ("categories", "people.account_no", one_column_more("people")),
    ("api.change.notify", "rel_1", released(2)),
    ("api.change.notify", "rel_1", released(2, kind="DEPRECATED", breaking=False)),
    ("acceptance.on_refusal", "acc_", refused(2)),
    ("acceptance.on_refusal", "acc_", refused(0, copied=False)),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("stats.k_min", told(RETAIL=10, ALL=20)),
    ("stats.k_min", told(RETAIL=10, ALL=10)),
    ("analytics.conversion", counted("REGISTRATION")),
    ("analytics.conversion", told(RETAIL=12, ALL=12)),
    ("api.change.notify", released(0)),
    ("api.change.notify", released(2, kind="ADDED", breaking=False)),
    ("acceptance.on_refusal", refused(0)),
]
"""What these checks leave alone."""
