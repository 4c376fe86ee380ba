"""Pages for people beside the API: the landing page, the balance watcher, and the schema as text."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Route

from server.gateway.static_files import Page, file_routes

STATIC = Path(__file__).parent / "static"
LANDING = STATIC / "landing"
PACKAGED_WATCHER = STATIC / "examples" / "balance-watcher"
REPOSITORY_WATCHER = Path(__file__).parents[2] / "frontend-examples" / "balance-watcher"

LANDING_PATH = "/landing"
WATCHER_PATH = "/examples/balance-watcher"

CSP_LANDING = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CSP_WATCHER = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
CSP_TEXT = "default-src 'none'; frame-ancestors 'none'"


def pages(sdl: str | None) -> list[BaseRoute]:
    """GET and HEAD of every page; `sdl` is the text of /schema.graphql, if it is shown. The folders are read once."""
    watcher = watcher_folder()
    return [
        page("/", Page.of(LANDING / "index.html", CSP_LANDING)),
        *file_routes(LANDING_PATH, LANDING),
        page(f"{WATCHER_PATH}/", Page.of(watcher / "index.html", CSP_WATCHER)),
        *file_routes(WATCHER_PATH, watcher),
        *([] if sdl is None else [page("/schema.graphql", Page(sdl.encode(), CSP_TEXT, "text/plain"))]),
    ]


def watcher_folder() -> Path:
    """Where the wheel brings the watcher, or where it lies in the repository."""
    return PACKAGED_WATCHER if PACKAGED_WATCHER.is_dir() else REPOSITORY_WATCHER


def page(path: str, content: Page) -> BaseRoute:
    return Route(path, content, methods=["GET", "HEAD"])
