"""Plain HTTP from outside is refused, and what goes out over TLS tells browsers to stay with it."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from server.gateway.transport_security import TransportSecurity


async def answer(_: Request) -> PlainTextResponse:
    return PlainTextResponse("served")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("served")
    await socket.close()


APP = Starlette(
    routes=[Route("/graphql", answer), Route("/healthz", answer), WebSocketRoute("/live", echo)],
    middleware=[Middleware(TransportSecurity)],
)


async def get(url: str, address: str) -> httpx.Response:
    transport = httpx.ASGITransport(APP, client=(address, 4000))
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(url)


@pytest.mark.rule("P001", "M114", "M139")
async def test_plain_http_from_outside_is_refused_and_says_so() -> None:
    for address in ("203.0.113.7", "2001:db8::7", "10.0.0.7", "not-an-address"):
        refused = await get("http://post.example/graphql", address)
        assert (refused.status_code, "HTTPS only" in refused.text) == (403, True)
        assert (await get("http://post.example/healthz", address)).text == "served"
    for address in ("127.0.0.1", "::1"):
        assert (await get("http://localhost/graphql", address)).text == "served"


@pytest.mark.rule("P001")
async def test_over_tls_browsers_are_told_to_stay() -> None:
    served = await get("https://post.example/graphql", "203.0.113.7")
    assert served.headers["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in (await get("http://localhost/graphql", "127.0.0.1")).headers


async def connect(scheme: str, address: str) -> list[str]:
    """The types of what a socket that connects is sent."""
    scope = {"type": "websocket", "scheme": scheme, "path": "/live", "headers": [], "client": (address, 4000)}
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await APP(scope | {"query_string": b"", "root_path": "", "subprotocols": []}, receive, send)
    return sent


@pytest.mark.rule("P001", "M114", "M139")
async def test_plain_sockets_from_outside_are_refused() -> None:
    served = ["websocket.accept", "websocket.send", "websocket.close"]
    assert await connect("ws", "203.0.113.7") == ["websocket.close"]
    assert await connect("wss", "203.0.113.7") == served
    assert await connect("ws", "127.0.0.1") == served
