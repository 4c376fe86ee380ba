"""What is told across customers: how the campaigns of an industry did, or that too few stand behind it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from server.accounts.graph.types import Industry
from server.campaigns.reads import benchmarks as reads
from server.campaigns.rules.benchmarks import (
    BenchmarkSuppression,
    BenchmarkTerms,
    at_least,
    closed_month,
    month_of,
)
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.work import Read

_SHARED = Access(Who.SIGNED_IN, "api_use")
_MONTH_LENGTH = 7


@strawberry.enum(name="BenchmarkSuppression", description="Why nothing is told of a group.")
class SuppressionEnum(Enum):
    TOO_FEW = strawberry.enum_value(
        "TOO_FEW", description="Too few accounts stand behind it, or the month is not counted."
    )
    DIFFERENCE = strawberry.enum_value(
        "DIFFERENCE", description="What is told of others could be taken off it, and too few would be left."
    )


@exposes(_SHARED)
@strawberry.type(
    description="How the campaigns of a month did: means over accounts, each counted once whatever it sends. No number "
    "stands for fewer accounts than the policy says, none is ever counted anew, and none names anybody."
)
class IndustryBenchmark:
    month: str = strawberry.field(description="Of which month, such as 2026-11 (UTC).")
    industry: Industry | None = strawberry.field(description="Of which industry; null for all together.")
    accounts_at_least: int = strawberry.field(description="How many accounts it stands for, rounded down.")
    delivery_rate: Decimal = strawberry.field(description="Recipients delivered of those accepted, 0 to 1.")
    open_rate: Decimal = strawberry.field(description="Recipients who opened, of those delivered, 0 to 1.")
    click_rate: Decimal = strawberry.field(description="Recipients who clicked, of those delivered, 0 to 1.")
    unsubscribe_rate: Decimal = strawberry.field(
        description="Recipients who unsubscribed, of those delivered, 0 to 1."
    )
    complaint_rate: Decimal = strawberry.field(
        description="Recipients who complained, of those delivered, 0 to 1."
    )
    bounce_rate: Decimal = strawberry.field(description="Recipients that bounced, of those accepted, 0 to 1.")
    counted_at: datetime = strawberry.field(description="When it was counted.")

    @classmethod
    def of(cls, read: Read, row: Row[Any], industry: Industry | None) -> IndustryBenchmark:
        return cls(
            month=row.month,
            industry=industry,
            accounts_at_least=at_least(row.accounts, read.terms(BenchmarkTerms)),
            delivery_rate=_rate(row.delivered),
            open_rate=_rate(row.opened),
            click_rate=_rate(row.clicked),
            unsubscribe_rate=_rate(row.unsubscribed),
            complaint_rate=_rate(row.complained),
            bounce_rate=_rate(row.bounced),
            counted_at=row.counted_at,
        )


@exposes(_SHARED)
@strawberry.type(description="Nothing is told of the group, so that nobody is known by it.")
class BenchmarkSuppressed:
    month: str = strawberry.field(description="Of which month, such as 2026-11 (UTC).")
    reason: SuppressionEnum = strawberry.field(description="Why.")
    accounts_min: int = strawberry.field(description="How many accounts must stand behind a number.")


IndustryBenchmarkResult = Annotated[
    IndustryBenchmark | BenchmarkSuppressed,
    strawberry.union("IndustryBenchmarkResult", description="How an industry did, or why that is not told."),
]


@strawberry.type
class BenchmarkQueries:
    @strawberry.field(
        metadata=declare(_SHARED),
        description="How the campaigns of an industry did in a month, to compare one's own with (M132, P019).",
    )
    def industry_benchmark(
        self,
        info: Info,
        industry: Annotated[
            Industry | None, strawberry.argument(description="Which one; null for all accounts together.")
        ] = None,
        month: Annotated[
            str | None,
            strawberry.argument(description="Such as 2026-11; null for the newest that was counted."),
        ] = None,
    ) -> IndustryBenchmarkResult:
        read = info.context.read
        terms = read.terms(BenchmarkTerms)
        newest = reads.newest_month(read) or month_of(closed_month(read.now, terms)[0])
        wanted = newest if month is None or not _is_month(month) else month
        row = reads.benchmark(read, wanted, industry.name if industry else None)
        if row is not None:
            return IndustryBenchmark.of(read, row, industry)
        apart = industry is None and reads.has_industries(read, wanted)
        reason = BenchmarkSuppression.DIFFERENCE if apart else BenchmarkSuppression.TOO_FEW
        return BenchmarkSuppressed(
            month=wanted, reason=SuppressionEnum[reason.value], accounts_min=terms.group_min
        )


def _rate(per_thousand: int) -> Decimal:
    return Decimal(per_thousand) / 1_000


def _is_month(text: str) -> bool:
    """What a month is called; PostgreSQL takes no NUL."""
    return len(text) <= _MONTH_LENGTH and text.isascii() and text.replace("-", "").isdigit()
