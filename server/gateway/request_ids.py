"""Every request has an id: in its answer, in the logs, in the audit log and in errors. And every answer is counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import Any

from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from server.gateway.identity import request_id_of
from server.kit import metrics

_HEADER = b"x-request-id"
_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})


class RequestIds:
    """Wraps the application. An id that a client or a proxy chose is kept where it is fit for logs."""

    def __init__(self, app: ASGIApp, new_request_id: Callable[[], str]) -> None:
        self._app = app
        self._new_request_id = new_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = _chosen(scope)
        if request_id is None:
            request_id = self._new_request_id()
            others = [header for header in scope["headers"] if header[0] != _HEADER]
            scope = {**scope, "headers": [*others, (_HEADER, request_id.encode("ascii"))]}
        tokens = bind_contextvars(request_id=request_id)
        try:
            if scope["type"] == "http":
                await self._counted(scope, receive, send, request_id.encode("ascii"))
            else:
                await self._app(scope, receive, send)
        finally:
            reset_contextvars(**tokens)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        began = perf_counter()
        status = 0  # nobody was left to be answered

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers: list[Any] = list(message.get("headers", ()))
                if not any(name == _HEADER for name, _ in headers):
                    message = {**message, "headers": [*headers, (_HEADER, request_id)]}
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            # A method is what a client makes up: a label of its own for each would fill the memory.
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            _answered(method, status).inc()
            metrics.request_seconds.observe(perf_counter() - began)


def _chosen(scope: Scope) -> str | None:
    """The id that came with the request, if it is fit for logs."""
    for name, value in scope["headers"]:
        if name == _HEADER:
            return request_id_of({_HEADER: value})
    return None


@lru_cache(maxsize=1_000)
def _answered(method: str, status: int) -> Counter:
    return metrics.requests.labels(method, str(status))
