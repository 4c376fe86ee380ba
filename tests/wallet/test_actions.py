"""Postings, holds and reversals, one by one, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.kit.clock import ManualClock
from server.kit.money import AMOUNT_MINOR_MAX
from server.kit.problems import Refusal
from server.wallet.actions import Transfer, capture, collect, expire_due, post, release, reserve, reverse
from server.wallet.rules import (
    BalanceTooHigh,
    BalanceTooLow,
    Counter,
    HoldNotFound,
    HoldNotOpen,
    HoldQuantityInvalid,
    HoldState,
    HoldTooSmall,
    PostingKind,
    Terms,
    TooManyHolds,
)
from tests.conftest import START
from tests.wallet.conftest import ACCOUNT, Do

SOON = START + timedelta(hours=1)


def top_up(amount: int, reference: str = "top_1", unit: str = "EUR", account_id: str = ACCOUNT) -> Transfer:
    return Transfer(account_id, unit, amount, Counter.PAYMENTS, PostingKind.TOP_UP, reference)


def spend(amount: int, reference: str = "use_1", unit: str = "EUR", account_id: str = ACCOUNT) -> Transfer:
    return Transfer(account_id, unit, -amount, Counter.REVENUE, PostingKind.USAGE, reference)


async def test_a_posting_moves_the_balance_and_takes_the_next_number(do: Do) -> None:
    (first,) = await do(lambda work: post(work, [top_up(1000)]))
    (second,) = await do(lambda work: post(work, [spend(300)]))
    assert (first.sequence, first.posted, first.available) == (1, 1000, 1000)
    assert (second.sequence, second.posted, second.amount) == (2, 700, -300)
    assert first.wallet_id == second.wallet_id
    assert first.transfer_id != second.transfer_id


async def test_more_than_available_is_refused_with_its_numbers(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    with pytest.raises(BalanceTooLow) as caught:
        await do(lambda work: post(work, [spend(400), spend(601)]))
    assert caught.value.numbers() == {"unit": "EUR", "available": 600, "required": 601}
    (posted,) = await do(lambda work: post(work, [spend(1000)]))
    assert (posted.sequence, posted.available) == (2, 0)


async def test_a_wallet_has_an_upper_limit(do: Do) -> None:
    await do(lambda work: post(work, [top_up(AMOUNT_MINOR_MAX)]))
    with pytest.raises(BalanceTooHigh):
        await do(lambda work: post(work, [top_up(1, "top_2")]))


@pytest.mark.rule("M046")
async def test_email_and_sms_credits_are_separate_balances(do: Do) -> None:
    await do(lambda work: post(work, [top_up(10, unit="EMAIL")]))
    with pytest.raises(BalanceTooLow) as caught:
        await do(lambda work: post(work, [spend(1, unit="SMS")]))
    assert (caught.value.unit, caught.value.available) == ("SMS", 0)


async def test_linked_transfers_share_their_id_and_keep_their_order(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    purchase = [
        Transfer(ACCOUNT, "EUR", -500, Counter.CREDITS_SOLD, PostingKind.ORDER, "ord_1"),
        Transfer(ACCOUNT, "EMAIL", 100, Counter.CREDITS_SOLD, PostingKind.ORDER_CREDITS, "ord_1"),
    ]
    money, credits = await do(lambda work: post(work, purchase))
    assert money.transfer_id == credits.transfer_id
    assert (money.unit, credits.unit) == ("EUR", "EMAIL")
    apart = await do(lambda work: post(work, [spend(1), spend(2), spend(3)], linked=False))
    assert len({posted.transfer_id for posted in apart}) == 3
    assert [posted.amount for posted in apart] == [-1, -2, -3]


async def test_a_top_up_is_posted_once(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await do(lambda work: post(work, [top_up(1000)]))


async def test_fifty_spends_at_once_where_twenty_are_affordable(do: Do) -> None:
    await do(lambda work: post(work, [top_up(2000)]))
    results = await asyncio.gather(
        *(do(lambda work, n=n: post(work, [spend(100, f"use_{n}")])) for n in range(50)),
        return_exceptions=True,
    )
    done = [result[0] for result in results if isinstance(result, list)]
    assert sorted(posted.sequence for posted in done) == list(range(2, 22))
    assert min(posted.available for posted in done) == 0
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 30
    assert all(isinstance(refusal, BalanceTooLow) and refusal.available == 0 for refusal in refused)


async def test_crossing_transfers_between_two_wallets_all_arrive(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000), top_up(1000, "top_2", "USD")]))
    await asyncio.gather(
        *(
            do(lambda work, n=n: post(work, [spend(10), spend(10, unit="USD")][:: 1 if n % 2 else -1]))
            for n in range(30)
        )
    )
    (euro, dollar) = await do(lambda work: post(work, [spend(1), spend(1, unit="USD")]))
    assert (euro.posted, dollar.posted) == (699, 699)
    assert (euro.sequence, dollar.sequence) == (32, 32)


async def test_a_wallet_that_many_open_at_once_is_one(do: Do) -> None:
    results = await asyncio.gather(
        *(do(lambda work, n=n: post(work, [top_up(1, f"top_{n}")])) for n in range(20))
    )
    assert len({posted.wallet_id for (posted,) in results}) == 1
    assert sorted(posted.sequence for (posted,) in results) == list(range(1, 21))


async def test_a_hold_sets_aside_and_is_captured_in_parts(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    hold = await do(lambda work: reserve(work, ACCOUNT, "EUR", 600, "ord_1", SOON))
    with pytest.raises(BalanceTooLow) as caught:
        await do(lambda work: post(work, [spend(401)]))
    assert caught.value.available == 400
    part = await do(lambda work: capture(work, hold.id, 200, Counter.REVENUE, PostingKind.ORDER, "ord_1"))
    assert (part.state, part.remaining) == (HoldState.OPEN, 400)
    with pytest.raises(HoldTooSmall) as small:
        await do(lambda work: capture(work, hold.id, 401, Counter.REVENUE, PostingKind.ORDER, "ord_1"))
    assert (small.value.remaining, small.value.required) == (400, 401)
    last = await do(
        lambda work: capture(work, hold.id, 100, Counter.REVENUE, PostingKind.ORDER, "ord_1", final=True)
    )
    assert (last.state, last.captured, last.released) == (HoldState.CAPTURED, 300, 300)
    (after,) = await do(lambda work: post(work, [spend(700)]))
    assert (after.posted, after.held) == (0, 0)


async def test_a_hold_resolves_once(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    hold = await do(lambda work: reserve(work, ACCOUNT, "EUR", 600, None, SOON))
    assert hold.reference == hold.id
    results = await asyncio.gather(
        *(do(lambda work: release(work, hold.id)) for _ in range(5)),
        *(
            do(lambda work: capture(work, hold.id, 600, Counter.REVENUE, PostingKind.ORDER, "ord_1"))
            for _ in range(5)
        ),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert sum(isinstance(result, HoldNotOpen) for result in results) == 9


async def test_an_expired_hold_cannot_be_captured_and_is_swept(do: Do, clock: ManualClock) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    hold = await do(lambda work: reserve(work, ACCOUNT, "EUR", 600, None, SOON))
    later = await do(lambda work: reserve(work, ACCOUNT, "EUR", 100, None, SOON + timedelta(hours=1)))
    clock.advance(timedelta(hours=1))
    with pytest.raises(HoldNotOpen) as caught:
        await do(lambda work: capture(work, hold.id, 1, Counter.REVENUE, PostingKind.ORDER, "ord_1"))
    assert caught.value.state == "EXPIRED"
    assert await do(lambda work: expire_due(work, 10)) == 1
    assert await do(lambda work: expire_due(work, 10)) == 0
    with pytest.raises(HoldNotOpen):
        await do(lambda work: release(work, hold.id))
    (after,) = await do(lambda work: post(work, [spend(900)]))
    assert (after.held, after.available) == (100, 0)
    assert (await do(lambda work: release(work, later.id))).state is HoldState.RELEASED


async def test_holds_that_cannot_be_are_refused(do: Do, terms: object) -> None:
    await do(lambda work: post(work, [top_up(1000)]))
    for quantity in (0, -1, AMOUNT_MINOR_MAX + 1):
        with pytest.raises(HoldQuantityInvalid):
            await do(lambda work, quantity=quantity: reserve(work, ACCOUNT, "EUR", quantity, None, SOON))
    with pytest.raises(BalanceTooLow):
        await do(lambda work: reserve(work, ACCOUNT, "EUR", 1001, None, SOON))
    with pytest.raises(HoldNotFound):
        await do(lambda work: release(work, "hld_unknown"))


async def test_open_holds_of_a_wallet_are_limited(do: Do, terms: object) -> None:
    terms.add(Terms(holds_open_max=2))  # type: ignore[attr-defined]
    await do(lambda work: post(work, [top_up(1000)]))
    holds = [await do(lambda work: reserve(work, ACCOUNT, "EUR", 1, None, SOON)) for _ in range(2)]
    with pytest.raises(TooManyHolds):
        await do(lambda work: reserve(work, ACCOUNT, "EUR", 1, None, SOON))
    await do(lambda work: release(work, holds[0].id))
    await do(lambda work: reserve(work, ACCOUNT, "EUR", 1, None, SOON))


async def test_a_reversal_takes_what_is_there_and_keeps_the_rest_as_a_claim(do: Do) -> None:
    await do(lambda work: post(work, [top_up(1000), spend(700)]))
    await do(lambda work: reserve(work, ACCOUNT, "EUR", 100, None, SOON))
    outcome = await do(
        lambda work: reverse(
            work, ACCOUNT, "EUR", 1000, Counter.CHARGEBACKS, PostingKind.TOP_UP_REVERSED, "top_1"
        )
    )
    assert outcome.posted is not None
    assert (outcome.posted.amount, outcome.posted.available, outcome.shortfall) == (-200, 0, 800)
    assert await do(lambda work: collect(work, ACCOUNT, "EUR")) == 0
    await do(lambda work: post(work, [top_up(500, "top_2")]))
    assert await do(lambda work: collect(work, ACCOUNT, "EUR")) == 500
    await do(lambda work: post(work, [top_up(500, "top_3")]))
    assert await do(lambda work: collect(work, ACCOUNT, "EUR")) == 300
    assert await do(lambda work: collect(work, ACCOUNT, "EUR")) == 0
