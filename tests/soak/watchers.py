"""Well-behaved subscribers for whom every change counts: steady ones, and ones that lose their network all the time."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed

from tests.faults.client import Api, open_stream
from tests.soak.counts import Counts

EVERY = """subscription Every($after: BigInt) { balance(unit: EMAIL, after: $after, mode: EVERY) {
  kind sequence posted held available posting { amount heldChange } } }"""
LATEST = "subscription { balance(unit: EMAIL, mode: LATEST) { kind sequence available } }"


@dataclass
class Watcher:
    """Sees each sequence once. `cuts`: how many events it reads at most before its network is gone; None: never."""

    api: Api
    counts: Counts
    random: Random
    over_stream: bool
    cuts: int | None
    first: int | None = None
    last: int = 0
    newest: dict[str, Any] = field(default_factory=dict)

    async def once(self) -> None:
        """One connection, from where the last one ended."""
        budget = None if self.cuts is None else self.random.randint(1, self.cuts)
        if self.over_stream:
            await self._stream(budget)
        else:
            await self._socket(budget)
        self.counts.done["resumed"] += 1

    async def _socket(self, budget: int | None) -> None:
        try:
            async with self.api.socket() as socket:
                await socket.subscribe(EVERY, self._after)
                while budget is None or budget > 0:
                    message = json.loads(await socket.connection.recv())
                    if message["type"] == "ping":
                        await socket.send({"type": "pong"})
                        continue
                    assert message["type"] == "next", message
                    self._take(message["payload"]["data"]["balance"])
                    budget = budget and budget - 1
                socket.cut()
        except ConnectionClosed:
            assert budget == 0, "a steady subscriber was closed"

    async def _stream(self, budget: int | None) -> None:
        last_event_id = None if self.first is None else str(self.last)
        try:
            async with open_stream(self.api, EVERY, last_event_id=last_event_id) as stream:
                async for name, payload in stream:
                    assert name == "next", name
                    self._take(payload["data"]["balance"])
                    budget = budget and budget - 1
                    if budget == 0:
                        return
        except httpx.ReadError:
            assert budget == 0, "a steady stream was closed"
        assert budget == 0, "a steady stream ended"

    @property
    def _after(self) -> dict[str, str]:
        return {} if self.first is None else {"after": str(self.last)}

    def _take(self, update: dict[str, Any]) -> None:
        sequence = int(update["sequence"])
        if self.first is None:
            assert update["kind"] == "SNAPSHOT", update
            self.first = sequence
        else:
            assert (update["kind"], sequence) == ("CHANGE", self.last + 1), (update, self.last)
        self.last, self.newest = sequence, update
        self.counts.done["event"] += 1


@dataclass
class Display:
    """A LATEST subscriber: it may skip, and never goes back."""

    api: Api
    counts: Counts

    async def once(self) -> None:
        last = -1
        async with self.api.socket() as socket:
            await socket.subscribe(LATEST)
            while True:
                message = json.loads(await socket.connection.recv())
                if message["type"] == "ping":
                    await socket.send({"type": "pong"})
                    continue
                sequence = int(message["payload"]["data"]["balance"]["sequence"])
                assert sequence > last, (sequence, last)
                last = sequence
                self.counts.done["event"] += 1


async def caught_up(watchers: list[Watcher], seconds_max: float) -> list[str]:
    """Wait until all have what their accounts have; what is wrong if they never do.

    The accounts are asked each time: what a client asked for that went away may come after it.
    """
    ends_at = asyncio.get_running_loop().time() + seconds_max
    while True:
        wrong = await _unlike(watchers)
        if not wrong or asyncio.get_running_loop().time() > ends_at:
            return wrong
        await asyncio.sleep(0.05)


async def _unlike(watchers: list[Watcher]) -> list[str]:
    accounts = {id(one.api): one.api for one in watchers}
    now = {key: await api.balance("EMAIL") for key, api in accounts.items()}
    figures = ("sequence", "posted", "held", "available")
    return [
        f"a subscriber has {one.newest}, the account {now[id(one.api)]}"
        for one in watchers
        if any(one.newest.get(name) != now[id(one.api)][name] for name in figures)
    ]
