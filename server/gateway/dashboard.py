"""The dashboard for browsers at /dashboard/, served from this installation and never from another host.

hatch_build.py builds frontend-examples/dashboard into `static/dashboard`. Its pages have addresses of their own, all of
which are the same document; where the build did not run, a page without script tells how.
"""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Route

from server.gateway.graphiql import CSP_NOT_BUILT, FALLBACK, NO_FRAMES, STATIC
from server.gateway.static_files import Page, file_routes

BUILT = STATIC / "dashboard"
PATH = "/dashboard"

CSP_BUILT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    f"{NO_FRAMES}"
)


def dashboard(*, built: Path = BUILT) -> list[BaseRoute]:
    """GET and HEAD of the document, under every address below /dashboard, and of the files that it loads.

    The folder is read once: a build made while the server runs shows after a restart.
    """
    is_built = (built / "index.html").is_file()
    files = file_routes(f"{PATH}/assets", built / "assets") if is_built else []
    page = (
        Page.of(built / "index.html", CSP_BUILT)
        if is_built
        else Page.of(FALLBACK / "dashboard_not_built.html", CSP_NOT_BUILT)
    )
    paths = (PATH, f"{PATH}/{{path:path}}")
    return [*files, *(Route(path, page, methods=["GET", "HEAD"]) for path in paths)]
