"""Two servers, one balance: a subscriber at one, a spender at the other, and whatever can happen between them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.faults.client import Api, Socket, connected, document
from tests.faults.test_live import EVERY, check_change
from tests.faults.test_revocation import FORBIDDEN, ending, refused_everywhere, with_key
from tests.fleet.conftest import Fleet
from tests.fleet.engines import repeating, restart_postgres

PROMPT_SECONDS = 12.0
"""Below what a lost wake-up costs: by then it was the bus that woke, or the catching up after it was away."""
_keys = count(1)


@dataclass
class Watcher:
    """A subscriber that has seen every sequence up to `last`, each once."""

    socket: Socket
    last: int

    async def see(self, head: int) -> None:
        """Every sequence up to that one, in time."""
        async with asyncio.timeout(PROMPT_SECONDS):
            while self.last < head:
                self.last = check_change((await self.socket.data())["balance"], self.last)

    async def see_no_more(self) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await self.socket.receive()


@asynccontextmanager
async def watching(api: Api, after: int | None = None) -> AsyncIterator[Watcher]:
    last = int((await api.balance("EMAIL"))["sequence"]) if after is None else after
    async with api.socket() as socket:
        await socket.subscribe(EVERY, {"after": str(last)})
        yield Watcher(socket, last)


async def spend(api: Api, times: int) -> int:
    """Spend at once, each with a key of its own, and again until it is answered; the newest sequence."""
    keys = [f"fleet-{next(_keys)}" for _ in range(times)]
    return max(await asyncio.gather(*(spend_surely(api, key) for key in keys)))


async def spend_surely(api: Api, key: str) -> int:
    """What a good client does: the same key again while the server is not there or does not know."""
    entry = {"operation": {"emailSend": {"messages": 1}}, "reference": key}
    given = {"input": {"entries": [entry], "idempotencyKey": key}}
    async with asyncio.timeout(30):
        while True:
            try:
                answer = (await api.post(document("recordUsage"), given)).json()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if "errors" not in answer:
                return int(answer["data"]["recordUsage"]["postings"][0]["sequence"])
            assert answer["errors"][0]["extensions"]["code"] in (
                "STORAGE_UNAVAILABLE",
                "OUTCOME_UNKNOWN",
                "OVERLOADED",
            ), answer
            await asyncio.sleep(0.05)


@pytest.mark.rule("Q013")
async def test_what_is_spent_at_one_server_is_pushed_by_the_other(fleet: Fleet) -> None:
    async with fleet.apis() as (here, there), watching(here) as one, watching(there) as other:
        for api in (there, here, there):
            head = await spend(api, 10)
            await asyncio.gather(one.see(head), other.see(head))


@pytest.mark.rule("Q013")
async def test_the_bus_is_killed_and_comes_back(fleet: Fleet) -> None:
    async with fleet.apis() as (here, there), watching(here) as watcher:
        await watcher.see(await spend(there, 5))
        spending = asyncio.create_task(spend(there, 60))
        fleet.wires.kill()
        await spending
        head = await spend(there, 5)
        fleet.wires.restart()
        await watcher.see(head)
        await watcher.see(await spend(there, 5))
        await watcher.see_no_more()


@pytest.mark.rule("Q013")
async def test_wake_ups_come_late_and_several_times(fleet: Fleet) -> None:
    fleet.wires.relay.delay_seconds = 0.03
    try:
        async with (
            fleet.apis() as (here, there),
            watching(here) as watcher,
            repeating(fleet.wires.bus, fleet.wires.direct_url),
        ):
            for _ in range(5):
                await watcher.see(await spend(there, 8))
            await watcher.see_no_more()
    finally:
        fleet.wires.relay.delay_seconds = 0.0


@pytest.mark.rule("Q013", "Q019")
async def test_of_fifty_spends_at_both_the_twenty_that_are_affordable_succeed(fleet: Fleet) -> None:
    async with fleet.apis(fresh=True) as (here, there), watching(there) as watcher:
        at_once = ((here, there)[number % 2].spend(490, f"both-{number}") for number in range(50))
        answers = await asyncio.gather(*at_once)
        kinds = Counter(answer["__typename"] for answer in answers)
        assert kinds == {"UsageRecorded": 20, "InsufficientBalance": 30}
        assert sequences(answers) == list(range(2, 22))
        await watcher.see(21)
        assert (await here.balance("EMAIL"))["available"] == "200"
        once = await asyncio.gather(*((here, there)[number % 2].spend(10, "once") for number in range(20)))
        assert Counter(answer["replayed"] for answer in once) == {False: 1, True: 19}


def sequences(answers: Iterable[dict[str, Any]]) -> list[int]:
    return sorted(int(answer["postings"][0]["sequence"]) for answer in answers if "postings" in answer)


@pytest.mark.rule("Q014")
async def test_a_revocation_at_one_server_ends_the_feed_at_the_other(fleet: Fleet) -> None:
    async with fleet.apis() as (here, there):
        for _ in range(3):
            mine, identifier = await with_key(here, "BALANCE_READ", "LEDGER_READ")
            elsewhere = Api(there.http, mine.token)
            async with watching(elsewhere) as watcher:
                await watcher.see(await spend(here, 1))
                answer = await here.do("revokeApiKey", {"id": identifier})
                assert "code" not in answer, answer
                async with asyncio.timeout(PROMPT_SECONDS):
                    late = asyncio.create_task(spend(here, 3))
                    seen, code, closed = await ending(watcher.socket)
                await late
                assert (seen, code, closed) == ([], "UNAUTHENTICATED", FORBIDDEN)
            await refused_everywhere(elsewhere)


@pytest.mark.rule("Q013", "Q019")
async def test_postgres_restarts(fleet: Fleet, postgres_server: str) -> None:
    async with fleet.apis() as (here, there), watching(here) as watcher:
        await watcher.see(await spend(there, 5))
        spending = asyncio.create_task(spend(there, 40))
        await asyncio.to_thread(restart_postgres, postgres_server)
        head = await spending
        await watcher.see(head)
        await watcher.see(await spend(there, 5))
        await watcher.see_no_more()


async def test_the_master_key_is_rotated_beside_both(fleet: Fleet) -> None:
    rotated = await asyncio.to_thread(fleet.one.command, "keys", "rotate", "master")
    assert (rotated.returncode, "Destroyed versions: 1" in rotated.stdout) == (0, True), rotated.stderr
    async with fleet.apis(fresh=True) as apis:
        for api in apis:
            assert (await Api(api.http, login=api.login).sign_in())["__typename"] == "SignedIn"


@pytest.mark.rule("Q013", "Q019")
async def test_servers_are_killed(fleet: Fleet) -> None:
    """First the spender's, then the subscriber's: each goes on at the other. The last test of these two servers."""
    async with fleet.apis() as (here, there), watching(here) as watcher:
        await watcher.see(await spend(there, 5))
        keys = [f"killed-{next(_keys)}" for _ in range(40)]
        spending = [asyncio.create_task(there.spend(1, key)) for key in keys]
        await asyncio.wait(spending, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(fleet.other.kill)
        await asyncio.gather(*spending, return_exceptions=True)
        await asyncio.gather(*(spend_surely(here, key) for key in keys))
        await watcher.see(await spend(here, 1))
        await asyncio.to_thread(fleet.other.start)
        async with connected(fleet.other.origin) as http:
            there = Api(http, fleet.token)
            await watcher.see(await spend(there, 5))
            await asyncio.to_thread(fleet.one.kill)
            with pytest.raises(ConnectionClosed):
                await watcher.socket.receive()
            head = await spend(there, 5)
            async with watching(there, watcher.last) as again:
                await again.see(head)
