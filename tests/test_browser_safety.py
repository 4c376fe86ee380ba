"""What a browser may do with the server's answers, at each route of the assembled server (P001, M128)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from server.app import Postmeter
from server.serving import require_tls
from tests.servers import RunningServer
from tests.whole import settings_in

HOME, OTHER, STRANGER = "https://post.example.com", "https://app.example.org", "https://evil.example.net"
QUERY = {"query": "{ viewer { __typename } }"}
COOKIE = {"cookie": "__Host-postmeter_session=pms_x"}


@pytest.fixture
def app(tmp_path: Path) -> Postmeter:
    """Behind a proxy that ends TLS, with another origin allowed."""
    return Postmeter(settings_in(tmp_path, tls_terminated_by_proxy=True, allowed_origins=OTHER))


def client(app: Postmeter) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app.asgi, client=("203.0.113.7", 4000), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=HOME)


def policy(response: httpx.Response) -> dict[str, list[str]]:
    directives = response.headers["content-security-policy"].split(";")
    return {name: sources for name, *sources in (directive.split() for directive in directives)}


def pages(app: Postmeter) -> list[str]:
    """Every path without a parameter that answers GET."""
    routes = [route for route in app.asgi.routes if isinstance(route, Route)]
    return sorted(
        {route.path for route in routes if "{" not in route.path and "GET" in (route.methods or {"GET"})}
    )


@pytest.mark.rule("P001", "M128")
async def test_every_answer_is_strict_and_sets_no_cookie(app: Postmeter) -> None:
    paths = pages(app)
    assert {"/", "/graphql", "/schema.graphql", "/examples/balance-watcher/", "/healthz"} <= set(paths)
    async with app.storage(), client(app) as browser:
        for path in (*paths, "/nothing/here", "/landing/nothing.css", "/graphql?query={"):
            for accept in ("text/html", "application/json"):
                assert_strict(await browser.get(path, headers={"accept": accept}))


@pytest.mark.rule("P001", "M128")
async def test_an_answer_to_a_fault_of_the_server_is_as_strict_and_says_nothing(app: Postmeter) -> None:
    async with client(app) as browser:
        answer = await browser.get("/policy/api-changes")  # whose database nobody opened
    assert_strict(answer)
    assert answer.status_code == 500
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": answer.headers["x-request-id"]}


def assert_strict(answer: httpx.Response) -> None:
    strict, path = policy(answer), answer.url.path
    assert strict["default-src"] == ["'none'"], path
    assert strict["frame-ancestors"] == ["'none'"], path
    scripts = strict.get("script-src", [])
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:"} & set(scripts), path
    assert answer.headers["x-content-type-options"] == "nosniff", path
    assert answer.headers["referrer-policy"] == "no-referrer", path
    assert answer.headers["strict-transport-security"] == "max-age=31536000", path
    assert not {"server", "x-powered-by", "set-cookie"} & answer.headers.keys(), path


@pytest.mark.rule("P001")
async def test_another_site_cannot_use_the_cookie_of_a_visitor(app: Postmeter) -> None:
    async with client(app) as browser:
        for forged in (
            {"origin": STRANGER},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {},
        ):
            answer = await browser.post("/graphql", json=QUERY, headers={**COOKIE, **forged})
            assert answer.status_code == 403, forged
            assert answer.json()["errors"][0]["extensions"]["code"] == "CROSS_ORIGIN"


async def test_only_named_origins_may_call_and_never_with_a_cookie(app: Postmeter) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    async with client(app) as browser:
        allowed = await browser.options("/graphql", headers={"origin": OTHER, **asks})
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == OTHER
        assert "access-control-allow-credentials" not in allowed.headers
        refused = await browser.options("/graphql", headers={"origin": STRANGER, **asks})
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers
        for origin, readable in ((OTHER, True), (STRANGER, False)):
            answer = await browser.post("/graphql", content=b"{", headers={"origin": origin})
            assert ("access-control-allow-origin" in answer.headers) == readable
            elsewhere = await browser.get("/schema.graphql", headers={"origin": origin})
            assert "access-control-allow-origin" not in elsewhere.headers


@pytest.mark.parametrize(
    "origins",
    ["*", "https://*.example.com", "http://app.example.org", "app.example.org", "https://app.example.org/"],
)
def test_an_allowed_origin_is_one_origin(tmp_path: Path, origins: str) -> None:
    with pytest.raises(ValueError, match="POSTMETER_ALLOWED_ORIGINS"):
        settings_in(tmp_path, allowed_origins=origins)


@pytest.mark.rule("P001")
def test_plain_http_leaves_the_machine_only_behind_a_named_proxy(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "post.example.com"):
        with pytest.raises(SystemExit):
            require_tls(settings_in(tmp_path, host=host))
        require_tls(settings_in(tmp_path, host=host, tls_terminated_by_proxy=True))
    for host in ("127.0.0.1", "::1", "localhost"):
        require_tls(settings_in(tmp_path, host=host))


def test_the_server_does_not_say_what_it_is(running_server: RunningServer) -> None:
    with httpx.Client(base_url=running_server.origin, trust_env=False) as browser:
        for path in ("/", "/graphql", "/healthz", "/nothing"):
            answer = browser.get(path, headers={"accept": "text/html"})
            assert "server" not in answer.headers
            assert "uvicorn" not in answer.text.lower()
        wrong = browser.get("/healthz", headers={"X-Request-Id": "a\tb"})
        assert "server" not in wrong.headers
