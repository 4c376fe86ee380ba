"""How much a client may ask for in a time, and when it is blocked: decisions without a clock of their own (M143).

Cost is counted in points, one for each value that an answer may have (`engine/cost.py`). A client's bucket holds so
many at most and regains so many a second. Instants and periods are seconds of a monotonic clock.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass

from server.gateway.bucket import Bucket
from server.kit.problems import PublicError
from server.kit.viewer import Allowance

USUAL = Allowance(20_000, 1_000)


@dataclass(frozen=True, slots=True)
class ThrottleTerms:
    """What each API key, session or, of those who are not signed in, address may ask for."""

    client: Allowance = USUAL
    account_factor: int = 5
    """How many clients' worth all clients of one account may ask for together."""
    block_after: int = 100
    """So many refusals within the window block the client."""
    block_window_seconds: float = 60.0
    block_seconds: float = 600.0
    refused_cost: int = 25
    """What a document that is refused costs, whose price nobody can know, and a credential that is not valid."""

    @property
    def account(self) -> Allowance:
        return Allowance(
            self.client.cost_max * self.account_factor, self.client.restored_per_second * self.account_factor
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What a client may ask for now, and how fast that grows."""

    available_max: int
    available: int
    restored_per_second: int


class Client:
    """One client's bucket, its refusals in the present window, and until when it is blocked."""

    __slots__ = ("blocked_until", "bucket", "refusals", "window_since")

    def __init__(self, allowance: Allowance, now: float) -> None:
        self.bucket = Bucket(allowance.cost_max, now)
        self.refusals = 0
        self.window_since = now
        self.blocked_until = -math.inf

    def restore(self, allowance: Allowance, now: float) -> None:
        self.bucket.restore(allowance.cost_max, allowance.restored_per_second, now)

    def status(self, allowance: Allowance) -> Status:
        return Status(allowance.cost_max, int(self.bucket.available), allowance.restored_per_second)


def check_not_blocked(client: Client, now: float) -> None:
    """Raises RATE_LIMITED while the client is blocked; it is free again at the instant itself."""
    if now < client.blocked_until:
        raise limited("The client is blocked after too many refused requests.", client.blocked_until - now)


def check_available(client: Client, allowance: Allowance, cost: int) -> None:
    """Raises RATE_LIMITED, with the time until there is enough, when the bucket holds less than `cost`."""
    missing = min(cost, allowance.cost_max) - client.bucket.available
    if missing > 0:
        wait_seconds = missing / allowance.restored_per_second
        raise limited("Too much was asked for in too short a time.", wait_seconds)


def count_refusal(client: Client, terms: ThrottleTerms, now: float) -> None:
    """One more refusal; the one that makes `block_after` within the window blocks the client."""
    if now - client.window_since >= terms.block_window_seconds:
        client.window_since, client.refusals = now, 0
    client.refusals += 1
    if client.refusals >= terms.block_after:
        client.blocked_until = now + terms.block_seconds
        client.window_since, client.refusals = now, 0


def limited(message: str, wait_seconds: float) -> PublicError:
    """The answer to who asks for too much: a retry succeeds after so many whole seconds."""
    return PublicError("RATE_LIMITED", message, retryAfterSeconds=max(1, math.ceil(wait_seconds)))


def network_of(address: str | None) -> str | None:
    """What one client can be told by: an IPv4 address, or the /64 that one IPv6 client has to itself."""
    if address is None or ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
