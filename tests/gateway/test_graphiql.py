"""GraphiQL as browsers get it: the built page, the page that says how to build it, the CDN page on demand."""

from __future__ import annotations

import asyncio
import base64
import gzip
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from server.gateway.graphiql import FALLBACK, Graphiql, graphiql

SCRIPT = "assets/index-DP6IIP0L.js"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What the build leaves: the page, hashed assets, a compressed twin, and beside them a file to steal."""
    folder = tmp_path / "graphiql"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(f'<!doctype html><script src="/graphql/{SCRIPT}"></script>')
    (folder / SCRIPT).write_text("console.log('héllo')")
    (folder / f"{SCRIPT}.gz").write_bytes(gzip.compress((folder / SCRIPT).read_bytes()))
    (folder / "assets" / "editor-B-52mcFC.css").write_text("body{}")
    (folder / "assets" / "codicon-DCmgc-ay.ttf").write_bytes(b"\0\1\0\0")
    (folder / "assets" / "LICENSES.md").write_text("# Licenses")
    (folder / "assets" / "notes.exe").write_text("not of the build")
    (tmp_path / "secret.js").write_text("secret")
    return folder


def request(
    ide: Graphiql, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
) -> httpx.Response:
    app = Starlette(routes=[*ide.routes, Mount("/graphql", ide.page)])

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(
                method, path, headers={"accept-encoding": "identity"} | (headers or {})
            )

    return asyncio.run(send())


def policy(response: httpx.Response) -> dict[str, list[str]]:
    directives = response.headers["content-security-policy"].split(";")
    return {name: sources for name, *sources in (directive.split() for directive in directives)}


class TestBuilt:
    def test_the_page_is_served_under_a_policy_that_names_no_other_host(self, built: Path) -> None:
        response = request(graphiql(built=built), "/graphql/")
        assert response.status_code == 200
        assert response.text == (built / "index.html").read_text()
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert policy(response) == {
            "default-src": ["'none'"],
            "script-src": ["'self'"],
            "connect-src": ["'self'"],
            "worker-src": ["'self'"],
            "style-src": ["'self'", "'unsafe-inline'"],
            "font-src": ["'self'", "data:"],
            "img-src": ["'self'", "data:"],
            "base-uri": ["'none'"],
            "form-action": ["'none'"],
            "frame-ancestors": ["'none'"],
        }

    def test_the_cdn_setting_changes_nothing_where_the_build_ran(self, built: Path) -> None:
        response = request(graphiql(built=built, cdn=True), "/graphql/")
        assert "https:" not in response.headers["content-security-policy"]

    @pytest.mark.parametrize(
        ("name", "content_type", "cache"),
        [
            ("index-DP6IIP0L.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
            ("editor-B-52mcFC.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
            ("codicon-DCmgc-ay.ttf", "font/ttf", "public, max-age=31536000, immutable"),
            ("LICENSES.md", "text/markdown; charset=utf-8", "no-cache"),
        ],
    )
    def test_assets_have_their_type_and_cache_for_as_long_as_the_name_allows(
        self, built: Path, name: str, content_type: str, cache: str
    ) -> None:
        response = request(graphiql(built=built), f"/graphql/assets/{name}")
        assert response.status_code == 200
        assert response.content == (built / "assets" / name).read_bytes()
        assert response.headers["content-type"] == content_type
        assert response.headers["cache-control"] == cache
        assert response.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [("gzip, br", "gzip"), ("br;q=1.0, GZIP;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None)],
    )
    def test_the_compressed_twin_goes_to_those_who_take_it(
        self, built: Path, accepted: str, encoding: str | None
    ) -> None:
        response = request(graphiql(built=built), f"/graphql/{SCRIPT}", headers={"accept-encoding": accepted})
        assert response.headers.get("content-encoding") == encoding
        assert response.headers["vary"] == "Accept-Encoding"
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.text == "console.log('héllo')"

    def test_head_answers_as_get_does_without_a_body(self, built: Path) -> None:
        for path in ("/graphql/", f"/graphql/{SCRIPT}"):
            head = request(graphiql(built=built), path, method="HEAD")
            assert head.status_code == 200
            assert head.headers == request(graphiql(built=built), path).headers

    @pytest.mark.parametrize(
        "path",
        [
            "/graphql/assets/../../secret.js",
            "/graphql/assets/..%2f..%2fsecret.js",
            "/graphql/assets/%2e%2e/%2e%2e/secret.js",
            "/graphql/assets/..%5c..%5csecret.js",
            "/graphql/assets/../index.html",
            "/graphql/assets/%2fetc%2fpasswd",
            "/graphql/assets/index-DP6IIP0L.js%00",
            "/graphql/assets/index-DP6IIP0L.js.gz",
            "/graphql/assets/notes.exe",
            "/graphql/assets/",
            "/graphql/assets/index-DP6IIP0M.js",
        ],
    )
    def test_nothing_but_the_assets_can_be_had(self, built: Path, path: str) -> None:
        routes_only = Graphiql(page=Starlette(), routes=graphiql(built=built).routes)
        response = request(routes_only, path)
        assert response.status_code == 404
        assert "secret" not in response.text

    def test_assets_are_read_only(self, built: Path) -> None:
        routes_only = Graphiql(page=Starlette(), routes=graphiql(built=built).routes)
        assert request(routes_only, f"/graphql/{SCRIPT}", method="PUT").status_code in (404, 405)


class TestNotBuilt:
    def test_a_page_without_script_says_how_to_build(self, tmp_path: Path) -> None:
        response = request(graphiql(built=tmp_path / "absent"), "/graphql/")
        assert response.status_code == 200
        assert "Node.js" in response.text
        assert "pip install" in response.text
        assert "POSTMETER_GRAPHIQL_CDN" in response.text
        assert "<script" not in response.text
        assert "://" not in response.text
        assert policy(response)["default-src"] == ["'none'"]
        assert "script-src" not in policy(response)

    def test_a_build_that_broke_off_before_its_page_counts_as_none(self, built: Path) -> None:
        (built / "index.html").unlink()
        assert "not built yet" in request(graphiql(built=built), "/graphql/").text


class TestCdn:
    def test_the_policy_allows_the_named_files_and_no_more(self, tmp_path: Path) -> None:
        response = request(graphiql(built=tmp_path / "absent", cdn=True), "/graphql/")
        loaded = re.findall(r'(?:src|href)="(https://[^"]+)"', response.text)
        allowed = [s for sources in policy(response).values() for s in sources if s.startswith("https:")]
        assert len(loaded) == 4
        assert sorted(loaded) == sorted(allowed)
        assert "'unsafe-inline'" not in policy(response)["script-src"]
        assert "'unsafe-eval'" not in policy(response)["script-src"]

    def test_every_foreign_file_is_pinned_by_version_and_hash(self) -> None:
        tags = re.findall(r"<(?:script|link)[^>]+https://[^>]+>", (FALLBACK / "cdn.html").read_text())
        assert len(tags) == 4
        for tag in tags:
            assert re.search(r"@\d+\.\d+\.\d+/", tag)
            assert (digest := re.search(r'integrity="sha384-([^"]+)"', tag))
            assert len(base64.b64decode(digest[1])) == 48
            assert 'crossorigin="anonymous"' in tag
            assert 'referrerpolicy="no-referrer"' in tag

    def test_its_own_script_is_served_and_the_pages_beside_it_are_not(self, tmp_path: Path) -> None:
        ide = graphiql(built=tmp_path / "absent", cdn=True)
        own = re.findall(r'src="(/[^"]+)"', request(ide, "/graphql/").text)
        assert own == ["/graphql/assets/cdn.js"]
        response = request(ide, own[0])
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"
        routes_only = Graphiql(page=Starlette(), routes=ide.routes)
        assert request(routes_only, "/graphql/assets/not_built.html").status_code == 404
