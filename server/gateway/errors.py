"""Refusals of the transports themselves, and the encoding of errors."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import structlog
from graphql import GraphQLError

from server.gateway.ports import RequestError

log = structlog.get_logger(__name__)


class TransportError(Exception):
    """A request that is answered before the engine sees it, with an HTTP status and one GraphQL error."""

    def __init__(
        self, status: int, code: str, message: str, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = list(headers)

    @property
    def body(self) -> bytes:
        return encode_errors([coded_error(self.code, self.message)])


def coded_error(code: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def encode_errors(errors: Sequence[GraphQLError]) -> bytes:
    """A response without `data`, as UTF-8 JSON."""
    return orjson.dumps({"errors": formatted_errors(errors)}, default=str)


def formatted_errors(errors: Sequence[GraphQLError]) -> list[object]:
    return [error.formatted for error in errors]


def describe_error(failure: Exception, request_id: str) -> list[GraphQLError]:
    """Errors meant for the client as they are; anything else is a bug: masked, logged with the id."""
    if isinstance(failure, RequestError):
        return failure.errors
    if isinstance(failure, GraphQLError) and failure.original_error is None:
        return [failure]
    log.error("gateway_request_failed", request_id=request_id, exc_info=failure)
    return [internal_error(request_id)]


def internal_error(request_id: str) -> GraphQLError:
    extensions = {"code": "INTERNAL", "requestId": request_id}
    return GraphQLError("Something went wrong on our side.", extensions=extensions)
