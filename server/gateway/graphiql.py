"""GraphiQL for browsers at /graphql, served from this installation and never from another host.

hatch_build.py builds frontend-examples/graphiql into `static/graphiql`. Where that did not run, a page
without script tells how; a page that loads GraphiQL from a CDN is served only if the operator asked for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from server.gateway.static_files import Page, file_routes

STATIC = Path(__file__).parent / "static"
BUILT = STATIC / "graphiql"
FALLBACK = STATIC / "ide"
ASSETS_PATH = "/graphql/assets"

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
        return Graphiql(Page.of(built / "index.html", CSP_BUILT), file_routes(ASSETS_PATH, built / "assets"))
    if cdn:
        return Graphiql(Page.of(FALLBACK / "cdn.html", csp_of_cdn_page()), file_routes(ASSETS_PATH, FALLBACK))
    return Graphiql(Page.of(FALLBACK / "not_built.html", CSP_NOT_BUILT), [])


def csp_of_cdn_page() -> str:
    """Allows exactly the files that cdn.html names, each of which carries its integrity hash."""
    page = (FALLBACK / "cdn.html").read_text()
    scripts = " ".join(re.findall(r'src="(https://[^"]+)"', page))
    styles = " ".join(re.findall(r'href="(https://[^"]+)"', page))
    return (
        f"default-src 'none'; script-src 'self' {scripts}; connect-src 'self'; "
        f"style-src 'unsafe-inline' {styles}; font-src data:; img-src 'self' data:; {NO_FRAMES}"
    )
