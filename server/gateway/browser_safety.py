"""What browsers are told with every answer: which other pages may read it, and that it loads and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED_HEADERS = (
    "authorization",
    "content-type",
    "last-event-id",
    "x-api-key",
    "x-on-behalf-of",
    "x-request-id",
)
EXPOSED_HEADERS = ("retry-after", "x-request-id")
PREFLIGHT_SECONDS = 600

BASELINE = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
"""For answers that say nothing of their own, such as JSON and errors; pages say more."""


class BrowserSafety:
    """Adds to every answer what it does not say itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._app(scope, receive, _with_baseline(send))
        else:
            await self._app(scope, receive, send)


class CrossOrigin:
    """Lets pages of these other origins call the API at `path` with a bearer token or API key: never with a cookie."""

    def __init__(self, app: ASGIApp, path: str, origins: Sequence[str]) -> None:
        self._app = app
        self._path = path
        self._api = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=ALLOWED_HEADERS,
            allow_credentials=False,
            expose_headers=EXPOSED_HEADERS,
            max_age=PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"] == self._path
        await (self._api if is_api else self._app)(scope, receive, send)


def _with_baseline(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            said = {name.lower() for name, _ in headers}
            missing = [pair for pair in BASELINE if pair[0] not in said]
            message = {**message, "headers": [*headers, *missing]}
        await send(message)

    return with_headers
