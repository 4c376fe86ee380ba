"""How many people an account may have: by its plan, by extra seats, and until when somebody stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.accounts.rules.people import LastOwner, MemberLimitReached, MemberNotFound
from server.kit.registry import Registry
from server.plans import reads
from server.plans.actions import members, seats
from server.plans.rules.problems import (
    NoPaidPlan,
    PlanNotCancelled,
    SeatsNotFound,
    SeatsOutOfRange,
    TooManySeatPurchases,
    WithdrawalNotPlanned,
)
from server.plans.rules.terms import Terms
from tests.conftest import START
from tests.plans.conftest import Subscriber
from tests.plans.test_cycles import PRICE, SECOND, month

SEAT = 5_00


@pytest.mark.rule("M061")
async def test_the_plan_sets_how_many_people_there_are(subscriber: Subscriber) -> None:
    with pytest.raises(MemberLimitReached) as refused:
        await subscriber.add_member()
    assert (refused.value.limit, refused.value.used) == (1, 1)
    await subscriber.start()
    await subscriber.add_member()
    with pytest.raises(MemberLimitReached) as refused:
        await subscriber.add_member()
    assert (refused.value.limit, refused.value.used) == (2, 2)


@pytest.mark.rule("M061")
async def test_who_is_there_stays_when_the_plan_ends_and_nobody_joins(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.cancel()
    subscriber.clock.set(month(1) - SECOND)
    token = await subscriber.invite()
    await subscriber.at(month(1))
    with pytest.raises(MemberLimitReached):
        await subscriber.join(token)


@pytest.mark.rule("M062")
async def test_extra_seats_are_billed_by_a_cycle_of_their_own(subscriber: Subscriber) -> None:
    with pytest.raises(NoPaidPlan):
        await subscriber.buy_seats(1)
    await subscriber.start()
    bought = START + timedelta(days=10)
    subscriber.clock.set(bought)
    row = await subscriber.buy_seats(3)
    assert (row.product, row.seats, row.period_start) == ("SEATS", 3, bought)
    assert await subscriber.users_max() == 5
    assert subscriber.till.taken == [PRICE, 3 * SEAT]
    await subscriber.at(month(1))
    assert subscriber.till.taken == [PRICE, 3 * SEAT, PRICE]
    await subscriber.cancel()  # of the plan: the seats go on
    await subscriber.at(bought.replace(month=bought.month + 1))
    assert subscriber.till.taken[-1] == 3 * SEAT
    await subscriber.at(month(2))
    assert (await subscriber.plan(), await subscriber.users_max()) == ("FREE", 4)


@pytest.mark.rule("M062")
async def test_seats_can_be_bought_with_the_plan_and_again_later(subscriber: Subscriber) -> None:
    await subscriber.order()
    await subscriber.buy_seats(1)
    await subscriber.buy_seats(2)
    assert await subscriber.users_max() == 5
    assert await subscriber.read(lambda read: reads.extra_seats(read, subscriber.account_id)) == 3


@pytest.mark.rule("M063")
async def test_seats_stay_until_the_end_of_their_cycle(subscriber: Subscriber) -> None:
    await subscriber.start()
    row = await subscriber.buy_seats(3)
    assert (await subscriber.remove_seats(row.id, 1)).next_seats == 2
    await subscriber.at(month(1) - SECOND)
    assert await subscriber.users_max() == 5
    await subscriber.at(month(1))
    assert await subscriber.users_max() == 4
    assert sorted(subscriber.till.taken) == sorted([PRICE, 3 * SEAT, PRICE, 2 * SEAT])
    gone = await subscriber.remove_seats(row.id, 2)
    assert (gone.status, gone.ends_at) == ("CANCELLING", month(2))
    await subscriber.at(month(2) - SECOND)
    assert await subscriber.users_max() == 4
    await subscriber.at(month(2))
    assert await subscriber.users_max() == 2
    assert (await subscriber.subscription(row.id)).status == "ENDED"


async def test_seats_that_were_given_up_can_be_kept(subscriber: Subscriber) -> None:
    await subscriber.start()
    row = await subscriber.buy_seats(2)

    async def keep() -> None:
        await subscriber.run(lambda work: seats.keep_seats(work, subscriber.account_id, row.id))

    with pytest.raises(PlanNotCancelled):
        await keep()
    for count in (1, 2):
        await subscriber.remove_seats(row.id, count)
        await keep()
    await subscriber.at(month(1))
    assert sorted(subscriber.till.taken) == sorted([PRICE, 2 * SEAT] * 2)


async def test_seats_have_limits_and_belong_to_their_account(subscriber: Subscriber, terms: Registry) -> None:
    terms.add(Terms(seats_max=5, seat_subscriptions_max=2))
    await subscriber.start()
    for count in (0, 6):
        with pytest.raises(SeatsOutOfRange) as refused:
            await subscriber.buy_seats(count)
        assert (refused.value.minimum, refused.value.maximum) == (1, 5)
    row = await subscriber.buy_seats(1)
    await subscriber.buy_seats(1)
    with pytest.raises(TooManySeatPurchases):
        await subscriber.buy_seats(1)
    with pytest.raises(SeatsOutOfRange):
        await subscriber.remove_seats(row.id, 2)
    for wrong in ("pls_x", "\x00", (await subscriber.plan_id())):
        with pytest.raises(SeatsNotFound):
            await subscriber.remove_seats(wrong, 1)


@pytest.mark.rule("M063")
async def test_a_member_stays_until_the_end_of_the_cycle_and_is_withdrawn_then(
    subscriber: Subscriber,
) -> None:
    await subscriber.start()
    person_id = await subscriber.add_member()
    assert await subscriber.withdraw(person_id) == month(1)
    subscriber.clock.advance(timedelta(days=1))
    assert await subscriber.withdraw(person_id) == month(1)
    await subscriber.at(month(1) - SECOND)
    assert person_id in await subscriber.members()
    with pytest.raises(MemberLimitReached):  # the seat is taken until then
        await subscriber.add_member()
    await subscriber.at(month(1))
    assert person_id not in await subscriber.members()
    await subscriber.at(month(1) + SECOND)
    await subscriber.add_member()
    with pytest.raises(MemberNotFound):
        await subscriber.withdraw(person_id)


@pytest.mark.rule("M063")
async def test_at_the_instant_of_billing_the_next_cycle_is_the_current_one(subscriber: Subscriber) -> None:
    await subscriber.start()
    person_id = await subscriber.add_member()
    subscriber.clock.set(month(1))
    assert await subscriber.withdraw(person_id) == month(2)


async def test_a_member_can_be_kept_until_then(subscriber: Subscriber) -> None:
    await subscriber.start()
    person_id = await subscriber.add_member()

    async def keep(who: str = person_id) -> None:
        await subscriber.run(lambda work: members.undo_withdrawal(work, subscriber.account_id, who))

    for wrong in (person_id, "\x00"):
        with pytest.raises(WithdrawalNotPlanned):
            await keep(wrong)
    await subscriber.withdraw(person_id)
    subscriber.clock.set(month(1) - SECOND)
    await keep()
    await subscriber.at(month(1))
    assert person_id in await subscriber.members()
    await subscriber.withdraw(person_id)
    subscriber.clock.set(month(2))
    with pytest.raises(WithdrawalNotPlanned):  # its time has come, whether or not the due work came by
        await keep()


async def test_without_a_cycle_a_member_goes_at_once_and_the_last_owner_never(
    subscriber: Subscriber,
) -> None:
    await subscriber.start()
    person_id = await subscriber.add_member()
    await subscriber.cancel()
    await subscriber.at(month(1))
    with pytest.raises(LastOwner):
        await subscriber.withdraw(subscriber.owner_id)
    assert await subscriber.withdraw(person_id) == month(1)
    assert person_id not in await subscriber.members()
