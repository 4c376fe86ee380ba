"""Nobody pays for what they may not use: renewals of accounts that are suspended or stand still wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from server.accounts import actions as account_actions
from server.accounts.actions.authority import change_status
from server.accounts.rules.lifecycle import AccountStatus
from server.kit.work import Work
from server.plans.actions.billing import renew
from tests.plans.conftest import Subscriber
from tests.plans.test_cycles import PRICE, SECOND, month

DAY = timedelta(days=1)


async def become(subscriber: Subscriber, status: AccountStatus) -> None:
    """The account's state as the company or inactivity change it."""
    await subscriber.run(lambda work: _become(work, subscriber.account_id, status))


def _become(work: Work, account_id: str, status: AccountStatus) -> None:
    if status is AccountStatus.SUSPENDED:
        account_actions.suspend_account(work, account_id)
    elif status is AccountStatus.ACTIVE:
        account_actions.reinstate_account(work, account_id)
    else:
        change_status(work, account_id, status)


@pytest.mark.rule("M041", "M083")
@pytest.mark.parametrize("since", [-SECOND, timedelta(), SECOND])
async def test_a_renewal_is_charged_only_while_the_account_may_be_used(
    subscriber: Subscriber, since: timedelta
) -> None:
    """Suspended one second before the instant of billing or at it, it waits; one second after, it was charged."""
    row = await subscriber.start()
    subscriber.clock.set(month(1) + since)
    if since > timedelta():
        await subscriber.settle()
    await become(subscriber, AccountStatus.SUSPENDED)
    await subscriber.at(month(1) + 2 * SECOND)
    charged = [PRICE] * (2 if since > timedelta() else 1)
    assert subscriber.till.taken == charged
    for days in range(1, 5):  # it looks again, and again finds a suspended account
        await subscriber.at(month(1) + days * DAY)
    assert subscriber.till.taken == charged
    assert (await subscriber.subscription(row.id)).status == "ACTIVE"


@pytest.mark.rule("M041", "M083")
async def test_after_reinstatement_a_new_cycle_begins_and_is_charged_once(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    await subscriber.buy_seats(2)
    before = list(subscriber.till.taken)
    await become(subscriber, AccountStatus.SUSPENDED)
    await subscriber.at(month(1))
    again = month(3) + 5 * DAY
    subscriber.clock.set(again)
    await become(subscriber, AccountStatus.ACTIVE)
    for _ in range(2):
        await subscriber.settle()
    await subscriber.run(lambda work: renew(work, row.id))
    assert sorted(subscriber.till.taken) == sorted(before * 2), "one cycle of each, none for the time between"
    renewed = await subscriber.subscription(row.id)
    assert (renewed.period_start, renewed.number, renewed.held_at) == (again, 2, None)
    assert renewed.period_end == renewed.period_start.replace(month=renewed.period_start.month + 1)  # type: ignore[union-attr]
    await subscriber.at(renewed.period_end)
    assert len(subscriber.till.taken) == 2 * len(before) + 2, "the days of the new cycle go on"
    assert (await subscriber.subscription(row.id)).period_start == renewed.period_end


async def test_what_was_reinstated_in_time_renews_on_its_day(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    await become(subscriber, AccountStatus.SUSPENDED)
    subscriber.clock.set(month(1) - SECOND)
    await become(subscriber, AccountStatus.ACTIVE)
    await subscriber.at(month(1))
    assert subscriber.till.taken == [PRICE, PRICE]
    assert (await subscriber.subscription(row.id)).period_start == month(1)


@pytest.mark.parametrize("status", [AccountStatus.DISABLED, AccountStatus.DEACTIVATED])
async def test_who_stands_still_is_not_charged_until_they_reactivate(
    subscriber: Subscriber, status: AccountStatus
) -> None:
    await subscriber.start()
    await become(subscriber, status)
    await subscriber.at(month(1))
    assert subscriber.till.taken == [PRICE]
    await subscriber.run(account_actions.reactivate_account)
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]


async def declined(subscriber: Subscriber) -> None:
    subscriber.till.fate = "declined"
    await subscriber.at(month(1))
    subscriber.till.fate = "ok"


async def unanswered(subscriber: Subscriber) -> None:
    subscriber.till.fate = "later"
    await subscriber.at(month(1))
    subscriber.till.fate = "ok"


@pytest.mark.parametrize("begin", [declined, unanswered])
async def test_a_charge_that_is_open_is_not_asked_again(
    subscriber: Subscriber, begin: Callable[[Subscriber], Awaitable[None]]
) -> None:
    row = await subscriber.start()
    await begin(subscriber)
    books = len(subscriber.till.books)
    await become(subscriber, AccountStatus.SUSPENDED)
    for days in range(1, 4):
        await subscriber.at(month(1) + days * DAY)
    assert len(subscriber.till.books) == books
    if begin is unanswered:  # what is in flight ends as it would
        await subscriber.arrive()
        assert (await subscriber.subscription(row.id)).number == 2
        return
    await become(subscriber, AccountStatus.ACTIVE)
    await subscriber.settle()
    assert subscriber.till.taken == [PRICE, PRICE]
    assert (await subscriber.subscription(row.id)).period_start == month(1) + 3 * DAY


async def test_what_was_cancelled_ends_on_its_day_all_the_same(subscriber: Subscriber) -> None:
    row = await subscriber.start()
    await subscriber.cancel()
    await become(subscriber, AccountStatus.SUSPENDED)
    await subscriber.at(month(1))
    assert (await subscriber.subscription(row.id)).status == "ENDED"
    assert subscriber.till.taken == [PRICE]
