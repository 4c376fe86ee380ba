"""The clients' buckets, shared by all servers of a database: each draws slices, and hands them out from memory.

A slice is a twentieth of what a bucket holds, or what a dearer request needs: so of a client's many small requests
one in hundreds asks the database, and a refused one none, as long as the bucket cannot have enough again. Counting
each request in its row would be a write for each. What a server holds in hand is used there sooner or later, so all
servers together hand out at most a slice each more than the bucket has. Refusals are counted by each server, the
block that follows from them is everybody's: another server learns of it when it next draws.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic

from server.gateway.ports import Caller
from server.gateway.rate_limiter import CLIENTS_MAX
from server.gateway.throttle import Client, Status, ThrottleTerms, check_not_blocked, count_refusal, limited
from server.kit.allowances import Drawn, Wish, block, draw
from server.kit.problems import PublicError
from server.kit.viewer import Allowance
from server.kit.work import Units, Work

SLICES = 20
"""So many of them make a full bucket."""


class Purse:
    """What this server has in hand of one bucket, and what the bucket had left when it was last seen."""

    __slots__ = ("client", "drawing", "in_hand", "left", "seen_at")

    def __init__(self, allowance: Allowance, now: float) -> None:
        self.client = Client(allowance, now)
        self.drawing = asyncio.Lock()
        self.in_hand = 0.0
        self.left: float = allowance.cost_max
        self.seen_at = now

    def left_now(self, allowance: Allowance, now: float) -> float:
        """What the bucket may have at most by now: other servers draw, too."""
        restored = (now - self.seen_at) * allowance.restored_per_second
        return min(allowance.cost_max, self.left + restored)

    def charge(self, allowance: Allowance, cost: int) -> None:
        """A negative cost is given back."""
        self.in_hand = min(allowance.cost_max, max(0.0, self.in_hand - cost))

    def put(self, drawn: Drawn, now: float) -> None:
        self.in_hand += drawn.points
        self.left, self.seen_at = drawn.left, now
        if drawn.blocked_seconds:
            self.client.blocked_until = now + drawn.blocked_seconds


Purses = list[tuple[Hashable, Purse, Allowance]]


class SharedRateLimiter:
    """As `MemoryRateLimiter`, for one of several servers."""

    def __init__(
        self,
        terms: ThrottleTerms,
        units: Units,
        *,
        now: Callable[[], float] = monotonic,
        clients_max: int = CLIENTS_MAX,
    ) -> None:
        self._terms = terms
        self._units = units
        self._now = now
        self._clients_max = clients_max
        self._purses: OrderedDict[Hashable, Purse] = OrderedDict()

    async def take(self, caller: Caller, cost: int) -> None:
        """Raises RATE_LIMITED, and takes nothing, when the caller or its account may not ask for so much now."""
        purses = self._of(caller)
        key, own, _ = purses[0]
        check_not_blocked(own.client, self._now())
        try:
            if _lacking(purses, cost):
                async with purses[-1][
                    1
                ].drawing:  # of many at once one draws, and the others find what it got
                    await self._fill(purses, cost)
        except PublicError as refused:
            if refused.code == "RATE_LIMITED":
                await self._count_refusal(key, own)
            raise
        for _, purse, allowance in purses:
            purse.charge(allowance, cost)

    async def pay(self, caller: Caller, cost: int) -> Status:
        """Take what was used already; a negative cost is given back."""
        now, purses = self._now(), self._of(caller)
        found = []
        for _, purse, allowance in purses:
            purse.charge(allowance, cost)
            available = purse.in_hand + purse.left_now(allowance, now)
            shown = int(min(allowance.cost_max, available))
            found.append(Status(allowance.cost_max, shown, allowance.restored_per_second))
        return min(found, key=lambda status: status.available)

    async def _fill(self, purses: Purses, cost: int) -> None:
        """Have enough in hand of each. Raises RATE_LIMITED."""
        now = self._now()
        lacking = _lacking(purses, cost)
        if not lacking:
            return
        for _, purse, allowance, lack in lacking:
            _check(lack - purse.left_now(allowance, now), allowance)
        wishes = [
            Wish(key, allowance, max(lack, allowance.cost_max / SLICES), lack)
            for key, _, allowance, lack in lacking
        ]

        def drawn_in(work: Work) -> list[Drawn]:
            return [draw(work, wish) for wish in wishes]

        drawn = await self._units.run_unaudited(drawn_in)
        for (_, purse, _, _), each in zip(lacking, drawn, strict=True):
            purse.put(each, now)
        check_not_blocked(purses[0][1].client, now)
        for _, purse, allowance, lack in _lacking(purses, cost):
            _check(lack - purse.left, allowance)

    async def _count_refusal(self, key: Hashable, own: Purse) -> None:
        now = self._now()
        if now < own.client.blocked_until:
            return
        count_refusal(own.client, self._terms, now)
        if now < own.client.blocked_until:
            await self._units.run_unaudited(lambda work: block(work, key, self._terms.block_seconds))

    def _of(self, caller: Caller) -> Purses:
        """The caller's own first, then its account's; what an account was given, each of its clients may use."""
        terms, given, now = self._terms, caller.allowance, self._now()
        pairs = [(caller.client, given or terms.client)]
        if caller.account is not None:
            pairs.append((caller.account, given or terms.account))
        return [(key, self._purse(key, allowance, now), allowance) for key, allowance in pairs]

    def _purse(self, key: Hashable, allowance: Allowance, now: float) -> Purse:
        purse = self._purses.get(key)
        if purse is None:
            purse = self._purses[key] = Purse(allowance, now)
            if len(self._purses) > self._clients_max:
                self._purses.popitem(last=False)
        else:
            self._purses.move_to_end(key)
        return purse


def _lacking(purses: Purses, cost: int) -> list[tuple[Hashable, Purse, Allowance, float]]:
    """Of which purses, and how much; who asks for more than a bucket holds waits until it is full."""
    found = []
    for key, purse, allowance in purses:
        lack = min(cost, allowance.cost_max) - purse.in_hand
        if lack > 0:
            found.append((key, purse, allowance, lack))
    return found


def _check(missing: float, allowance: Allowance) -> None:
    if missing > 0:
        raise limited("Too much was asked for in too short a time.", missing / allowance.restored_per_second)
