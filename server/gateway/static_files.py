"""Files of this installation for browsers: exact names, fixed types, validators, and nothing else of the disk."""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

# Every kind of file that pages load. Not `mimetypes`, which reads the machine's own table.
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


class Page:
    """One text, held in memory, with the headers that keep a page to itself."""

    def __init__(self, body: bytes, csp: str, media_type: str = "text/html") -> None:
        self._body = body
        self._media_type = media_type
        self._headers = {
            "Cache-Control": "no-cache",
            "Content-Security-Policy": csp,
            "Cross-Origin-Opener-Policy": "same-origin",
            "ETag": f'"{sha256(body).hexdigest()[:32]}"',
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept",
            "X-Content-Type-Options": "nosniff",
        }

    @classmethod
    def of(cls, file: Path, csp: str) -> Page:
        return cls(file.read_bytes(), csp)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = Response(self._body, media_type=self._media_type, headers=self._headers)
        await unless_known(Request(scope), response)(scope, receive, send)


def file_routes(path: str, folder: Path) -> list[BaseRoute]:
    """GET and HEAD for exactly the files that lie in `folder` now; whatever else is asked for is a 404."""
    files = {entry.name: Path(entry.path) for entry in os.scandir(folder) if entry.is_file()}

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        file = files.get(name)
        if file is None or file.suffix not in CONTENT_TYPES:
            raise HTTPException(404)
        compressed = files.get(f"{name}.gz") if accepts_gzip(request) else None
        return unless_known(request, file_response(file, compressed))

    return [Route(f"{path}/{{name}}", answer, methods=["GET"])]


def accepts_gzip(request: Request) -> bool:
    """Whether the client names gzip among the codings it takes, without refusing it by `q=0`."""
    header = request.headers.get("accept-encoding", "").lower().replace(" ", "")
    codings = header.split(",")
    return any(coding.partition(";")[0] == "gzip" and not coding.endswith(";q=0") for coding in codings)


def file_response(file: Path, compressed: Path | None) -> Response:
    headers = {
        "Cache-Control": cache_control(file.name),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if file.suffix == ".svg":  # opened by itself, an SVG is a page that may run script
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    if compressed is not None:
        headers["Content-Encoding"] = "gzip"
    sent = compressed or file
    return FileResponse(sent, headers=headers, media_type=CONTENT_TYPES[file.suffix], stat_result=sent.stat())


def cache_control(name: str) -> str:
    """A year for names that carry the hash of their content (`index-DP6IIP0L.js`), else ask each time."""
    return "public, max-age=31536000, immutable" if HASHED_NAME.fullmatch(name) else "no-cache"


def unless_known(request: Request, response: Response) -> Response:
    """304 without a body when the client holds this very version (RFC 9110 §13.1.2), else `response`."""
    held = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if response.headers["etag"] not in held:
        return response
    about_the_body = ("content-length", "content-type", "content-encoding", "accept-ranges")
    headers = {name: value for name, value in response.headers.items() if name not in about_the_body}
    return Response(status_code=304, headers=headers)
