"""No plain HTTP from outside (P001, M114, M139), and browsers told to remember it."""

from __future__ import annotations

import ipaddress
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

HSTS = (b"strict-transport-security", b"max-age=31536000")
PROBES = frozenset({"/healthz", "/readyz"})
"""What load balancers ask in plain; the answers carry nothing but a yes or no."""
REFUSAL = (
    "This server is reached over HTTPS only. A proxy in front of it sends X-Forwarded-Proto, and its address is named "
    "in FORWARDED_ALLOW_IPS.\n"
)


class TransportSecurity:
    """Wraps the application of a server that is reached over TLS, its own or that of a proxy in front of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif scope["scheme"] in ("https", "wss"):
            await self._app(scope, receive, _remembering(send))
        elif _may_be_plain(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, "HTTPS only")(scope, receive, send)
        else:
            await PlainTextResponse(REFUSAL, 403)(scope, receive, send)


def _may_be_plain(scope: Scope) -> bool:
    """Health probes, and what never left the machine."""
    client = scope.get("client")
    return scope["path"] in PROBES or client is None or is_loopback(client[0])


def is_loopback(host: str) -> bool:
    """Whether nothing leaves the machine that goes to this address, or to a host of this name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _remembering(send: Send) -> Send:
    async def with_hsts(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers: list[Any] = [*message.get("headers", ()), HSTS]
            message = {**message, "headers": headers}
        await send(message)

    return with_hsts
