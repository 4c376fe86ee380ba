"""Starting, renewing, cancelling, lapsing: at the instant of billing and one second either side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.kit.clock import ManualClock
from server.kit.registry import Registry
from server.kit.work import Units
from server.plans.actions import ordering
from server.plans.actions.billing import renew
from server.plans.actions.subscribing import end_all
from server.plans.rules.problems import (
    NoPaidPlan,
    PlanAlreadyRunning,
    PlanNotCancelled,
    PlanUnknown,
)
from server.plans.rules.terms import FREE, Cycle, PlanLimits, Terms, TermSetOn
from server.topups.rules.methods import NoValidPaymentMethod, SavedFor
from tests.conftest import START
from tests.plans.conftest import Subscriber, Till, new_subscriber

SECOND = timedelta(seconds=1)
PRICE = 15_00


def month(number: int) -> datetime:
    """The start, so many months later; short months do not matter on the second day."""
    years, months = divmod(START.month - 1 + number, 12)
    return START.replace(year=START.year + years, month=months + 1)


async def test_a_plan_begins_when_its_payment_is_there(subscriber: Subscriber) -> None:
    subscription_id = await subscriber.order()
    assert (await subscriber.subscription(subscription_id)).status == "PENDING_PAYMENT"
    assert await subscriber.plan() == "FREE"
    await subscriber.settle()
    row = await subscriber.subscription(subscription_id)
    assert (row.status, row.period_start, row.period_end) == ("ACTIVE", START, month(1))
    assert await subscriber.plan() == "STARTER"
    assert subscriber.till.taken == [PRICE]
    assert await subscriber.available() == 0
    assert await subscriber.invoices() == 1
    assert await subscriber.told() == ["PlanOrdered", "PlanStarted"]


async def test_vat_falls_on_the_plan_and_is_charged_with_it(
    units: Units, clock: ManualClock, till: Till
) -> None:
    swiss = await new_subscriber(units, clock, till, country="CH")
    await swiss.add_card()
    await swiss.start()
    (charge,) = await swiss.charges()
    assert (charge.currency, charge.net_minor, charge.rate_basis_points) == ("CHF", 13_50, 810)
    assert (charge.tax_minor, till.taken) == (1_09, [14_59])
    assert await swiss.available("CHF") == 0


async def test_an_account_has_one_plan(subscriber: Subscriber) -> None:
    await subscriber.start()
    with pytest.raises(PlanAlreadyRunning) as refused:
        await subscriber.order("BUSINESS")
    assert (refused.value.plan, refused.value.status) == ("STARTER", "ACTIVE")


async def test_what_is_not_for_sale_is_refused(units: Units, clock: ManualClock, till: Till) -> None:
    nobody = await new_subscriber(units, clock, till)
    with pytest.raises(PlanUnknown):
        await nobody.order("FREE")
    with pytest.raises(NoValidPaymentMethod):
        await nobody.order("STARTER")
    with pytest.raises(NoPaidPlan):
        await nobody.cancel()


@pytest.mark.rule("M037", "M038")
async def test_the_free_plan_has_limits_that_change_without_notice_and_can_be_left_at_any_time(
    subscriber: Subscriber, terms: Registry
) -> None:
    assert (await subscriber.current()).plan.limits == FREE.limits
    changed = PlanLimits(10, 100)
    terms.add(Terms(free=type(FREE)("FREE", changed, 1, {}, {})))
    assert (await subscriber.current()).plan.limits == changed
    await subscriber.start()
    assert await subscriber.plan() == "STARTER"
    assert (await subscriber.current()).plan.limits.messages_a_day is None


@pytest.mark.rule("M041")
async def test_a_subscription_renews_by_its_cycle_on_the_instant(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.at(month(1) - SECOND)
    assert len(subscriber.till.taken) == 1
    await subscriber.at(month(1))
    assert len(subscriber.till.taken) == 2
    await subscriber.at(month(1) + SECOND)
    assert len(subscriber.till.taken) == 2
    row = (await subscriber.current()).subscription
    assert row is not None
    assert (row.number, row.period_start, row.period_end) == (2, month(1), month(2))
    assert await subscriber.told() == ["PlanOrdered", "PlanStarted", "PlanRenewalSoon", "PlanRenewed"]
    assert await subscriber.invoices() == 2


async def test_cycles_keep_to_the_day_of_the_first_one(subscriber: Subscriber) -> None:
    subscriber.clock.set(datetime(2027, 1, 31, 8, 30, tzinfo=UTC))
    await subscriber.start()
    ends = []
    for _ in range(4):
        row = (await subscriber.current()).subscription
        assert row is not None
        assert row.period_end is not None
        ends.append((row.period_end.month, row.period_end.day))
        await subscriber.at(row.period_end)
    assert ends == [(2, 28), (3, 31), (4, 30), (5, 31)]


async def test_a_late_renewal_keeps_the_calendar(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.at(month(1) + timedelta(days=3))
    row = (await subscriber.current()).subscription
    assert row is not None
    assert (row.period_start, row.period_end) == (month(1), month(2))


@pytest.mark.rule("M041")
@pytest.mark.parametrize(("after", "renewed"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)])
async def test_a_card_is_needed_at_the_instant_of_billing(
    subscriber: Subscriber, clock: ManualClock, after: timedelta, renewed: bool
) -> None:
    """Billed is at midnight of the first of a month, give or take a second, where the card's month ends."""
    midnight = datetime(2026, 5, 1, tzinfo=UTC)
    old = await subscriber.add_card(expires=(4, 2026))
    clock.set(datetime(2026, 4, 1, tzinfo=UTC) + after)
    await subscriber.start()
    row = (await subscriber.current()).subscription
    assert row is not None
    assert row.period_end == (
        midnight + after if after >= timedelta(0) else datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)
    )
    await subscriber.remove_cards_but(old)
    await subscriber.at(row.period_end)
    assert (await subscriber.plan() == "STARTER") is renewed
    assert len(subscriber.till.taken) == (2 if renewed else 1)
    if not renewed:
        lapsed = await subscriber.subscription(row.id)
        assert (lapsed.status, lapsed.stop_reason) == ("LAPSED", "NO_PAYMENT_METHOD")


