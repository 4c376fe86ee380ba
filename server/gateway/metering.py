"""What operations cost their callers, and how a response reports it (M143; the shape is that of Shopify's API)."""

from __future__ import annotations

from typing import Any

from server.gateway.ports import Caller, Prepared, RateLimiter, Result
from server.gateway.throttle import Status, ThrottleTerms, network_of
from server.kit import metrics
from server.kit.problems import PublicError
from server.kit.viewer import Viewer

_LOOK = 1
"""For a request, before anything is known of it: who has nothing left is refused before the document is read."""


class Metering:
    """Charges callers, unless there is no limiter."""

    def __init__(self, limiter: RateLimiter | None, terms: ThrottleTerms) -> None:
        self._limiter = limiter
        self._terms = terms

    async def enter(self, caller: Caller) -> None:
        """Raises RATE_LIMITED for who is blocked or has nothing left."""
        if self._limiter is not None:
            await _take(self._limiter, caller, _LOOK)

    async def refuse(self, caller: Caller) -> None:
        """Charge a document that cannot be run."""
        if self._limiter is not None:
            await self._limiter.pay(caller, self._terms.refused_cost - _LOOK)

    async def refuse_credentials(self, address: str | None) -> None:
        """Charge credentials that are not valid to where they came from. Raises RATE_LIMITED for too many.

        The address has a bucket for these alone: good credentials from there are none the worse for it.
        """
        if self._limiter is not None:
            await _take(self._limiter, Caller(("refused", network_of(address))), self._terms.refused_cost)

    async def start(self, caller: Caller, prepared: Prepared) -> None:
        """Charge an operation for what it may cost. Raises RATE_LIMITED, and then it is not run."""
        if self._limiter is not None:
            await _take(self._limiter, caller, prepared.cost - _LOOK)

    async def finish(self, caller: Caller, prepared: Prepared, result: Result) -> None:
        """Give back what an operation did not use, and report both."""
        if self._limiter is not None:
            status = await self._limiter.pay(caller, result.cost - prepared.cost)
            result.extensions = {"cost": _reported(prepared.cost, result.cost, status)}


def caller_of(viewer: Viewer, address: str | None) -> Caller:
    """A key or session with its account, or an address of which no more is known."""
    if viewer.account_id is None:
        return Caller(("address", network_of(address)))
    return Caller(viewer.credential_id, ("account", viewer.account_id), viewer.allowance)


async def _take(limiter: RateLimiter, caller: Caller, cost: int) -> None:
    try:
        await limiter.take(caller, cost)
    except PublicError as refused:
        if refused.code == "RATE_LIMITED":
            metrics.operations_throttled.inc()
        raise


def _reported(requested: int, actual: int, status: Status) -> dict[str, Any]:
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": status.available_max,
            "currentlyAvailable": status.available,
            "restoreRate": status.restored_per_second,
        },
    }
