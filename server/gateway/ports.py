"""What the gateway is handed by app.py: the engine, the authenticator, the live hub, the context factory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLError, OperationType

from server.kit.graph.context import Context
from server.kit.graph.sink import Sink, Subscription
from server.kit.viewer import Credentials, Viewer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Coroutine[Any, Any, None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Prepared(Protocol):
    """A parsed, validated and planned operation with its coerced variables."""

    @property
    def kind(self) -> OperationType: ...


class Result(Protocol):
    """The outcome of an execution."""

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
