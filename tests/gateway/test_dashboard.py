"""The dashboard as browsers get it: one document under all of its addresses, its files, and the page that says how."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from server.gateway.dashboard import dashboard

SCRIPT = "index-DP6IIP0L.js"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dashboard"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(f'<!doctype html><script src="/dashboard/assets/{SCRIPT}"></script>')
    (folder / "manifest.json").write_text("{}")
    (folder / "assets" / SCRIPT).write_text("console.log('hello')")
    return folder


def get(built: Path, path: str, method: str = "GET") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=dashboard(built=built)))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.request(method, path, follow_redirects=False)

    return asyncio.run(send())


def test_every_address_is_the_same_document_under_a_policy_that_names_no_other_host(built: Path) -> None:
    for path in ("/dashboard", "/dashboard/", "/dashboard/orders", "/dashboard/campaigns/cmp_01"):
        response = get(built, path)
        assert response.status_code == 200
        assert response.text == (built / "index.html").read_text()
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["content-security-policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    assert get(built, "/dashboard/", "HEAD").status_code == 200
    assert get(built, "/dashboard/", "POST").status_code == 405


def test_its_files_are_kept_for_a_year_and_what_is_no_file_of_it_is_not_there(built: Path) -> None:
    response = get(built, f"/dashboard/assets/{SCRIPT}")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert get(built, "/dashboard/assets/index-00000000.js").status_code == 404
    assert get(built, "/dashboard/assets/..%2Fmanifest.json").status_code == 200  # the document, and no file
    assert "<!doctype" in get(built, "/dashboard/assets/..%2Fmanifest.json").text


def test_where_it_was_not_built_a_page_without_script_says_how(tmp_path: Path) -> None:
    response = get(tmp_path / "nothing", "/dashboard/")
    assert "not built yet" in response.text
    assert "<script" not in response.text
    assert "script-src" not in response.headers["content-security-policy"]
    assert get(tmp_path / "nothing", f"/dashboard/assets/{SCRIPT}").status_code == 200
