"""A small Stripe on loopback: its documented idempotency, errors and signed webhooks, over real HTTP.

https://docs.stripe.com/api/idempotent_requests: the first answer to a key is kept, a decline or a 500 too, and comes
again for the same parameters; other parameters are a 400, a request while the first is under way a 409; what is refused
before it begins is not kept.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

import httpx
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.topups.fake_stripe_books import Books, Fields, StripeError, invalid

SECRET_KEY = "sk_test_fake"
WEBHOOK_SECRET = "whsec_fake"


class Fault(Enum):
    """What goes wrong with a request."""

    LOST_REQUEST = "it never arrives"
    LOST_ANSWER = "it is done, and the connection breaks"
    HANGS = "it is done, and no answer comes"
    TOO_MANY = "429"
    BROKEN = "500"


@dataclass
class Hold:
    """Stops a request until it is let go."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def stop(self) -> None:
        self.arrived.set()
        await self.released.wait()


@dataclass
class FakeStripe:
    """The account's books, what was asked, and what shall go wrong."""

    now: Callable[[], datetime]
    url: str = ""
    books: Books = field(init=False)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    holds: dict[str, Hold] = field(default_factory=dict)
    _faults: list[tuple[str, Fault]] = field(default_factory=list)
    _kept: dict[str, tuple[tuple[str, str], int, Fields]] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _event_numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _closed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.books = Books(self.now)

    def fail(self, path_end: str, *faults: Fault) -> None:
        """Let the next requests whose path ends so go wrong, each in its way."""
        self._faults += [(path_end, fault) for fault in faults]

    def forget_keys(self) -> None:
        """A day has passed."""
        self._kept.clear()

    def hold(self, path: str) -> Hold:
        """Stop the next requests of exactly this path before they do anything."""
        self.holds[path] = Hold()
        return self.holds[path]

    def times(self, path_end: str) -> int:
        return sum(path.endswith(path_end) for _, path, _ in self.asked)

    # ---- webhooks

    def event(self, kind: str, subject: Fields, **more: Any) -> bytes:
        """The body of an event about an object as it is now."""
        event = {
            "id": f"evt_{next(self._event_numbers)}F4ke",
            "object": "event",
            "type": kind,
            "created": int(self.now().timestamp()),
            "data": {"object": deepcopy(subject)},
            "livemode": False,
            "pending_webhooks": 1,
        }
        return orjson.dumps(event | more)

    def signature(self, body: bytes, *, secret: str = WEBHOOK_SECRET, at: int | None = None) -> str:
        """The `Stripe-Signature` header."""
        at = int(self.now().timestamp()) if at is None else at
        mac = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256)
        return f"t={at},v1={mac.hexdigest()},v0={'0' * 64}"

    async def deliver(self, client: httpx.AsyncClient, body: bytes, **signing: Any) -> httpx.Response:
        headers = {"stripe-signature": self.signature(body, **signing), "content-type": "application/json"}
        return await client.post("/webhooks/stripe", content=body, headers=headers)

    # ---- the API

    @property
    def asgi(self) -> Starlette:
        return Starlette(routes=[Route("/v1/{path:path}", self._serve, methods=["GET", "POST", "DELETE"])])

    async def _serve(self, request: Request) -> Response:
        key, path = request.headers.get("idempotency-key"), request.path_params["path"]
        self.asked.append((request.method, path, key))
        self.headers.append(dict(request.headers))
        if request.headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return JSONResponse({"error": {"type": "invalid_request_error"}}, 401)
        fault = self._next_fault(path)
        if fault is Fault.LOST_REQUEST:
            return Cut()
        if fault is Fault.TOO_MANY:
            return JSONResponse({"error": {"type": "invalid_request_error", "code": "rate_limit"}}, 429)
        given = (await request.body()).decode() if request.method == "POST" else request.url.query
        what = f"{path}/delete" if request.method == "DELETE" else path
        status, body = await self._once(key, what, given, fault)
        if fault is Fault.HANGS:
            await self._closed.wait()
        return Cut() if fault is Fault.LOST_ANSWER else JSONResponse(body, status)

    async def _once(self, key: str | None, path: str, given: str, fault: Fault | None) -> tuple[int, Fields]:
        if key is None:
            return self._answer(path, _nested(given))
        if key in self._kept:
            asked, status, body = self._kept[key]
            if asked != (path, given):
                return 400, {"error": {"type": "idempotency_error"}}
            return status, body
        if key in self._busy:
            return 409, {"error": {"type": "invalid_request_error", "code": "idempotency_key_in_use"}}
        self._busy.add(key)
        try:
            if path in self.holds:
                await self.holds[path].stop()
            broken = {"error": {"type": "api_error"}}
            status, body = (500, broken) if fault is Fault.BROKEN else self._answer(path, _nested(given), key)
        finally:
            self._busy.discard(key)
        if status not in (400, 404):
            self._kept[key] = ((path, given), status, body)
        return status, body

    def _answer(self, path: str, given: Fields, key: str | None = None) -> tuple[int, Fields]:
        try:
            expand = given.pop("expand", [])
            body = deepcopy(self._act(path.split("/"), given, is_write=key is not None))
        except StripeError as error:
            return error.status, deepcopy(error.body)
        if "latest_charge" in expand and body.get("latest_charge"):
            body["latest_charge"] = deepcopy(self.books.objects[body["latest_charge"]])
        return 200, body

    def _act(self, path: list[str], given: Fields, *, is_write: bool) -> Fields:
        books = self.books
        match path:
            case ["customers"] if is_write:
                return books.create_customer(given)
            case ["customers", customer_id, "delete"]:
                return books.delete_customer(customer_id)
            case ["payment_methods"] if is_write:
                return books.create_method(given)
            case ["payment_methods", method_id] if is_write:
                return books.update_method(method_id, given)
            case ["payment_methods", method_id, "detach"]:
                return books.detach_method(method_id)
            case ["setup_intents"] if is_write:
                return books.create_setup(given)
            case ["setup_intents", setup_id]:
                return books.find("seti_", setup_id)
            case ["setup_intents", setup_id, "confirm"]:
                return books.confirm_setup(setup_id, given)
            case ["payment_intents"] if is_write:
                return books.create_intent(given)
            case ["payment_intents", intent_id]:
                return books.find("pi_", intent_id)
            case ["payment_intents", intent_id, "confirm"]:
                return books.confirm_intent(intent_id, given)
            case ["payment_intents", intent_id, "cancel"]:
                return books.cancel_intent(intent_id, given)
            case ["refunds"] if is_write:
                return books.create_refund(given)
            case ["refunds"]:
                refunds = [
                    r for r in books.of_kind("refund") if r["payment_intent"] == given["payment_intent"]
                ]
                return {"object": "list", "data": refunds[::-1], "has_more": False, "url": "/v1/refunds"}
        raise invalid("url_invalid")

    def _next_fault(self, path: str) -> Fault | None:
        for number, (path_end, _) in enumerate(self._faults):
            if path.endswith(path_end):
                return self._faults.pop(number)[1]
        return None


class Cut(Response):
    """No answer: the connection ends in its middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class QuietServer(uvicorn.Server):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def fake_stripe(now: Callable[[], datetime]) -> AsyncIterator[FakeStripe]:
    """Serves until the block ends."""
    fake = FakeStripe(now)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        fake.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(fake.asgi, log_config=None, lifespan="off", timeout_graceful_shutdown=5)
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield fake
        finally:
            fake._closed.set()
            server.should_exit = True
            await serving


def _nested(form: str) -> Fields:
    """`metadata[a]=1&expand[0]=b` as `{"metadata": {"a": "1"}, "expand": ["b"]}`."""
    made: Fields = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        head, *rest = name.replace("]", "").split("[")
        if not rest:
            made[head] = value
        elif rest[0].isdigit() or rest[0] == "":
            made.setdefault(head, []).append(value)
        else:
            made.setdefault(head, {})[rest[0]] = value
    return made
