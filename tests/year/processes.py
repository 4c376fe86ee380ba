"""Server processes that are killed between any two of their transactions, and started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from random import Random
from typing import TypeVar

from server.kit.due import DueRunner, Handler
from server.kit.work import Call, House, Units, Work

KILLED = 0.004
"""The chance of a kill before or after a transaction."""

T = TypeVar("T")


class Killed(BaseException):
    """kill -9: nothing of the process runs on."""


class Mortal(Units):
    """The units of work of one process, which may be killed between two of them."""

    def __init__(self, house: House, random: Random, killed: float) -> None:
        super().__init__(house)
        self.dead = False
        self._random = random
        self._killed = killed
        self._running = 0
        self._rested = asyncio.Event()

    async def run(self, call: Call, action: Callable[[Work], T]) -> T:
        return await self._survive(lambda: super(Mortal, self).run(call, action))

    async def run_unaudited(self, action: Callable[[Work], T]) -> T:
        return await self._survive(lambda: super(Mortal, self).run_unaudited(action))

    async def at_rest(self) -> None:
        """Until the transactions that were under way at the kill are over: the database finishes what it has."""
        while self._running:
            self._rested.clear()
            await self._rested.wait()

    async def _survive(self, transaction: Callable[[], asyncio.Future[T]]) -> T:
        self._dare()
        self._running += 1
        try:
            result = await transaction()
        finally:
            self._running -= 1
            self._rested.set()
        self._dare()
        return result

    def _dare(self) -> None:
        self.dead = self.dead or self._random.random() < self._killed
        if self.dead:
            raise Killed


async def work_through(
    house: House, handlers: Mapping[str, Handler], random: Random, killed: float = KILLED
) -> int:
    """Two schedulers at once do what is due, until both are done or dead. Returns how many were killed."""
    processes = [Mortal(house, random, killed) for _ in range(2)]
    runs = [DueRunner(units, handlers).run_due() for units in processes]
    ends = await asyncio.gather(*runs, return_exceptions=True)
    for units in processes:
        await units.at_rest()
    faults = [end for end in ends if isinstance(end, BaseException) and not isinstance(end, Killed)]
    if faults:
        raise faults[0]
    return sum(isinstance(end, Killed) for end in ends)
