"""The pages for people: what they say, under which policy, and that nothing else of the disk can be had."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from starlette.applications import Starlette

from server.gateway.pages import LANDING, REPOSITORY_WATCHER, pages

SDL = '"Who is asking." type Query { me: String }\n'
WATCHER_POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "connect-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
HTML_PATHS = ["/", "/examples/balance-watcher/"]


def request(path: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=pages(SDL)))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(send())


def policy(response: httpx.Response) -> dict[str, list[str]]:
    directives = response.headers["content-security-policy"].split(";")
    return {name: sources for name, *sources in (directive.split() for directive in directives)}


def test_the_landing_page_leads_everywhere_and_runs_no_script() -> None:
    response = request("/")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src" not in policy(response)
    assert "<script" not in response.text
    assert {"/dashboard/", "/graphql", "/examples/balance-watcher/", "/schema.graphql", "/healthz"} <= set(
        re.findall(r'href="([^"]+)"', response.text)
    )
    assert len(response.content) < 8_000


def test_the_watcher_is_served_under_a_policy_that_allows_this_host_only() -> None:
    response = request("/examples/balance-watcher/")
    assert response.status_code == 200
    assert policy(response) == WATCHER_POLICY


@pytest.mark.parametrize("path", HTML_PATHS)
def test_pages_carry_no_inline_script_or_style_and_name_files_that_exist(path: str) -> None:
    text = request(path).text
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    linked = re.findall(r'(?:<link[^>]+href|<script[^>]+src|<img[^>]+src)="([^"]+)"', text)
    assert linked
    for name in linked:
        file = request(name if name.startswith("/") else f"{path}{name}")
        assert file.status_code == 200
        assert file.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("module", sorted(path.name for path in REPOSITORY_WATCHER.glob("*.js")))
def test_each_module_is_served_and_imports_only_its_neighbours(module: str) -> None:
    response = request(f"/examples/balance-watcher/{module}")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    for imported in re.findall(r"from '([^']+)'", response.text):
        assert (REPOSITORY_WATCHER / imported).is_file(), imported


def test_without_its_last_slash_the_watcher_is_found_all_the_same() -> None:
    response = request("/examples/balance-watcher")
    assert response.status_code == 307
    assert response.headers["location"].endswith("/examples/balance-watcher/")


def test_the_schema_is_plain_text() -> None:
    response = request("/schema.graphql")
    assert response.text == SDL
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


EVERYTHING = [*HTML_PATHS, "/schema.graphql", "/landing/style.css", "/examples/balance-watcher/watcher.js"]


@pytest.mark.parametrize("path", EVERYTHING)
def test_who_holds_this_version_is_not_sent_it_again(path: str) -> None:
    first = request(path)
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.headers["x-content-type-options"] == "nosniff"
    again = request(path, headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert request(path, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", EVERYTHING)
def test_head_answers_as_get_does_and_nothing_can_be_written(path: str) -> None:
    head = request(path, method="HEAD")
    assert head.content == b""
    assert head.headers == request(path).headers
    assert request(path, method="POST").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/landing/../graphiql.py",
        "/landing/%2e%2e/%2e%2e/graphiql.py",
        "/landing/..%2f..%2fgraphiql.py",
        "/landing/index.html",
        "/landing/",
        "/examples/balance-watcher/..%2f..%2fpyproject.toml",
        "/examples/balance-watcher/%2fetc%2fpasswd",
        "/examples/balance-watcher/watcher.js%00",
        "/examples/",
    ],
)
def test_nothing_but_the_pages_can_be_had(path: str) -> None:
    assert request(path).status_code == 404


def test_both_pages_wear_the_same_icon() -> None:
    assert (LANDING / "icon.svg").read_bytes() == (REPOSITORY_WATCHER / "icon.svg").read_bytes()
