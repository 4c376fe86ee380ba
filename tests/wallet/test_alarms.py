"""A wallet rings once when its available balance falls below the limit that was set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.kit.events import after
from server.kit.work import Units, Work
from server.wallet.actions import Transfer, post, release, reserve, watch
from server.wallet.rules import BalanceTooLow, Counter, PostingKind
from tests.wallet.conftest import ACCOUNT, Do


def change(amount: int, reference: str = "ref_1") -> Callable[[Work], Any]:
    kind = PostingKind.ADJUSTMENT if amount > 0 else PostingKind.USAGE
    transfer = Transfer(ACCOUNT, "EMAIL", amount, Counter.CREDITS_USED, kind, reference)
    return lambda work: post(work, [transfer])


def arm(below: int | None) -> Callable[[Work], int]:
    return lambda work: watch(work, ACCOUNT, "EMAIL", below)


async def rings(units: Units) -> list[str]:
    stored = await units.read(
        lambda read: after(read.connection, ACCOUNT, 0, ["BalanceFellBelow"], limit=100)
    )
    return [event.data for event in stored]


@pytest.mark.rule("M051")
async def test_it_rings_below_the_limit_and_not_at_it(units: Units, do: Do[Any]) -> None:
    await do(change(102))
    assert await do(arm(100)) == 102
    await do(change(-2))
    assert await rings(units) == [], "exactly the limit is enough"
    await do(change(-1))
    assert await rings(units) == ['{"unit":"EMAIL","available":99,"below":100}']


async def test_it_rings_once_until_it_is_set_again(units: Units, do: Do[Any]) -> None:
    await do(change(101))
    await do(arm(100))
    for _ in range(3):
        await do(change(-2))
    assert len(await rings(units)) == 1
    assert await do(arm(100)) == 95, "there is too little already: not set, but told"
    await do(change(-1))
    assert len(await rings(units)) == 1
    await do(change(6))
    await do(arm(100))
    await do(change(-1))
    assert len(await rings(units)) == 2


async def test_it_looks_at_what_is_available(units: Units, do: Do[Any]) -> None:
    await do(change(150))
    await do(arm(100))
    hold = await do(lambda work: reserve(work, ACCOUNT, "EMAIL", 51, None, work.now + timedelta(minutes=5)))
    assert len(await rings(units)) == 1, "what is held is not available"
    await do(lambda work: release(work, hold.id))
    assert len(await rings(units)) == 1


async def test_a_refused_change_rings_nothing(units: Units, do: Do[Any]) -> None:
    await do(change(100))
    await do(arm(100))
    with pytest.raises(BalanceTooLow):
        await do(change(-101))
    assert await rings(units) == []
    await do(change(-1))
    assert len(await rings(units)) == 1, "the alarm is still set"


async def test_it_can_be_taken_away(units: Units, do: Do[Any]) -> None:
    await do(change(100))
    await do(arm(100))
    await do(arm(None))
    await do(change(-50))
    assert await rings(units) == []