@pytest.mark.rule("M042")
async def test_cancelled_one_second_before_billing_nothing_is_charged(subscriber: Subscriber) -> None:
    await subscriber.start()
    subscriber.clock.set(month(1) - SECOND)
    row = await subscriber.cancel()
    assert (row.status, row.ends_at) == ("CANCELLING", month(1))
    await subscriber.at(month(1))
    assert subscriber.till.taken == [PRICE]
    assert (await subscriber.subscription(row.id)).status == "ENDED"


@pytest.mark.rule("M042")
@pytest.mark.parametrize("late", [timedelta(0), SECOND])
@pytest.mark.parametrize("billed_first", [False, True])
async def test_cancelled_at_the_instant_of_billing_the_next_cycle_is_charged(
    subscriber: Subscriber, late: timedelta, billed_first: bool
) -> None:
    await subscriber.start()
    subscriber.clock.set(month(1))
    if billed_first:
        await subscriber.settle()
    subscriber.clock.set(month(1) + late)
    row = await subscriber.cancel()
    assert (row.status, row.ends_at) == ("CANCELLING", month(2))
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]
    assert await subscriber.plan() == "STARTER"
    await subscriber.at(month(2))
    assert subscriber.till.taken == [PRICE, PRICE]
    assert await subscriber.plan() == "FREE"


