"""What is told across customers: means over enough of them, counted once, and no difference that tells of a few."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from server.accounts.model import Account, Restriction
from server.campaigns.jobs.benchmarks import count_month
from server.campaigns.model import IndustryBenchmark, StatisticScope, StatisticTotal
from server.campaigns.reads.benchmarks import benchmark
from server.campaigns.rules.benchmarks import (
    ALL,
    BenchmarkTerms,
    Group,
    at_least,
    closed_month,
    next_count,
    published,
    suppression_of_all,
)
from server.campaigns.rules.metrics import COLUMNS, second_of
from server.kit.clock import ManualClock
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units, Work

TERMS = BenchmarkTerms()
SECOND = timedelta(seconds=1)
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def group(industry: str | None, accounts: int, delivered: int = 900) -> Group:
    return Group(industry, accounts, (accounts * delivered, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        ([group("RETAIL", 10)], {"RETAIL", ALL}),
        ([group("RETAIL", 9)], set()),
        ([], set()),
        # Alone each is too small; all together are enough, and nothing can be taken off.
        ([group("RETAIL", 6), group("FINANCE", 5)], {ALL}),
        # All less the retailers would tell of nine.
        ([group("RETAIL", 10), group("FINANCE", 9)], {"RETAIL"}),
        ([group("RETAIL", 10), group(None, 1)], {"RETAIL"}),
        ([group("RETAIL", 10), group("FINANCE", 9), group(None, 1)], {"RETAIL", ALL}),
        ([group("RETAIL", 10), group("FINANCE", 10)], {"RETAIL", "FINANCE", ALL}),
        # Who names no industry is no group of its own, however many they are.
        ([group(None, 12)], {ALL}),
    ],
)
@pytest.mark.rule("P019", "M132")
def test_no_number_stands_for_too_few_nor_does_a_difference(groups: list[Group], told: set[str]) -> None:
    means = published(groups, TERMS)
    assert {mean.industry for mean in means} == told
    assert (suppression_of_all(groups, TERMS) is None) == (ALL in told)


def test_each_account_counts_once_in_a_mean() -> None:
    (mean, _) = published([Group("RETAIL", 12, (12_000 - 600, 0, 0, 0, 0, 6))], TERMS)
    assert (mean.rates["delivered"], mean.rates["bounced"]) == (950, 0)
    assert [at_least(accounts, TERMS) for accounts in (10, 19, 20)] == [10, 10, 20]


@pytest.mark.parametrize(
    ("now", "begin"),
    [
        (MARCH + timedelta(days=7) - SECOND, datetime(2026, 1, 1, tzinfo=UTC)),
        (MARCH + timedelta(days=7), FEBRUARY),
        (MARCH + timedelta(days=7) + SECOND, FEBRUARY),
    ],
)
def test_a_month_is_counted_a_week_after_its_end_to_the_second(now: datetime, begin: datetime) -> None:
    assert closed_month(now, TERMS)[0] == begin
    april = datetime(2026, 4, 8, tzinfo=UTC)
    assert next_count(now, TERMS) == (MARCH + timedelta(days=7) if begin < FEBRUARY else april)


def sent(work: Work, number: int, industry: str | None, **counts: int) -> str:
    """An account with a campaign of which that many recipients got something in February."""
    account_id = f"acc_{number:04}"
    account = {"id": account_id, "kind": "CUSTOMER", "status": "ACTIVE", "industry": industry}
    work.execute(insert(Account).values(**account, created_at=work.now))
    scope = {"subject_id": f"cmp_{number:04}", "account_id": account_id, "sequence": 1}
    first = second_of(FEBRUARY) + number
    work.execute(insert(StatisticScope).values(number=number, first_second=first, **scope))
    zeros: Mapping[str, int] = dict.fromkeys(COLUMNS, 0)
    total = {"scope": number, "dimension": 0, "value": 0, "weight": 1, **zeros, **counts}
    work.execute(insert(StatisticTotal).values(total))
    return account_id


@pytest.mark.rule("P019", "M132")
async def test_a_month_is_counted_once_from_those_who_may_be_counted(
    units: Units, clock: ManualClock
) -> None:
    async def do(action):  # type: ignore[no-untyped-def]
        return await units.run(Call("test", SYSTEM), action)

    def fill(work: Work) -> None:
        for number in range(1, 12):
            opened = 100 * (number <= 5)
            got = {"accepted_unique": 200, "delivered_unique": 100, "opened_human_unique": opened}
            account_id = sent(work, number, "RETAIL", **got)
        row = {"by_right": "OBJECTION", "purpose": "", "request_id": "dsr_1", "since": work.now}
        work.execute(insert(Restriction).values(id="rst_1", account_id=account_id, **row))
        sent(work, 12, "RETAIL", accepted_unique=49, delivered_unique=0)
        for number in range(13, 22):
            sent(work, number, "FINANCE", accepted_unique=100, delivered_unique=100)

    clock.set(MARCH + timedelta(days=7))
    await do(fill)
    assert await count_month(units) == 1
    retail = await units.read(lambda read: benchmark(read, "2026-02", "RETAIL"))
    assert retail is not None
    assert (retail.accounts, retail.delivered, retail.opened) == (10, 500, 500)
    for industry in ("FINANCE", None):
        assert await units.read(lambda read, of=industry: benchmark(read, "2026-02", of)) is None  # type: ignore[misc]
    await do(lambda work: sent(work, 30, "FINANCE", accepted_unique=100, delivered_unique=100))
    assert await count_month(units) == 0, (
        "what was told is never counted anew: the difference would tell of one"
    )
    query = select(IndustryBenchmark.industry, IndustryBenchmark.accounts).order_by(
        IndustryBenchmark.industry
    )
    await do(lambda work: work.execute(update(IndustryBenchmark).values(accounts=10)))
    units.house.terms.add(BenchmarkTerms(group_min=11))
    assert await count_month(units) == 0, "and not counted anew"
    assert await units.read(lambda read: read.rows(query)) == [(ALL, None)], "withdrawn"
