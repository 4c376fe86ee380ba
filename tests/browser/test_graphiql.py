"""GraphiQL in a real browser, under its content security policy and without any other host."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from graphql import build_schema, graphql_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.gateway.graphiql import BUILT, graphiql
from tests.browser.chromium import CHROMIUM, chromium

pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium"),
    pytest.mark.skipif(not (BUILT / "index.html").exists(), reason="GraphiQL is not built"),
]

SCHEMA = build_schema('"The authorization that the server saw." type Query { authorization: String }')


async def answer(request: Request) -> JSONResponse:
    body = await request.json()
    root = {"authorization": request.headers.get("authorization")}
    result = graphql_sync(SCHEMA, body["query"], root, operation_name=body.get("operationName"))
    return JSONResponse(result.formatted)


class PageOrAnswer:
    """GET is the page, POST the API, as in the gateway."""

    def __init__(self) -> None:
        self.page = graphiql().page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await self.page(scope, receive, send)
        else:
            await (await answer(Request(scope, receive)))(scope, receive, send)


@pytest.fixture
def origin() -> Iterator[str]:
    app = Starlette(routes=[*graphiql().routes, Route("/graphql", PageOrAnswer())])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as browser:
        yield browser.new_page()


def test_it_runs_the_examples_page_with_a_pasted_key_and_talks_to_no_other_host(
    page: Any, origin: str
) -> None:
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))

    page.goto(f"{origin}/graphql")
    page.wait_for_selector(".graphiql-query-editor .view-line")
    assert page.title() == "Postmeter · GraphiQL"
    tabs = page.locator(".graphiql-tab-button").all_inner_texts()
    assert tabs == ["SignIn", "Dashboard", "PlaceOrder", "WatchBalance", "TopUp"]

    page.fill("#credential", "pm_example")
    page.click("text=Use")
    page.wait_for_selector("text=Forget")
    page.click(".graphiql-query-editor .view-line >> nth=0")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text("query Who { authorization }")
    page.locator(".graphiql-tab-button", has_text="Who").wait_for()
    page.keyboard.press("Control+Enter")
    page.locator(".graphiql-response", has_text="pm_example").wait_for()

    assert page.evaluate("Object.keys(localStorage)") == []
    assert complaints == []
    assert {url for url in requested if not url.startswith((f"{origin}/graphql", "data:"))} == set()
