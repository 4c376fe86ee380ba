"""One operation of a socket: a query or mutation with its result, or a subscription and its events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphql import GraphQLError, OperationType

from server.gateway.errors import TransportError, coded_error
from server.gateway.messages import complete, error, next_prefix
from server.gateway.params import Parameters
from server.gateway.ports import Prepared
from server.kit.graph.context import Context
from server.kit.graph.sink import CloseReason, Subscription

if TYPE_CHECKING:
    from server.gateway.socket import Socket


class SocketOperation:
    """A sink of the live hub, too. Its task ends when the subscription has started."""

    __slots__ = ("_open", "_prefix", "_socket", "_subscription", "_task", "identifier")

    def __init__(self, socket: Socket, identifier: str) -> None:
        self.identifier = identifier
        self._socket = socket
        self._prefix = next_prefix(identifier)
        self._open = True
        self._subscription: Subscription | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self, parameters: Parameters) -> None:
        self._task = asyncio.ensure_future(self._run(parameters))

    async def _run(self, parameters: Parameters) -> None:
        request_id = ""
        try:
            async with asyncio.timeout(self._socket.ports.limits.request_timeout_seconds):
                context = await self._socket.admit()
            if context is None:
                return
            request_id = context.request_id
            await self._perform(await self._socket.operations.prepare(parameters, context), context)
        except TransportError as refused:
            self._fail([coded_error(refused.code, refused.message)])
        except TimeoutError:
            self._fail([coded_error("TIMEOUT", "The operation could not be started in time.")])
        except Exception as failure:
            errors = self._socket.ports.describe_error(failure, request_id)
            self._fail(errors)
            if any((error.extensions or {}).get("code") == "UNAUTHENTICATED" for error in errors):
                self._socket.check_authority()  # it may have been revoked while the operation began
        finally:
            self._task = None

    async def _perform(self, prepared: Prepared, context: Context) -> None:
        if prepared.kind is OperationType.SUBSCRIPTION:
            async with asyncio.timeout(self._socket.ports.limits.request_timeout_seconds):
                self._subscription = await self._socket.ports.live.subscribe(prepared, context, self)
        else:
            result = await self._socket.operations.run(prepared, context)
            self.send(result.encode())
            self._end(complete(self.identifier))

    @property
    def backlog(self) -> int:
        return self._socket.backlog

    def send(self, payload: bytes, sequence: int = 0) -> None:
        if self._open:
            self._socket.write(f"{self._prefix}{payload.decode()}}}")

    def close(self, reason: CloseReason, message: str) -> None:
        if not self._open:
            return
        if reason is CloseReason.COMPLETE:
            self._end(complete(self.identifier))
        elif reason is CloseReason.REVOKED:
            self._fail([coded_error("UNAUTHENTICATED", message)])
            self._socket.check_authority()
        elif reason is CloseReason.TOO_SLOW:
            self._open = False
            self._socket.too_slow()  # whoever is too slow for one operation is so for all of the connection
        elif reason is CloseReason.GOING_AWAY:
            self._open = False
            self._socket.go_away()
        else:
            self._fail([coded_error("INTERNAL", message)])

    def _fail(self, errors: Sequence[GraphQLError]) -> None:
        self._end(error(self.identifier, errors))

    def _end(self, message: str) -> None:
        if self._open:
            self._open = False
            self._socket.forget(self)
            self._socket.write(message)

    async def leave(self) -> None:
        """The client is no longer interested. A mutation still ends in its own time (`Operations.run`)."""
        self._open = False
        if self._task is not None:
            self._task.cancel()
        if self._subscription is not None:
            await self._subscription.cancel()
