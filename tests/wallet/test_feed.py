"""The live feed of a balance: what Hasura's cursors lose, ours must not; and push equals refetch."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.work import Read, Units
from server.wallet.actions import open_wallets, post, release, reserve
from server.wallet.graph import BalanceFeed
from server.wallet.reads import balance
from tests.conftest import START
from tests.wallet.conftest import ACCOUNT, Do
from tests.wallet.test_actions import spend, top_up

SOON = START + timedelta(hours=1)


def feed(unit: str = "EUR", after: int | None = None, mode: FeedMode = FeedMode.EVERY) -> BalanceFeed:
    return BalanceFeed(ACCOUNT, unit, after, mode)


async def since(units: Units, after: int, limit: int = 100) -> list[int]:
    events = await units.read(lambda read: feed().since(read, after, limit))
    return [event.sequence for event in events]


async def test_concurrent_commits_are_neither_lost_nor_out_of_order(units: Units, do: Do) -> None:
    await do(lambda work: post(work, [top_up(10_000)]))
    writing = asyncio.gather(*(do(lambda work, n=n: post(work, [spend(1, f"use_{n}")])) for n in range(60)))
    seen: list[int] = []
    while not writing.done() or len(seen) < 61:
        seen += await since(units, seen[-1] if seen else 0, limit=7)
    assert seen == list(range(1, 62))


async def test_ties_at_the_edge_of_a_batch_are_not_skipped(units: Units, do: Do) -> None:
    # One transaction, one instant: every posting has the same time.
    await do(lambda work: post(work, [top_up(100), *(spend(1) for _ in range(9))]))
    for limit in (1, 2, 3, 4, 9, 10):
        seen: list[int] = []
        while page := await since(units, seen[-1] if seen else 0, limit):
            assert len(page) <= limit
            seen += page
        assert seen == list(range(1, 11))


async def test_what_no_queue_kept_is_read_again(units: Units, do: Do) -> None:
    await do(lambda work: post(work, [top_up(100)]))
    await do(lambda work: post(work, [spend(1) for _ in range(50)]))
    newest = await units.read(lambda read: feed().latest(read, 1))
    assert newest is not None
    assert newest.sequence == 51
    assert newest.value.available == newest.value.posted == Decimal("0.50")
    assert await units.read(lambda read: feed().latest(read, 51)) is None
    assert await since(units, 1, 100) == list(range(2, 52))


async def test_a_unit_that_was_never_used_begins_at_zero(units: Units, do: Do) -> None:
    def look(read: Read) -> tuple[Any, ...]:
        sms = feed("SMS")
        state = sms.state(read, FeedEventKind.SNAPSHOT)
        return sms.head(read), sms.since(read, 0, 10), sms.latest(read, 0), state.sequence, state.value.at

    assert await units.read(look) == (0, [], None, 0, None)
    await do(lambda work: open_wallets(work, ACCOUNT, ["SMS"]))
    assert await units.read(look) == (0, [], None, 0, None)
    await do(lambda work: post(work, [top_up(5, unit="SMS")]))
    events = await units.read(lambda read: feed("SMS").since(read, 0, 10))
    assert [(event.sequence, event.value.available) for event in events] == [(1, 5)]


async def test_every_change_wakes_the_watchers_of_the_account(units: Units, do: Do) -> None:
    await do(lambda work: post(work, [top_up(100)]))
    woken = asyncio.Event()
    stop = units.house.bus.listen(feed().topic, woken.set)
    hold = await do(lambda work: reserve(work, ACCOUNT, "EUR", 10, None, SOON))
    assert woken.is_set()
    woken.clear()
    await do(lambda work: release(work, hold.id))
    assert woken.is_set()
    stop()


async def test_push_equals_refetch(units: Units, do: Do) -> None:
    """A snapshot and the changes after it, in pages of any size, are what a fresh query says, at each sequence."""
    chance = random.Random(3)
    await do(lambda work: post(work, [top_up(1000)]))
    snapshot = await units.read(lambda read: feed().state(read, FeedEventKind.SNAPSHOT))
    state, sequence = snapshot.value, snapshot.sequence
    holds: list[str] = []
    for _ in range(30):
        if holds and chance.random() < 0.4:
            hold_id = holds.pop()
            await do(lambda work, hold_id=hold_id: release(work, hold_id))
        elif chance.random() < 0.5:
            holds.append((await do(lambda work: reserve(work, ACCOUNT, "EUR", 5, None, SOON))).id)
        else:
            await do(lambda work: post(work, [spend(3), spend(2)]))
        while events := await units.read(
            lambda read, sequence=sequence: feed().since(read, sequence, chance.randint(1, 4))
        ):
            for event in events:
                assert event.sequence == sequence + 1
                change = event.value
                assert change.posted == state.posted + change.posting.amount
                assert change.held == state.held + change.posting.held_change
                state, sequence = change, event.sequence
        fresh = (await units.read(lambda read: feed().state(read, FeedEventKind.RESET))).value
        assert fresh.kind is FeedEventKind.RESET
        figures = ("sequence", "posted", "held", "available", "at")
        assert [getattr(fresh, name) for name in figures] == [getattr(state, name) for name in figures]


async def test_a_balance_as_of_any_sequence_is_what_was_pushed(units: Units, do: Do) -> None:
    await do(lambda work: post(work, [top_up(100), spend(30)]))
    await do(lambda work: reserve(work, ACCOUNT, "EUR", 20, None, SOON))
    past = [await units.read(lambda read, n=n: balance(read, ACCOUNT, "EUR", as_of=n)) for n in range(4)]
    figures = [(row.posted, row.held, row.available, row.sequence) for row in past]
    assert figures == [(0, 0, 0, 0), (100, 0, 100, 1), (70, 0, 70, 2), (70, 20, 50, 3)]
    assert past[3] == await units.read(lambda read: balance(read, ACCOUNT, "EUR"))
