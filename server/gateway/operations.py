"""What every transport does with a request: admit its sender, prepare it, run it within the time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import structlog
from graphql import OperationType

from server.gateway.engine.errors import RequestError
from server.gateway.errors import TransportError, describe_error
from server.gateway.limits import GatewayLimits
from server.gateway.metering import Metering, caller_of
from server.gateway.params import Parameters
from server.gateway.ports import (
    Authenticator,
    ContextFactory,
    DescribeError,
    Engine,
    Live,
    Prepared,
    RateLimiter,
    Result,
)
from server.gateway.throttle import ThrottleTerms
from server.kit.graph.context import Context
from server.kit.problems import outcome_unknown
from server.kit.viewer import ANONYMOUS, Credentials, Viewer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that app.py hands to the gateway."""

    engine: Engine
    live: Live
    authenticator: Authenticator
    make_context: ContextFactory
    new_request_id: Callable[[], str]
    limits: GatewayLimits = field(default_factory=GatewayLimits)
    limiter: RateLimiter | None = None
    """Without one nothing is charged and no cost is reported."""
    throttle: ThrottleTerms = field(default_factory=ThrottleTerms)
    describe_error: DescribeError = describe_error
    allowed_origins: Collection[str] = frozenset()
    """Other origins, as browsers write them, whose pages may use cookies and open sockets."""
    session_cookie_name: str = "postmeter_session"
    """Without the `__Host-` prefix that it gets over TLS."""


class Operations:
    """Runs operations for all transports of one gateway."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._metering = Metering(ports.limiter, ports.throttle)
        self._mutations: set[asyncio.Task[Result]] = set()

    async def viewer_of(self, credentials: Credentials) -> Viewer | None:
        """None when credentials were presented that are not valid. Nothing presented is anonymous."""
        if not credentials.presented:
            return ANONYMOUS
        return await self._ports.authenticator.authenticate(credentials)

    async def newcomer(self, credentials: Credentials, address: str | None) -> Viewer | None:
        """The same for a request or a connection that begins. Raises RATE_LIMITED for who guesses credentials."""
        viewer = await self.viewer_of(credentials)
        if viewer is None:
            await self._metering.refuse_credentials(address)
        return viewer

    async def prepare(self, parameters: Parameters, context: Context) -> Prepared:
        """Raises RequestError for every fault of the client, RATE_LIMITED when it asks for too much now."""
        caller = caller_of(context.viewer, context.remote_address)
        await self._metering.enter(caller)
        try:
            prepared = self._ports.engine.prepare(
                parameters.query,
                parameters.operation_name,
                parameters.variables,
                request_id=context.request_id,
            )
        except RequestError:
            await self._metering.refuse(caller)
            raise
        await self._metering.start(caller, prepared)
        return prepared

    async def run(self, prepared: Prepared, context: Context) -> Result:
        """Execute a query or a mutation.

        A query that takes too long is given up. A mutation never is: whoever waits for it is told that its
        outcome is unknown, and it ends in its own time.
        """
        if prepared.kind is OperationType.MUTATION:
            result = await self._run_mutation(prepared, context)
        else:
            result = await self._run_query(prepared, context)
        await self._metering.finish(caller_of(context.viewer, context.remote_address), prepared, result)
        return result

    async def _run_query(self, prepared: Prepared, context: Context) -> Result:
        try:
            async with asyncio.timeout(self._ports.limits.request_timeout_seconds):
                return await self._ports.engine.execute(prepared, context)
        except TimeoutError:
            raise TransportError(504, "TIMEOUT", "The query took too long and was given up.") from None

    async def _run_mutation(self, prepared: Prepared, context: Context) -> Result:
        task = asyncio.ensure_future(self._ports.engine.execute(prepared, context))
        self._mutations.add(task)
        task.add_done_callback(self._settled)
        done, _ = await asyncio.wait({task}, timeout=self._ports.limits.request_timeout_seconds)
        if not done:
            unknown = outcome_unknown()
            raise TransportError(504, unknown.code, unknown.message)
        return task.result()

    def _settled(self, task: asyncio.Task[Result]) -> None:
        self._mutations.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("mutation_failed", error=repr(task.exception()))

    @property
    def mutations_in_flight(self) -> int:
        return len(self._mutations)

    async def settle(self) -> None:
        """Wait for the mutations in flight, within the time limit of a shutdown."""
        if self._mutations:
            await asyncio.wait(self._mutations, timeout=self._ports.limits.shutdown_timeout_seconds)
