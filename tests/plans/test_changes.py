"""Another plan, at once or with the next cycle."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.plans.rules.problems import (
    NotAnUpgrade,
    PlanEnding,
    PlanPaymentPending,
    PlanUnchanged,
    UsersExceedPlan,
)
from server.plans.rules.terms import Cycle
from tests.plans.conftest import Subscriber
from tests.plans.test_cycles import PRICE, SECOND, month

LARGER = 49_00


@pytest.mark.rule("M044")
async def test_an_upgrade_at_once_begins_a_cycle_at_its_full_price(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    subscriber.clock.advance(timedelta(days=10))
    await subscriber.change("BUSINESS", at_once=True)
    assert await subscriber.plan() == "STARTER"  # until it is paid
    await subscriber.settle()
    changed = await subscriber.subscription(row.id)
    began = subscriber.clock.now()
    assert (changed.plan, changed.period_start, changed.number) == ("BUSINESS", began, 2)
    assert changed.period_end == began.replace(month=began.month + 1)
    assert subscriber.till.taken == [PRICE, LARGER]
    assert await subscriber.available() == 0
    await subscriber.at(month(1))  # the old day of billing
    assert len(subscriber.till.taken) == 2
    await subscriber.at(changed.period_end)
    assert subscriber.till.taken == [PRICE, LARGER, LARGER]


async def test_an_upgrade_that_is_not_paid_changes_nothing(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    subscriber.till.fate = "declined"
    await subscriber.change("BUSINESS", at_once=True)
    await subscriber.settle()
    assert (await subscriber.subscription(row.id)).plan == "STARTER"
    subscriber.till.fate = "ok"
    await subscriber.at(month(1))
    assert subscriber.till.taken == [PRICE, PRICE]
    assert (await subscriber.told())[-2:] == ["PlanUpgradeFailed", "PlanRenewed"]
    assert [charge.status for charge in await subscriber.charges()] == ["PAID", "FAILED", "PAID"]


@pytest.mark.parametrize(("comes", "price"), [(True, LARGER), (False, PRICE)])
async def test_at_the_instant_of_billing_an_upgrade_on_the_way_is_waited_for(
    subscriber: Subscriber, comes: bool, price: int
) -> None:
    """Either it begins a cycle or the old plan renews; never both are charged."""
    await subscriber.start()
    subscriber.clock.set(month(1) - SECOND)
    await subscriber.change("BUSINESS", at_once=True)
    subscriber.till.fate = "later"
    await subscriber.settle()
    await subscriber.at(month(1))
    assert subscriber.till.taken == [PRICE]
    subscriber.till.fate = "ok"
    if comes:
        await subscriber.arrive()
    await subscriber.at(month(1) + timedelta(days=6))
    assert subscriber.till.taken == [PRICE, price]


async def test_a_smaller_plan_begins_with_the_next_cycle(subscriber: Subscriber) -> None:
    await subscriber.start("BUSINESS")
    with pytest.raises(NotAnUpgrade):
        await subscriber.change("STARTER", at_once=True)
    await subscriber.change("STARTER", at_once=False)
    await subscriber.at(month(1) - SECOND)
    assert await subscriber.plan() == "BUSINESS"
    await subscriber.at(month(1))
    assert (await subscriber.plan(), await subscriber.users_max()) == ("STARTER", 2)
    assert subscriber.till.taken == [LARGER, PRICE]


async def test_by_the_year_from_the_next_cycle_on(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.change("STARTER", Cycle.YEARLY, at_once=False)
    await subscriber.at(month(1))
    row = (await subscriber.current()).subscription
    assert row is not None
    assert (row.period_start, row.period_end) == (month(1), month(13))
    await subscriber.at(month(13) - SECOND)
    assert subscriber.till.taken == [PRICE, 150_00]
    await subscriber.at(month(13))
    assert subscriber.till.taken == [PRICE, 150_00, 150_00]


async def test_a_planned_change_can_be_taken_back(subscriber: Subscriber) -> None:
    await subscriber.start("BUSINESS")
    with pytest.raises(PlanUnchanged):
        await subscriber.change("BUSINESS", at_once=False)
    await subscriber.change("STARTER", at_once=False)
    await subscriber.change("BUSINESS", at_once=False)
    await subscriber.at(month(1))
    assert subscriber.till.taken == [LARGER, LARGER]


async def test_nothing_is_changed_while_a_payment_is_on_the_way_or_the_plan_ends(
    subscriber: Subscriber,
) -> None:
    await subscriber.order()
    with pytest.raises(PlanPaymentPending):
        await subscriber.change("BUSINESS", at_once=True)
    await subscriber.settle()
    await subscriber.cancel()
    with pytest.raises(PlanEnding):
        await subscriber.change("BUSINESS", at_once=True)


async def test_an_upgrade_that_is_paid_after_the_plan_was_cancelled_ends_with_its_own_cycle(
    subscriber: Subscriber,
) -> None:
    row = await subscriber.start()
    subscriber.clock.advance(timedelta(days=3))
    await subscriber.change("BUSINESS", at_once=True)
    await subscriber.cancel()
    await subscriber.settle()
    changed = await subscriber.subscription(row.id)
    assert (changed.status, changed.plan, changed.ends_at) == ("CANCELLING", "BUSINESS", changed.period_end)


async def test_an_upgrade_that_is_paid_after_the_end_is_not_taken(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    subscriber.till.fate = "later"
    await subscriber.change("BUSINESS", at_once=True)
    await subscriber.settle()
    await subscriber.cancel()
    late = await subscriber.top_up()
    await subscriber.at(month(1))
    await subscriber.arrive(late)
    ended = await subscriber.subscription(row.id)
    assert (ended.status, ended.plan, ended.number) == ("ENDED", "STARTER", 1)
    assert await subscriber.available() == LARGER


@pytest.mark.rule("M061")
async def test_more_people_than_the_smaller_plan_has_are_told(subscriber: Subscriber) -> None:
    await subscriber.start("BUSINESS")
    for _ in range(2):
        await subscriber.add_member()
    with pytest.raises(UsersExceedPlan) as refused:
        await subscriber.change("STARTER", at_once=False)
    assert (refused.value.users_max, refused.value.used) == (2, 3)
