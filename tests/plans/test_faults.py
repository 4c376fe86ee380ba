"""Crashes between steps, steps twice, two runners at once, late and lost outcomes: one charge a cycle."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.kit.due import LEASE_SECONDS
from server.kit.money import Currency
from server.kit.work import Work
from server.orders import actions as order_actions
from server.orders.rules.items import CreditPackItem
from server.plans.actions.billing import give_up, renew, retry
from server.plans.rules.terms import Terms
from server.topups.rules.outcomes import ChargedBack
from tests.plans.conftest import Subscriber
from tests.plans.test_cycles import PRICE, month


async def renewing(subscriber: Subscriber) -> str:
    """A plan whose renewal was asked of the card, which was not reached yet; its id."""
    row = await subscriber.start()
    subscriber.clock.set(month(1))
    await renew_now(subscriber, row.id)
    return row.id


async def renew_now(subscriber: Subscriber, plan_id: str) -> None:
    await subscriber.run(lambda work: renew(work, plan_id))


async def test_a_renewal_that_runs_twice_asks_the_card_once(subscriber: Subscriber) -> None:
    plan_id = await renewing(subscriber)
    for _ in range(2):
        await renew_now(subscriber, plan_id)
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]
    await renew_now(subscriber, plan_id)
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]
    assert [charge.number for charge in await subscriber.charges()] == [1, 2]


async def test_a_crash_before_the_commit_leaves_nothing_and_one_after_it_everything(
    subscriber: Subscriber,
) -> None:
    row = await subscriber.start()
    subscriber.clock.set(month(1))

    def crash(work: Work) -> None:
        renew(work, row.id)
        raise KeyError("the process dies here")

    with pytest.raises(KeyError):
        await subscriber.run(crash)
    assert len(await subscriber.charges()) == 1
    await renew_now(subscriber, row.id)
    # The process dies with the intent committed and the card not asked: the due row is still there.
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]


async def test_a_crash_between_the_charge_and_its_settlement_charges_once(subscriber: Subscriber) -> None:
    await renewing(subscriber)
    subscriber.till.fate = "silent"  # charged, and nobody heard of it
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]
    assert [charge.status for charge in await subscriber.charges()] == ["PAID", "PENDING"]
    assert await subscriber.plan() == "STARTER"
    subscriber.clock.advance(timedelta(minutes=1))  # the reconciler asks
    await subscriber.settle()
    assert [charge.status for charge in await subscriber.charges()] == ["PAID", "PAID"]
    assert subscriber.till.taken == [PRICE, PRICE]
    assert await subscriber.available() == 0


async def test_two_runners_at_once_charge_once(subscriber: Subscriber) -> None:
    await subscriber.start()
    for number in (1, 2, 3):
        subscriber.clock.set(month(number))
        await asyncio.gather(*(subscriber.runner.run_due() for _ in range(3)))
        await subscriber.settle()
    assert subscriber.till.taken == [PRICE] * 4
    assert [charge.number for charge in await subscriber.charges()] == [1, 2, 3, 4]
    assert await subscriber.invoices() == 4


async def test_a_runner_whose_lease_ran_out_changes_nothing(subscriber: Subscriber) -> None:
    plan_id = await renewing(subscriber)
    subscriber.clock.advance(timedelta(seconds=LEASE_SECONDS + 1))
    await asyncio.gather(subscriber.settle(), renew_now(subscriber, plan_id))
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]


async def test_cancelling_and_renewing_at_once_charge_one_cycle_at_most(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    subscriber.clock.set(month(1))
    await asyncio.gather(subscriber.cancel(), renew_now(subscriber, row.id))
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]
    assert (await subscriber.subscription(row.id)).ends_at == month(2)


async def test_starting_twice_at_once_starts_one_plan(subscriber: Subscriber) -> None:
    orders = await asyncio.gather(subscriber.order(), subscriber.order("BUSINESS"), return_exceptions=True)
    assert sorted(isinstance(order, str) for order in orders) == [False, True]
    await subscriber.settle()
    assert len(subscriber.till.taken) == 1


async def test_an_outcome_twice_pays_once(subscriber: Subscriber) -> None:
    await renewing(subscriber)
    await subscriber.settle()
    row = await subscriber.top_up()
    again = subscriber.till.books[row.transaction_id]
    await subscriber.hear(row, again)
    assert await subscriber.available() == 0
    assert (await subscriber.told()).count("PlanRenewed") == 1


async def test_an_outcome_that_stays_unknown_counts_as_none_when_its_time_is_over(
    subscriber: Subscriber,
) -> None:
    plan_id = await renewing(subscriber)
    subscriber.till.fate = "later"
    await subscriber.settle()
    over = month(1) + Terms().payment_wait_max
    await subscriber.at(over - timedelta(seconds=1))
    assert await subscriber.plan() == "STARTER"
    await subscriber.at(over)
    lapsed = await subscriber.subscription(plan_id)
    assert (lapsed.status, lapsed.stop_reason) == ("LAPSED", "PAYMENT_FAILED")
    assert (await subscriber.charges())[-1].failure == "OUTCOME_UNKNOWN"


async def test_money_that_comes_after_the_lapse_stays_in_the_balance(subscriber: Subscriber) -> None:
    plan_id = await renewing(subscriber)
    subscriber.till.fate = "later"
    await subscriber.settle()
    await subscriber.at(month(1) + Terms().payment_wait_max)
    row = await subscriber.top_up()
    await subscriber.arrive(row)
    assert await subscriber.available() == PRICE
    assert (await subscriber.subscription(plan_id)).status == "LAPSED"
    assert await subscriber.plan() == "FREE"
    assert await subscriber.invoices() == 1


async def test_a_late_success_of_a_declined_try_pays_and_ends_the_trying(subscriber: Subscriber) -> None:
    await renewing(subscriber)
    first = await subscriber.top_up()
    subscriber.till.fate = "lost"
    await subscriber.settle()
    subscriber.clock.advance(timedelta(seconds=40))
    await subscriber.settle()  # the gateway knows of nothing: our conclusion is that it failed
    charge = (await subscriber.charges())[-1]
    assert (charge.status, charge.top_up_id) == ("PENDING", None)
    await subscriber.arrive(first)
    assert (await subscriber.charges())[-1].status == "PAID"
    subscriber.till.fate = "ok"
    await subscriber.run(lambda work: retry(work, charge.id))
    await subscriber.run(lambda work: give_up(work, charge.id))
    await subscriber.at(month(1) + timedelta(days=10))
    assert subscriber.till.taken == [PRICE, PRICE]
    assert await subscriber.available() == 0


async def test_two_payments_of_one_cycle_pay_it_once_and_the_other_stays_in_the_balance(
    subscriber: Subscriber,
) -> None:
    await renewing(subscriber)
    first = await subscriber.top_up()
    subscriber.till.fate = "lost"
    await subscriber.settle()
    subscriber.clock.advance(timedelta(seconds=40))
    await subscriber.settle()
    subscriber.till.fate = "ok"
    await subscriber.at(month(1) + timedelta(days=1, minutes=1))  # the second try pays
    assert (await subscriber.charges())[-1].status == "PAID"
    await subscriber.arrive(first)
    assert await subscriber.available() == PRICE
    assert (await subscriber.told()).count("PlanRenewed") == 1


async def test_too_little_is_not_taken_and_not_asked_again(subscriber: Subscriber) -> None:
    plan_id = await renewing(subscriber)
    subscriber.till.fate = "short"
    await subscriber.settle()
    assert (await subscriber.subscription(plan_id)).status == "LAPSED"
    assert (await subscriber.charges())[-1].failure == "UNDERPAID"
    assert await subscriber.available() == PRICE - 100
    await subscriber.at(month(2))
    assert len(subscriber.till.taken) == 2


async def test_too_little_is_enough_where_the_balance_has_the_rest(subscriber: Subscriber) -> None:
    await renewing(subscriber)
    await subscriber.receive(150)
    subscriber.till.fate = "short"
    await subscriber.settle()
    assert (await subscriber.charges())[-1].status == "PAID"
    assert await subscriber.available() == 50


async def test_a_chargeback_of_the_running_cycle_ends_the_plan_at_once(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    payment = await subscriber.top_up()
    subscriber.clock.advance(timedelta(days=3))
    for _ in range(2):
        await subscriber.hear(payment, ChargedBack(subscriber.clock.now()))
    lapsed = await subscriber.subscription(row.id)
    assert (lapsed.status, lapsed.stop_reason) == ("LAPSED", "CHARGED_BACK")
    assert await subscriber.plan() == "FREE"
    await subscriber.at(month(2))
    assert subscriber.till.taken == [PRICE]
    assert (await subscriber.told()).count("PlanLapsed") == 1


async def test_a_chargeback_of_an_earlier_cycle_turns_renewal_off(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    payment = await subscriber.top_up()
    await subscriber.at(month(1))
    await subscriber.hear(payment, ChargedBack(subscriber.clock.now()))
    off = await subscriber.subscription(row.id)
    assert (off.status, off.stop_reason, off.ends_at) == ("CANCELLING", "CHARGED_BACK", month(2))
    await subscriber.at(month(2))
    assert (await subscriber.subscription(row.id)).status == "LAPSED"


async def test_what_the_card_paid_for_the_plan_no_waiting_order_takes(subscriber: Subscriber) -> None:
    def wait(work: Work) -> None:
        item = CreditPackItem("EMAIL_1K", 1)
        order_actions.place_order(work, subscriber.account_id, item, Currency.USD, await_payment=True)

    await subscriber.run(wait)
    row = await subscriber.start("BUSINESS")
    assert row.status == "ACTIVE"
    assert await subscriber.available() == 0


@pytest.mark.rule("M040")
async def test_the_card_is_removed_while_its_money_is_on_the_way(subscriber: Subscriber) -> None:
    plan_id = await renewing(subscriber)
    subscriber.till.fate = "later"
    await subscriber.settle()
    await subscriber.remove_cards_but(None)
    off = await subscriber.subscription(plan_id)
    assert (off.status, off.stop_reason, off.ends_at) == ("CANCELLING", "NO_PAYMENT_METHOD", month(2))
    await subscriber.arrive()
    paid = await subscriber.subscription(plan_id)
    assert (paid.number, paid.status, paid.ends_at) == (2, "CANCELLING", month(2))
    await subscriber.at(month(2))
    assert (await subscriber.subscription(plan_id)).status == "LAPSED"


async def test_the_card_is_removed_while_its_renewal_is_on_the_way(subscriber: Subscriber) -> None:
    plan_id = await renewing(subscriber)
    await subscriber.remove_cards_but(None)
    await subscriber.settle()  # the card can no longer be asked
    assert (await subscriber.charges())[-1].status == "PENDING"
    await subscriber.at(month(1) + timedelta(days=1))
    lapsed = await subscriber.subscription(plan_id)
    assert (lapsed.status, lapsed.stop_reason) == ("LAPSED", "NO_PAYMENT_METHOD")
    assert subscriber.till.taken == [PRICE]
