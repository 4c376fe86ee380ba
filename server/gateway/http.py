"""GraphQL over HTTP (the GraphQL Foundation's specification draft): one POST or GET, one response.

Status codes. A request that is no GraphQL request (media type, JSON, parameter types): 4xx. A GraphQL
request that cannot be executed (syntax, validation, variables, limits): 400 as
`application/graphql-response+json`, 200 as `application/json`, as the draft wants for older clients.
Executed, with or without field errors: 200. Too many requests: 429 for both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from graphql import OperationType

from server.gateway.compress import GZIP, accepts_gzip, compressed
from server.gateway.engine.errors import RequestError
from server.gateway.errors import TransportError, encode_errors, internal_error, log_bug, refusal_of
from server.gateway.identity import (
    address_of,
    credentials_of,
    expired_cookie_headers,
    facts_of,
    headers_of,
    is_secure,
    request_id_of,
    set_cookie_headers,
)
from server.gateway.negotiate import Accepted, MediaType, accepted, is_json_utf8
from server.gateway.operations import Operations, Ports
from server.gateway.origins import may_use_cookie
from server.gateway.params import (
    InvalidParametersError,
    Parameters,
    parameters_of,
    parameters_of_query_string,
    parse_json,
    query_fields,
)
from server.gateway.ports import ASGIApp, Prepared, Receive, Scope, Send
from server.gateway.sse import EventStreams, last_event_id
from server.kit.graph.context import Context
from server.kit.problems import PublicError
from server.kit.viewer import Viewer

_METHODS = b"GET, POST"


class ClientGoneError(Exception):
    """The client hung up before its request was read; there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class _Request:
    scope: Scope
    receive: Receive
    send: Send
    headers: dict[bytes, bytes]
    accept: Accepted
    request_id: str
    is_get: bool


class HttpEndpoint:
    """The ASGI application of the GraphQL endpoint."""

    def __init__(
        self, ports: Ports, operations: Operations, streams: EventStreams, ide: ASGIApp | None
    ) -> None:
        self._ports = ports
        self._operations = operations
        self._streams = streams
        self._ide = ide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        accept = accepted(headers.get(b"accept"))
        is_get = scope["method"] == "GET"
        if is_get and accept.html and self._ide is not None and not _asks_something(scope["query_string"]):
            await self._ide(scope, receive, send)
            return
        request_id = request_id_of(headers) or self._ports.new_request_id()
        request = _Request(scope, receive, send, headers, accept, request_id, is_get)
        try:
            await self._answer(request)
        except TransportError as refused:
            await _respond(request, refused.status, MediaType.JSON, refused.body, refused.headers)
        except ClientGoneError:
            return
        except PublicError as fault:
            answer = refusal_of(fault)
            await _respond(request, answer.status, MediaType.JSON, answer.body, answer.headers)
        except Exception as bug:
            log_bug(bug, request_id)
            await _respond(request, 500, MediaType.JSON, encode_errors([internal_error(request_id)]))

    async def _answer(self, request: _Request) -> None:
        _check_method_and_accept(request)
        parameters = await self._parameters(request)
        viewer = await self._viewer(request)
        facts = facts_of(request.scope, request.headers, request.request_id)
        context = self._ports.make_context(viewer, facts)
        try:
            prepared = await self._operations.prepare(parameters, context)
        except RequestError as refused:
            await self._answer_request_error(request, refused)
            return
        _check_operation(request, prepared)
        if prepared.kind is OperationType.SUBSCRIPTION:
            after = last_event_id(request.headers)
            prepared = prepared if after is None else prepared.resumed(after)
            await self._streams.subscribe(request.scope, request.receive, request.send, prepared, context)
        else:
            await self._execute(request, prepared, context)

    async def _execute(self, request: _Request, prepared: Prepared, context: Context) -> None:
        result = await self._operations.run(prepared, context)
        cookies = set_cookie_headers(context.cookies, is_secure(request.scope)) if context.cookies else []
        media = request.accept.media
        if media is None:
            await self._streams.once(request.send, result.encode(), request.request_id, cookies)
        else:
            await self._respond_with(request, prepared, media, result.encode(), cookies)

    async def _respond_with(
        self,
        request: _Request,
        prepared: Prepared,
        media: MediaType,
        body: bytes,
        headers: list[tuple[bytes, bytes]],
    ) -> None:
        """The answer of an execution, compressed where that is safe and worth it."""
        may_shrink = (
            prepared.kind is OperationType.QUERY and len(body) >= self._ports.limits.compress_bytes_min
        )
        if may_shrink and accepts_gzip(request.headers.get(b"accept-encoding", b"")):
            body, headers = await compressed(body), [*headers, GZIP]
        await _respond(request, 200, media, body, headers)

    async def _answer_request_error(self, request: _Request, refused: RequestError) -> None:
        body = encode_errors(refused.errors)
        media = request.accept.media
        if media is None:
            # A browser's EventSource cannot read the body of a failed response, only a stream.
            await self._streams.once(request.send, body, request.request_id)
        else:
            await _respond(request, 400 if media is MediaType.RESPONSE else 200, media, body)

    async def _parameters(self, request: _Request) -> Parameters:
        limits = self._ports.limits
        try:
            if request.is_get:
                return parameters_of_query_string(request.scope["query_string"], limits.json_depth_max)
            _check_content_type(request.headers)
            body = await self._body(request)
            return parameters_of(parse_json(body, limits.json_depth_max))
        except InvalidParametersError as invalid:
            raise TransportError(400, "BAD_REQUEST", str(invalid)) from None

    async def _body(self, request: _Request) -> bytes:
        """The body, never holding more of it than the limit and one chunk."""
        limit = self._ports.limits.body_bytes_max
        declared = request.headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            raise _body_too_large(limit)
        try:
            async with asyncio.timeout(self._ports.limits.request_timeout_seconds):
                return await _read(request.receive, limit)
        except TimeoutError:
            raise TransportError(408, "TIMEOUT", "The request body did not arrive in time.") from None

    async def _viewer(self, request: _Request) -> Viewer:
        name = self._ports.session_cookie_name
        secure = is_secure(request.scope)
        credentials = credentials_of(request.headers, name, secure)
        by_cookie = credentials.session_cookie is not None
        if by_cookie and not may_use_cookie(request.headers, self._ports.allowed_origins):
            raise TransportError(
                403,
                "CROSS_ORIGIN",
                "A session cookie is accepted from our own pages only; other clients send a bearer token.",
            )
        viewer = await self._operations.newcomer(credentials, address_of(request.scope))
        if viewer is None:
            # Without its removal a browser, which cannot see the cookie, could never sign in again.
            removal = expired_cookie_headers(name, secure) if by_cookie else []
            raise TransportError(
                401,
                "UNAUTHENTICATED",
                "The credentials are not valid.",
                [(b"www-authenticate", b"Bearer"), *removal],
            )
        return viewer