@pytest.mark.rule("M043", "M044", "M045", "M085")
async def test_access_goes_on_to_the_end_of_the_cycle_and_nothing_is_given_back(
    subscriber: Subscriber,
) -> None:
    row = await subscriber.start("BUSINESS")
    await subscriber.cancel()
    await subscriber.at(month(1) - SECOND)
    assert (await subscriber.plan(), await subscriber.users_max()) == ("BUSINESS", 5)
    subscriber.clock.set(month(1))
    assert await subscriber.plan() == "FREE"  # by the clock, before any due work
    await subscriber.settle()
    assert (await subscriber.plan(), await subscriber.users_max()) == ("FREE", 1)
    ended = await subscriber.subscription(row.id)
    assert (ended.status, ended.ended_at) == ("ENDED", month(1))
    assert await subscriber.available() == 0
    assert len(subscriber.till.taken) == await subscriber.invoices() == 1
    assert (await subscriber.told())[-2:] == ["PlanCancelled", "PlanEnded"]
    await subscriber.at(month(1) + SECOND)
    assert (await subscriber.plan(), len(subscriber.till.taken)) == ("FREE", 1)


@pytest.mark.rule("M043")
async def test_a_cancellation_can_be_taken_back_until_the_end(subscriber: Subscriber) -> None:
    await subscriber.start()
    with pytest.raises(PlanNotCancelled):
        await subscriber.resume()
    await subscriber.cancel()
    subscriber.clock.set(month(1) - SECOND)
    assert (await subscriber.resume()).status == "ACTIVE"
    await subscriber.cancel()
    subscriber.clock.set(month(1))
    with pytest.raises(NoPaidPlan):
        await subscriber.resume()


async def test_cancelling_twice_is_cancelling_once(subscriber: Subscriber) -> None:
    await subscriber.start()
    first = await subscriber.cancel()
    subscriber.clock.advance(timedelta(days=1))
    assert await subscriber.cancel() == first


