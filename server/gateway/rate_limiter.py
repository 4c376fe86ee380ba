"""The clients' buckets in the memory of the only server. Several share theirs: see `shared_rate_limiter.py`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from time import monotonic

from server.gateway.ports import Caller
from server.gateway.throttle import (
    Client,
    Status,
    ThrottleTerms,
    check_available,
    check_not_blocked,
    count_refusal,
)
from server.kit.problems import PublicError
from server.kit.viewer import Allowance

CLIENTS_MAX = 100_000
"""Remembered, the most recent ones; about 300 bytes each."""


class MemoryRateLimiter:
    """A bucket for each client, and one for each account that its clients share."""

    def __init__(
        self, terms: ThrottleTerms, *, now: Callable[[], float] = monotonic, clients_max: int = CLIENTS_MAX
    ) -> None:
        self._terms = terms
        self._now = now
        self._clients_max = clients_max
        self._clients: OrderedDict[Hashable, Client] = OrderedDict()

    async def take(self, caller: Caller, cost: int) -> None:
        """Raises RATE_LIMITED, and takes nothing, when the caller or its account may not ask for so much now."""
        now = self._now()
        buckets = self._buckets(caller, now)
        own, _ = buckets[0]
        check_not_blocked(own, now)
        try:
            for client, allowance in buckets:
                check_available(client, allowance, cost)
        except PublicError:
            count_refusal(own, self._terms, now)
            raise
        _charge(buckets, cost)

    async def pay(self, caller: Caller, cost: int) -> Status:
        """Take what was used already; a negative cost is given back."""
        buckets = self._buckets(caller, self._now())
        _charge(buckets, cost)
        tightest, allowance = min(buckets, key=_available)
        return tightest.status(allowance)

    def _buckets(self, caller: Caller, now: float) -> list[tuple[Client, Allowance]]:
        """The caller's own first, then its account's; what an account was given, each of its clients may use."""
        terms, given = self._terms, caller.allowance
        pairs = [(caller.client, given or terms.client)]
        if caller.account is not None:
            pairs.append((caller.account, given or terms.account))
        found = [(self._client(key, allowance, now), allowance) for key, allowance in pairs]
        for client, allowance in found:
            client.restore(allowance, now)
        return found

    def _client(self, key: Hashable, allowance: Allowance, now: float) -> Client:
        client = self._clients.get(key)
        if client is None:
            client = self._clients[key] = Client(allowance, now)
            if len(self._clients) > self._clients_max:
                self._clients.popitem(last=False)
        else:
            self._clients.move_to_end(key)
        return client


def _charge(buckets: list[tuple[Client, Allowance]], cost: int) -> None:
    for client, allowance in buckets:
        client.bucket.available = min(allowance.cost_max, max(0.0, client.bucket.available - cost))


def _available(bucket: tuple[Client, Allowance]) -> float:
    return bucket[0].bucket.available
