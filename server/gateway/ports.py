"""What the gateway is handed by app.py: the engine, the authenticator, the live hub, the context factory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Hashable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLError, OperationType

from server.kit.graph.context import Context
from server.kit.graph.sink import Sink, Subscription
from server.kit.viewer import Allowance, Credentials, Viewer

if TYPE_CHECKING:
    from server.gateway.throttle import Status

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Prepared(Protocol):
    """A parsed, validated and planned operation with its coerced variables."""

    @property
    def kind(self) -> OperationType: ...

    @property
    def cost(self) -> int:
        """Points that it may cost, at most."""

    def resumed(self, after: int) -> Prepared:
        """The same subscription, resumed behind this sequence whatever its own `after` says."""


class Result(Protocol):
    """The outcome of an execution."""

    extensions: dict[str, Any] | None
    """Of the response."""

    @property
    def cost(self) -> int:
        """Points that it did cost."""

    def encode(self) -> bytes:
        """The response as UTF-8 JSON."""


class Engine(Protocol):
    def prepare(
        self,
        query: str,
        operation_name: str | None,
        variables: dict[str, Any] | None,
        *,
        request_id: str,
    ) -> Prepared:
        """Raises RequestError for every fault of the client."""

    async def execute(self, prepared: Any, context: Context) -> Result:
        """Run a query or a mutation. Field errors are part of the result."""


class Live(Protocol):
    """The shared live hub."""

    async def subscribe(self, prepared: Any, context: Context, sink: Sink) -> Subscription:
        """Join; events go to `sink`, maybe before this returns. Raises when refused before the first event.

        Cancelling the call must leave no subscriber behind.
        """


class Authenticator(Protocol):
    async def authenticate(self, credentials: Credentials) -> Viewer | None:
        """The viewer behind the credentials; None when they are not, or no longer, valid."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a rate limiter tells apart: a client, and the account that it shares with others.

    `allowance` is what the account was given instead of the usual (M144).
    """

    client: Hashable
    account: Hashable | None = None
    allowance: Allowance | None = None


class RateLimiter(Protocol):
    """How much callers may ask for (M143): `rate_limiter.py` in memory, `shared_rate_limiter.py` for many servers."""

    async def take(self, caller: Caller, cost: int) -> None:
        """Charge points. Raises PublicError RATE_LIMITED, and charges nothing, when that is too much now."""

    async def pay(self, caller: Caller, cost: int) -> Status:
        """Charge what was used already, whatever is left; a negative cost is given back. Returns what is left."""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What a context may know of the request that it serves. `language` is a BCP 47 tag in lower case."""

    request_id: str
    language: str
    remote_address: str | None
    user_agent: str | None
    channel: str = "HTTP"


ContextFactory = Callable[[Viewer, RequestFacts], Context]

DescribeError = Callable[[Exception, str], list[GraphQLError]]
"""Turns an exception and the request's id into errors fit for the client; bugs are masked and logged."""
