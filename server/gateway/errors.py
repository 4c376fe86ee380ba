"""Refusals of the transports themselves, and the encoding of errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from traceback import format_exception
from types import MappingProxyType
from typing import Any

import orjson
import structlog
from graphql import GraphQLError

from server.gateway.engine.errors import RequestError
from server.kit.problems import PublicError

log = structlog.get_logger("postmeter.gateway")

_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "RATE_LIMITED": 429}
"""Of the faults that are not the server's."""


class TransportError(Exception):
    """A request that is answered before the engine sees it, with an HTTP status and one GraphQL error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Sequence[tuple[bytes, bytes]] = (),
        extensions: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = list(headers)
        self.extensions = extensions

    @property
    def body(self) -> bytes:
        return encode_errors([coded_error(self.code, self.message, self.extensions)])


def coded_error(
    code: str, message: str, extensions: Mapping[str, Any] = MappingProxyType({})
) -> GraphQLError:
    return GraphQLError(message, extensions={**extensions, "code": code})


def encode_errors(errors: Sequence[GraphQLError]) -> bytes:
    """A response without `data`, as UTF-8 JSON."""
    return orjson.dumps({"errors": formatted_errors(errors)}, default=str)


def formatted_errors(errors: Sequence[GraphQLError]) -> list[object]:
    return [error.formatted for error in errors]


def refusal_of(fault: PublicError) -> TransportError:
    """A fault outside of any field, such as an authenticator that is overloaded, as a response."""
    status = _STATUS.get(fault.code, 503)
    retry_after_seconds = fault.extensions.get("retryAfterSeconds")
    headers = [] if retry_after_seconds is None else [(b"retry-after", b"%d" % retry_after_seconds)]
    return TransportError(status, fault.code, fault.message, headers, fault.extensions)


def describe_error(failure: Exception, request_id: str) -> list[GraphQLError]:
    """Errors meant for the client as they are; anything else is a bug: masked, logged with the id."""
    if isinstance(failure, RequestError):
        return failure.errors
    if isinstance(failure, GraphQLError) and failure.original_error is None:
        return [failure]
    if isinstance(failure, PublicError):
        return [coded_error(failure.code, failure.message, failure.extensions)]
    log_bug(failure, request_id)
    return [internal_error(request_id)]


def log_bug(failure: Exception, request_id: str) -> None:
    """As text: a renderer of `exc_info` may add local variables, and with them credentials, to the log."""
    log.error("gateway_failed", request_id=request_id, exception="".join(format_exception(failure)))


def internal_error(request_id: str) -> GraphQLError:
    extensions = {"code": "INTERNAL", "requestId": request_id}
    return GraphQLError("Something went wrong on our side.", extensions=extensions)
