"""How much a client may ask for, when it is blocked and for how long (M143), and what an account of its own gets."""

from __future__ import annotations

import pytest

from server.gateway.ports import Caller
from server.gateway.rate_limiter import MemoryRateLimiter
from server.gateway.throttle import Status, ThrottleTerms, network_of
from server.kit.problems import PublicError
from server.kit.viewer import Allowance

TERMS = ThrottleTerms(
    client=Allowance(100, 10), account_factor=2, block_after=3, block_window_seconds=60, block_seconds=600
)
KEY = Caller("key_1", ("account", "acc_1"))
OTHER_KEY = Caller("key_2", ("account", "acc_1"))
THIRD_KEY = Caller("key_3", ("account", "acc_1"))


class Clients:
    """A limiter and the clock that it reads."""

    def __init__(self, terms: ThrottleTerms = TERMS, clients_max: int = 100) -> None:
        self.now = 1_000.0
        self.limiter = MemoryRateLimiter(terms, now=lambda: self.now, clients_max=clients_max)

    async def take(self, caller: Caller, cost: int) -> Status:
        """What is left."""
        await self.limiter.take(caller, cost)
        return await self.limiter.pay(caller, 0)

    async def refused(self, caller: Caller, cost: int) -> int:
        """After how many seconds the refusal lets it try again."""
        with pytest.raises(PublicError) as refused:
            await self.limiter.take(caller, cost)
        assert refused.value.code == "RATE_LIMITED"
        return int(refused.value.extensions["retryAfterSeconds"])


@pytest.fixture
def clients() -> Clients:
    return Clients()


@pytest.mark.rule("M143")
async def test_a_bucket_holds_its_maximum_and_regains_by_the_second(clients: Clients) -> None:
    take = clients.take
    assert await take(KEY, 100) == Status(100, 0, 10)
    assert await clients.refused(KEY, 15) == 2
    clients.now += 1.4
    assert await clients.refused(KEY, 15) == 1
    clients.now += 0.1
    assert await take(KEY, 15) == Status(100, 0, 10)
    clients.now += 3_600
    assert (await take(KEY, 0)).available == 100


@pytest.mark.rule("M143")
@pytest.mark.parametrize(("after", "blocked"), [(599, True), (600, False), (601, False)])
async def test_repeated_overload_blocks_until_the_block_ends(
    clients: Clients, after: float, blocked: bool
) -> None:
    await clients.take(KEY, 100)
    for _ in range(3):
        await clients.refused(KEY, 50)
    assert await clients.refused(KEY, 0) == 600
    clients.now += after
    if blocked:
        assert await clients.refused(KEY, 0) == 1
    else:
        assert (await clients.take(KEY, 0)).available == 100
    assert (await clients.take(OTHER_KEY, 1)).available == 99, "a block is not the whole account's"


@pytest.mark.rule("M143")
@pytest.mark.parametrize(("seconds", "blocked"), [(59, True), (60, False), (61, False)])
async def test_only_refusals_within_the_window_are_counted_together(
    clients: Clients, seconds: float, blocked: bool
) -> None:
    clients = Clients(ThrottleTerms(client=Allowance(1_000, 1), block_after=3, block_window_seconds=60))
    await clients.take(KEY, 1_000)
    for _ in range(2):
        await clients.refused(KEY, 900)
    clients.now += seconds
    await clients.refused(KEY, 900)
    assert (await clients.refused(KEY, 900) == 600) is blocked


async def test_the_clients_of_an_account_share_its_bucket(clients: Clients) -> None:
    await clients.take(KEY, 100)
    await clients.take(OTHER_KEY, 90)
    assert await clients.refused(THIRD_KEY, 20) == 1
    assert (await clients.take(THIRD_KEY, 10)).available == 0, "the account's is the tighter"
    stranger = Caller("key_4", ("account", "acc_2"))
    assert (await clients.take(stranger, 10)).available == 90


async def test_what_is_refused_is_not_charged(clients: Clients) -> None:
    await clients.take(KEY, 40)
    await clients.refused(KEY, 70)
    assert (await clients.take(KEY, 60)).available == 0


async def test_what_was_not_used_is_given_back_and_never_more_than_fits(clients: Clients) -> None:
    await clients.take(KEY, 90)
    assert (await clients.limiter.pay(KEY, -30)).available == 40
    assert (await clients.limiter.pay(KEY, -500)).available == 100
    assert (await clients.limiter.pay(KEY, 500)).available == 0


async def test_who_asks_for_more_than_a_bucket_holds_waits_until_it_is_full(clients: Clients) -> None:
    await clients.take(KEY, 50)
    assert await clients.refused(KEY, 10_000) == 5
    clients.now += 5
    assert (await clients.take(KEY, 10_000)).available == 0


@pytest.mark.rule("M144")
async def test_an_account_s_own_allowance_holds_for_it_and_each_of_its_clients(clients: Clients) -> None:
    given = Caller("key_1", ("account", "acc_1"), Allowance(1_000, 500))
    await clients.take(KEY, 100)
    clients.now += 2
    assert await clients.take(given, 900) == Status(1_000, 100, 500)
    clients.now += 1
    assert (await clients.take(KEY, 0)).available_max in (100, 200), "and ends with it"


async def test_the_clients_remembered_are_bounded_and_the_latest_are_kept() -> None:
    clients = Clients(clients_max=2)
    callers = [Caller(("address", str(number))) for number in range(3)]
    await clients.take(callers[0], 100)
    await clients.take(callers[1], 100)
    await clients.refused(callers[0], 1)
    await clients.take(callers[2], 100)
    await clients.refused(callers[0], 1)
    assert (await clients.take(callers[1], 1)).available == 99


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("no:address", "no:address"),
        (None, None),
    ],
)
def test_an_ipv6_client_is_its_network(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


async def test_a_clock_that_goes_back_takes_nothing_away(clients: Clients) -> None:
    await clients.take(KEY, 60)
    clients.now -= 100
    assert (await clients.take(KEY, 10)).available == 30
