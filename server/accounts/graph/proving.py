"""What all mutations share that take a password or a second factor: count the attempt first, then look at it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from server.accounts.actions import Attempt, Device
from server.accounts.rules.throttling import TooManyAttempts
from server.kit.graph.context import Info
from server.kit.work import Work

T = TypeVar("T")
Counted = Attempt | TooManyAttempts | None


async def unless_throttled(
    info: Info, count: Callable[[Work], Counted], proving: Coroutine[Any, Any, T], otherwise: T
) -> tuple[Counted, T]:
    """Count an attempt and make its proof; one that has to wait costs no hash. `attempted` then uses both."""
    counted = await info.context.units.run_unaudited(count)
    if isinstance(counted, TooManyAttempts):
        proving.close()
        return counted, otherwise
    return counted, await proving


def device_of(info: Info, token: str | None) -> Device:
    """What the request came from."""
    return Device(info.context.user_agent, info.context.remote_address, token)