@pytest.mark.rule("M038")
async def test_after_the_end_a_plan_can_be_started_anew(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.cancel()
    subscriber.clock.set(month(1))
    await subscriber.start("SCALE", Cycle.YEARLY)  # no due work came by in between
    row = (await subscriber.current()).subscription
    assert row is not None
    assert (row.plan, row.period_start, row.period_end) == ("SCALE", month(1), month(13))


@pytest.mark.rule("M038", "M085")
async def test_closing_the_account_ends_everything_now_and_gives_nothing_back(
    subscriber: Subscriber,
) -> None:
    row = await subscriber.start()
    await subscriber.buy_seats(1)
    subscriber.clock.set(month(1))
    await subscriber.run(lambda work: renew(work, row.id))
    ended = await subscriber.run(lambda work: end_all(work, subscriber.account_id))
    assert (ended, await subscriber.plan(), await subscriber.users_max()) == (2, "FREE", 1)
    assert await subscriber.run(lambda work: end_all(work, subscriber.account_id)) == 0
    await subscriber.at(month(2))
    assert [charge.status for charge in await subscriber.charges()] == ["PAID", "PAID", "FAILED"]
    assert await subscriber.available() == PRICE  # the renewal was on its way


async def test_a_first_payment_that_fails_brings_no_plan(subscriber: Subscriber) -> None:
    subscriber.till.fate = "declined"
    row = await subscriber.start()
    assert (row.status, row.stop_reason) == ("FAILED", "PAYMENT_FAILED")
    assert await subscriber.plan() == "FREE"
    subscriber.till.fate = "ok"
    assert (await subscriber.start()).status == "ACTIVE"


async def test_a_plan_that_waits_for_its_payment_can_be_cancelled(subscriber: Subscriber) -> None:
    await subscriber.order()
    row = await subscriber.cancel()
    assert (row.status, row.stop_reason) == ("FAILED", "CUSTOMER")
    await subscriber.settle()
    assert await subscriber.plan() == "FREE"
    assert await subscriber.available() == PRICE  # the card had been asked: its money stays the customer's


async def test_a_declined_renewal_is_tried_again_and_keeps_its_days(subscriber: Subscriber) -> None:
    await subscriber.start()
    subscriber.till.fate = "declined"
    await subscriber.at(month(1))
    assert await subscriber.plan() == "STARTER"
    subscriber.till.fate = "ok"
    await subscriber.at(month(1) + timedelta(days=1) - SECOND)
    assert len(subscriber.till.taken) == 1
    await subscriber.at(month(1) + timedelta(days=1))
    row = (await subscriber.current()).subscription
    assert row is not None
    assert (row.period_start, row.period_end, row.number) == (month(1), month(2), 2)
    assert subscriber.till.taken == [PRICE, PRICE]
    assert (await subscriber.told())[-2:] == ["PlanRenewalFailed", "PlanRenewed"]


@pytest.mark.rule("M041")
async def test_after_the_last_try_the_plan_lapses_and_the_account_is_free(subscriber: Subscriber) -> None:
    row = await subscriber.start("BUSINESS")
    subscriber.till.fate = "declined"
    for days in (0, 1, 4):
        await subscriber.at(month(1) + timedelta(days=days))
        assert await subscriber.plan() == "BUSINESS"
    await subscriber.at(month(1) + timedelta(days=7))
    assert (await subscriber.plan(), await subscriber.users_max()) == ("FREE", 1)
    lapsed = await subscriber.subscription(row.id)
    assert (lapsed.status, lapsed.stop_reason) == ("LAPSED", "PAYMENT_FAILED")
    assert [charge.status for charge in await subscriber.charges()] == ["PAID", "FAILED"]
    await subscriber.at(month(3))
    assert len(subscriber.till.taken) == 1


@pytest.mark.rule("M041")
async def test_without_a_card_renewal_is_off_and_the_plan_lapses_at_its_end(subscriber: Subscriber) -> None:
    card = await subscriber.add_card()
    row = await subscriber.start()
    await subscriber.remove_cards_but(card)
    assert (await subscriber.subscription(row.id)).status == "ACTIVE"  # one is left
    await subscriber.remove_card(card)
    off = await subscriber.subscription(row.id)
    assert (off.status, off.stop_reason, off.ends_at) == ("CANCELLING", "NO_PAYMENT_METHOD", month(1))
    with pytest.raises(NoValidPaymentMethod):
        await subscriber.resume()
    await subscriber.at(month(1) - SECOND)
    assert await subscriber.plan() == "STARTER"
    await subscriber.at(month(1))
    assert (await subscriber.subscription(row.id)).status == "LAPSED"
    assert await subscriber.plan() == "FREE"


async def test_a_new_card_for_plans_turns_renewal_on_again_and_one_for_clicks_does_not(
    subscriber: Subscriber,
) -> None:
    row = await subscriber.start()
    await subscriber.remove_cards_but(None)
    await subscriber.add_card(SavedFor.ONE_CLICK)
    assert (await subscriber.subscription(row.id)).status == "CANCELLING"
    await subscriber.add_card(SavedFor.PLAN)
    assert (await subscriber.subscription(row.id)).status == "ACTIVE"
    await subscriber.at(month(1))
    assert len(subscriber.till.taken) == 2


@pytest.mark.rule("M035")
async def test_the_term_is_set_at_registration_or_by_the_first_use(
    subscriber: Subscriber, terms: Registry
) -> None:
    row = await subscriber.start()
    assert row.term_set_at == START
    subscriber.clock.advance(timedelta(days=3))
    await subscriber.run(lambda work: ordering.set_term_by_use(work, subscriber.account_id))
    assert (await subscriber.subscription(row.id)).period_end == month(1)
    await subscriber.cancel()
    await subscriber.at(month(1))

    terms.add(Terms(term_set_on=TermSetOn.FIRST_USE))
    row = await subscriber.start()
    assert row.term_set_at is None
    used = month(1) + timedelta(days=3)
    for day in (3, 5):  # the first use, and a later one
        await subscriber.at(month(1) + timedelta(days=day))
        await subscriber.run(lambda work: ordering.set_term_by_use(work, subscriber.account_id))
    row = await subscriber.subscription(row.id)
    assert (row.term_set_at, row.period_start) == (used, used)
    assert row.period_end == used.replace(month=used.month + 1)
    await subscriber.at(month(2))
    assert len(subscriber.till.taken) == 2
    await subscriber.at(row.period_end)
    assert len(subscriber.till.taken) == 3
