"""What a client may ask for, of whichever server: the buckets are shared, and drawn from in slices (M143)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from server.gateway.ports import Caller
from server.gateway.shared_rate_limiter import SharedRateLimiter
from server.gateway.throttle import Status, ThrottleTerms
from server.kit.allowances import RateBucket
from server.kit.clock import ManualClock
from server.kit.problems import PublicError
from server.kit.viewer import Allowance
from server.kit.work import Units, Work

T = TypeVar("T")

TERMS = ThrottleTerms(
    client=Allowance(100, 10), account_factor=2, block_after=3, block_window_seconds=60, block_seconds=600
)
KEY = Caller("key_1", ("account", "acc_1"))
OTHER_KEY = Caller("key_2", ("account", "acc_1"))
SLICE = 5


class Counting(Units):
    """Counts the transactions."""

    transactions = 0

    async def run_unaudited(self, action: Callable[[Work], T]) -> T:
        self.transactions += 1
        return await super().run_unaudited(action)


class Servers:
    """Two servers of one database, whose clocks the test moves."""

    def __init__(self, units: Units, clock: ManualClock) -> None:
        self._clock = clock
        self.units = Counting(units.house)
        self.began = clock.now()
        self.one, self.other = self.another(), self.another()

    def another(self) -> SharedRateLimiter:
        """One that has just started."""
        return SharedRateLimiter(TERMS, self.units, now=self._seconds)

    def wait(self, seconds: float) -> None:
        self._clock.advance(timedelta(seconds=seconds))

    def _seconds(self) -> float:
        return (self._clock.now() - self.began).total_seconds()


@pytest.fixture
def servers(units: Units, clock: ManualClock) -> Servers:
    return Servers(units, clock)


async def refused(server: SharedRateLimiter, caller: Caller, cost: int) -> int:
    """After how many seconds the refusal lets it try again."""
    with pytest.raises(PublicError) as limited:
        await server.take(caller, cost)
    assert limited.value.code == "RATE_LIMITED"
    return int(limited.value.extensions["retryAfterSeconds"])


@pytest.mark.rule("M143")
async def test_what_was_used_at_one_server_is_missing_at_the_other(servers: Servers) -> None:
    await servers.one.take(KEY, 60)
    assert await servers.one.pay(KEY, 0) == Status(100, 40, 10)
    assert await refused(servers.other, KEY, 50) == 1
    await servers.other.take(KEY, 40)
    assert await refused(servers.one, KEY, 1) == 1
    servers.wait(1.4)
    assert await refused(servers.one, KEY, 15) == 1
    servers.wait(0.1)
    await servers.one.take(KEY, 15)
    servers.wait(3_600)
    await servers.other.take(KEY, 100)


async def test_the_clients_of_an_account_share_its_bucket_at_both(servers: Servers) -> None:
    await servers.one.take(KEY, 100)
    await servers.other.take(OTHER_KEY, 100)
    assert await refused(servers.one, Caller("key_3", ("account", "acc_1")), 10) == 1
    await servers.one.take(Caller("key_4", ("account", "acc_2")), 10)


async def test_many_small_requests_draw_once_for_a_slice(servers: Servers) -> None:
    stranger = Caller(("address", "192.0.2.7"))
    await asyncio.gather(*(servers.one.take(stranger, 1) for _ in range(SLICE)))
    assert servers.units.transactions == 1
    await servers.one.take(stranger, 1)
    assert servers.units.transactions == 2
    await servers.other.take(stranger, 90)
    assert await refused(servers.other, stranger, 1) == 1
    await servers.one.take(stranger, SLICE - 1)
    assert await refused(servers.one, stranger, 1) == 1, "what was in hand is used up, too"


async def test_a_refusal_that_is_certain_asks_nobody(servers: Servers) -> None:
    await servers.one.take(KEY, 100)
    asked = servers.units.transactions
    assert await refused(servers.one, KEY, 10) == 1
    assert servers.units.transactions == asked
    servers.wait(1)
    await servers.one.take(KEY, 10)


async def test_what_was_not_used_is_given_back(servers: Servers) -> None:
    await servers.one.take(KEY, 90)
    assert (await servers.one.pay(KEY, -30)).available == 40
    await servers.one.take(KEY, 40)
    assert await refused(servers.other, KEY, 40) == 4


@pytest.mark.rule("M143")
@pytest.mark.parametrize(("after", "blocked"), [(599, True), (600, False), (601, False)])
async def test_a_block_holds_at_every_server_until_it_ends(
    servers: Servers, after: float, blocked: bool
) -> None:
    await servers.one.take(KEY, 100)
    for _ in range(3):
        await refused(servers.one, KEY, 50)
    assert await refused(servers.one, KEY, 0) == 600
    assert await refused(servers.other, KEY, 1) == 600
    await servers.other.take(OTHER_KEY, 1)
    servers.wait(after)
    for server in (servers.one, servers.another()):
        if blocked:
            assert await refused(server, KEY, 1) == 1
        else:
            await server.take(KEY, 1)


async def test_what_is_kept_names_nobody_and_is_over_once_it_is_full(
    servers: Servers, units: Units, clock: ManualClock
) -> None:
    await servers.one.take(Caller(("address", "192.0.2.7")), 60)
    (row,) = await units.read(lambda read: read.rows(select(RateBucket.__table__)))
    assert b"192.0.2.7" not in row.id
    assert row.full_at == clock.now() + timedelta(seconds=6)
    servers.wait(6)
    over = select(func.count()).where(RateBucket.full_at <= clock.now())
    assert await units.read(lambda read: read.scalar(over)) == 1