def _asks_something(query_string: bytes) -> bool:
    try:
        return "query" in query_fields(query_string)
    except InvalidParametersError:
        return True


def _check_method_and_accept(request: _Request) -> None:
    if request.scope["method"] not in ("GET", "POST"):
        raise TransportError(405, "METHOD_NOT_ALLOWED", "Use POST or GET.", [(b"allow", _METHODS)])
    if request.accept.media is None and not request.accept.event_stream:
        raise TransportError(
            406,
            "NOT_ACCEPTABLE",
            "Accept application/graphql-response+json, application/json or text/event-stream.",
        )


def _check_content_type(headers: dict[bytes, bytes]) -> None:
    content_type = headers.get(b"content-type", b"")
    if len(content_type) > 200 or not is_json_utf8(content_type):
        raise TransportError(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Send application/json in UTF-8.",
            [(b"accept", b"application/json")],
        )
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise TransportError(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Send the body without compression.",
            [(b"accept-encoding", b"identity")],
        )


def _check_operation(request: _Request, prepared: Prepared) -> None:
    if prepared.kind is OperationType.MUTATION and request.is_get:
        raise TransportError(405, "METHOD_NOT_ALLOWED", "Send mutations by POST.", [(b"allow", b"POST")])
    if prepared.kind is OperationType.SUBSCRIPTION and not request.accept.event_stream:
        raise TransportError(
            406,
            "NOT_ACCEPTABLE",
            "Subscriptions are delivered as text/event-stream, or over a graphql-transport-ws socket.",
        )


def _body_too_large(limit: int) -> TransportError:
    return TransportError(
        413,
        "PAYLOAD_TOO_LARGE",
        f"The request body is larger than {limit} bytes.",
        [(b"connection", b"close")],
    )


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _body_too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _respond(
    request: _Request, status: int, media: MediaType, body: bytes, extra: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    headers = [
        (b"content-type", media.content_type),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept, Accept-Encoding"),
        (b"x-request-id", request.request_id.encode("ascii")),
        *extra,
    ]
    await request.send({"type": "http.response.start", "status": status, "headers": headers})
    await request.send({"type": "http.response.body", "body": body})
