"""GraphiQL for browsers at /graphql, served from this installation and never from another host.

hatch_build.py builds frontend-examples/graphiql into `static/graphiql`. Where that did not run, a page
without script tells how; a page that loads GraphiQL from a CDN is served only if the operator asked for it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "graphiql"
FALLBACK = STATIC / "ide"
ASSETS_PATH = "/graphql/assets"

# Every kind of file that the build makes. Not `mimetypes`, which reads the machine's own table.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

HASHED_NAME = re.compile(r".+-[A-Za-z0-9_-]{8}\.[a-z0-9]+")

NO_FRAMES = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
CSP_BUILT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'; "
    f"style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; {NO_FRAMES}"
)
CSP_NOT_BUILT = f"default-src 'none'; style-src 'unsafe-inline'; {NO_FRAMES}"


@dataclass(frozen=True)
class Graphiql:
    """The page as an ASGI app, to answer GET /graphql to a browser, and the routes of the files it loads."""

    page: ASGIApp
    routes: list[BaseRoute]


def graphiql(*, built: Path = BUILT, cdn: bool = False) -> Graphiql:
    """GraphiQL as found in `built`; else the CDN page if `cdn`; else the page that says how to build it.

    The folder is read once: a build made while the server runs shows after a restart.
    """
    if (built / "index.html").is_file():
        return Graphiql(Page(built / "index.html", CSP_BUILT), asset_routes(built / "assets"))
    if cdn:
        return Graphiql(Page(FALLBACK / "cdn.html", csp_of_cdn_page()), asset_routes(FALLBACK))
    return Graphiql(Page(FALLBACK / "not_built.html", CSP_NOT_BUILT), [])


def csp_of_cdn_page() -> str:
    """Allows exactly the files that cdn.html names, each of which carries its integrity hash."""
    page = (FALLBACK / "cdn.html").read_text()
    scripts = " ".join(re.findall(r'src="(https://[^"]+)"', page))
    styles = " ".join(re.findall(r'href="(https://[^"]+)"', page))
    return (
        f"default-src 'none'; script-src 'self' {scripts}; connect-src 'self'; "
        f"style-src 'unsafe-inline' {styles}; font-src data:; img-src 'self' data:; {NO_FRAMES}"
    )


class Page:
    """One HTML page, held in memory, with its content security policy."""

    def __init__(self, file: Path, csp: str) -> None:
        headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": csp,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept",
            "X-Content-Type-Options": "nosniff",
        }
        self._response = Response(file.read_bytes(), media_type="text/html", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(scope, receive, send)


def asset_routes(folder: Path) -> list[BaseRoute]:
    """GET and HEAD for exactly the files that lie in `folder` now; whatever else is asked for is a 404."""
    files = {entry.name: Path(entry.path) for entry in os.scandir(folder) if entry.is_file()}

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        file = files.get(name)
        if file is None or file.suffix not in CONTENT_TYPES:
            raise HTTPException(404)
        compressed = files.get(f"{name}.gz") if accepts_gzip(request) else None
        return asset_response(file, compressed)

    return [Route(f"{ASSETS_PATH}/{{name}}", asset, methods=["GET"])]


def accepts_gzip(request: Request) -> bool:
    """Whether the client names gzip among the codings it takes, without refusing it by `q=0`."""
    header = request.headers.get("accept-encoding", "").lower().replace(" ", "")
    codings = header.split(",")
    return any(coding.partition(";")[0] == "gzip" and not coding.endswith(";q=0") for coding in codings)


def asset_response(file: Path, compressed: Path | None) -> Response:
    headers = {
        "Cache-Control": cache_control(file.name),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if compressed is not None:
        headers["Content-Encoding"] = "gzip"
    return FileResponse(compressed or file, headers=headers, media_type=CONTENT_TYPES[file.suffix])


def cache_control(name: str) -> str:
    """A year for names that carry the hash of their content (`index-DP6IIP0L.js`), else ask each time."""
    return "public, max-age=31536000, immutable" if HASHED_NAME.fullmatch(name) else "no-cache"
