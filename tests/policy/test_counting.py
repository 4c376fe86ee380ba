"""Counting the use of the service: numbers of days, and nobody in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from server.accounts.model import Account
from server.campaigns.model import IndustryBenchmark
from server.kit.work import Work
from server.policy.actions.consents import give_consent, withdraw_consent
from server.policy.jobs import count_days
from server.policy.model import UsageCount
from server.policy.rules.consenting import ConsentTerms
from server.policy.rules.counting import ANALYTICS, CountingTerms, begin_of, day_of, shown
from server.schema import HELD
from tests.conftest import START
from tests.policy.conftest import World
from tests.staffed import Staff

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.rule("P009", "M134")
def test_what_is_counted_says_nothing_of_whom() -> None:
    """No column names an account, an address or a key, and all that is declared of the tables is nobody's."""
    for table in (UsageCount, IndustryBenchmark):
        columns = {column.name: str(column.type) for column in table.__table__.columns}
        assert not [
            name for name in columns if name.endswith("_id") or name in ("id", "address", "origin", "ip")
        ]
        assert not table.__table__.foreign_keys
        (held,) = [each for each in HELD if each.model is table]
        assert (held.owner, held.retention_class, set(held.columns)) == (None, None, columns.keys())


@pytest.mark.parametrize(("accounts", "told"), [(0, None), (9, None), (10, 10), (11, 11)])
@pytest.mark.rule("P019")
def test_a_number_that_stands_for_too_few_is_not_shown(accounts: int, told: int | None) -> None:
    assert shown(accounts, CountingTerms()) == told


@pytest.mark.parametrize("beside", [-SECOND, timedelta(0), SECOND])
def test_days_begin_and_end_to_the_second(beside: timedelta) -> None:
    midnight = begin_of(day_of(START) + 1)
    assert day_of(midnight + beside) == day_of(START) + (beside >= timedelta(0))


@pytest.mark.rule("P009", "M134", "P021")
async def test_days_are_counted_when_they_are_over_and_only_who_may_be(world: World) -> None:
    async def counted() -> dict[str, int]:
        day = day_of(world.clock.now()) - 1
        query = select(UsageCount.event, UsageCount.accounts).where(UsageCount.day == day)
        rows = await world.read(lambda read: read.rows(query))
        return {row.event: row.accounts for row in rows if row.accounts}

    assert await count_days(world.units) == 1
    assert await counted() == {}, "today is not over"
    world.clock.set(begin_of(day_of(START) + 1))
    assert await count_days(world.units) == 1
    assert await count_days(world.units) == 0, "each day once"
    assert await counted() == {"REGISTRATION": 2}
    world.units.house.terms.add(ConsentTerms(frozenset({ANALYTICS})))

    async def registered_again() -> dict[str, int]:
        """Both opened their accounts yesterday, as it were."""
        await world.do(lambda work: work.execute(update(Account).values(created_at=work.now)))
        world.clock.advance(DAY)
        await count_days(world.units)
        return await counted()

    assert await registered_again() == {}, "where the policy asks for consent, nobody is counted without"
    await world.do(lambda work: give_consent(work, ANALYTICS), world.customer)
    assert await registered_again() == {"REGISTRATION": 1}
    await world.do(lambda work: withdraw_consent(work, ANALYTICS), world.customer)
    assert await registered_again() == {}, "at once"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("P019", "M132", "P009")
async def test_numbers_are_told_of_many_and_suppressed_by_type_of_few(staff: Staff) -> None:
    def fill(work: Work) -> None:
        day, at = day_of(work.now) - 1, work.now
        for event, accounts in (("REGISTRATION", 3), ("SIGN_IN", 12)):
            work.execute(insert(UsageCount).values(day=day, event=event, accounts=accounts, counted_at=at))
        month = {"month": "2026-02", "counted_at": at}
        rates = dict.fromkeys(
            ("delivered", "opened", "clicked", "unsubscribed", "complained", "bounced"), 250
        )
        work.execute(insert(IndustryBenchmark).values(**month, industry="RETAIL", accounts=19, **rates))
        work.execute(insert(IndustryBenchmark).values(**month, industry="ALL"))

    await staff.postmeter.units.run_unaudited(fill)
    counts = "{ usageCounts(days: 2) { event accounts suppressed } }"
    assert await staff.ask("ADMIN", counts) == [
        {"event": "REGISTRATION", "accounts": None, "suppressed": True},
        {"event": "SIGN_IN", "accounts": 12, "suppressed": False},
    ]
    assert await staff.refused("CUSTOMER", counts) == "FORBIDDEN"
    assert await staff.refused("ADMIN", "{ usageCounts(days: 93) { event } }") == "BAD_USER_INPUT"
    query = """query($industry: Industry, $month: String) { industryBenchmark(industry: $industry, month: $month) {
        __typename ... on IndustryBenchmark { month industry accountsAtLeast openRate }
        ... on BenchmarkSuppressed { month reason accountsMin } } }"""
    retail = {"month": "2026-02", "industry": "RETAIL", "accountsAtLeast": 10, "openRate": "0.25"}
    assert await staff.ask("CUSTOMER", query, industry="RETAIL") == {
        "__typename": "IndustryBenchmark",
        **retail,
    }
    for asked, month, reason in (
        ({"industry": "FINANCE"}, "2026-02", "TOO_FEW"),
        ({}, "2026-02", "DIFFERENCE"),
        ({"industry": "RETAIL", "month": "2026-01"}, "2026-01", "TOO_FEW"),
    ):
        suppressed = await staff.ask("CUSTOMER", query, **asked)
        assert (suppressed["__typename"], suppressed["month"]) == ("BenchmarkSuppressed", month)
        assert (suppressed["reason"], suppressed["accountsMin"]) == (reason, 10)
