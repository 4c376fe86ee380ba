"""Customers whose balances move: they spend, hold, release, order, top up and try again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from tests.faults.client import Api
from tests.soak.counts import Counts

PAUSE_SECONDS_MAX = 0.08
_keys = count(1)


@dataclass
class Mover:
    """One program of a customer's."""

    api: Api
    counts: Counts
    random: Random

    async def once(self) -> None:
        key = f"soak-{next(_keys)}"
        dice = self.random.random()
        if dice < 0.3:
            await self._spend(key)
        elif dice < 0.98:
            await self._hold(key)
        elif dice < 0.99:
            await self._answered(self.api.order("EMAIL_1K", key))
        else:
            await self._answered(self.api.top_up("10.00", key))
        await asyncio.sleep(self.random.random() * PAUSE_SECONDS_MAX)

    async def _spend(self, key: str) -> None:
        answer = await self._answered(self.api.spend(1, key))
        if self.random.random() < 0.2 and "code" not in answer:
            again = await self.api.spend(1, key)
            assert (again["replayed"], again["postings"]) == (True, answer["postings"]), again

    async def _hold(self, key: str) -> None:
        asked = {"unit": "EMAIL", "quantity": "2", "idempotencyKey": key}
        held = await self._answered(self.api.do("placeHold", asked))
        if "hold" in held:
            given = {"holdId": held["hold"]["id"], "idempotencyKey": key}
            await self._answered(self.api.do("releaseHold", given))

    async def _answered(self, asked: Any) -> dict[str, Any]:
        """A refusal, such as a balance that is too low, is an answer, too."""
        answer: dict[str, Any] = await asked
        self.counts.done["refusal" if "code" in answer else "mutation"] += 1
        return answer
