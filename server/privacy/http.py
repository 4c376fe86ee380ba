"""GET /data-exports/…: a package, once, through a link that was asked for a moment ago. The link is the authority.

It is streamed piece by piece, in constant memory. A refusal is answered as JSON, with its code and message.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from server.kit.problems import PublicError, Refusal
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from server.privacy.actions.exporting import followed, use_link
from server.privacy.reads import exporting as reads
from server.privacy.reads.exporting import ExportRow
from server.privacy.rules.exporting import (
    PACKAGES_PATH,
    DataExportStatusConflict,
    PackageLinkExpired,
    PackageLinkUnknown,
    PackageLinkUsed,
    PackageTerms,
)

_STATUS: Mapping[type[Refusal], int] = {
    PackageLinkUnknown: 404,
    PackageLinkExpired: 410,
    PackageLinkUsed: 410,
    DataExportStatusConflict: 410,
}
_RETRY_AFTER_SECONDS = 5
_PRIVATE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def routes(units: Units) -> list[BaseRoute]:
    """The route of packages."""
    return [Route(f"{PACKAGES_PATH}/{{token}}", Packages(units).get, methods=["GET"])]


class Packages:
    """Hands packages out, a bounded number at a time."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._terms = units.house.terms.get(PackageTerms)
        self._running = 0

    async def get(self, request: Request) -> Response:
        if request.method == "HEAD":  # a preview of the link must not use it up
            return Response(status_code=405, headers={**_PRIVATE, "Allow": "GET"})
        if self._running >= self._terms.downloads_at_once_max:
            return _busy()
        try:
            row = await self._used(request.path_params["token"])
        except (Refusal, PublicError) as refused:
            return _refusal(refused)
        return StreamingResponse(
            self._pieces(row),
            media_type="application/zip",
            headers={
                **_PRIVATE,
                "Content-Length": str(row.size_bytes),
                "Content-Disposition": f'attachment; filename="{row.id}.zip"',
            },
        )

    async def _used(self, token: str) -> ExportRow:
        link = await self._units.read(lambda read: followed(read, token))
        call = Call(
            "downloadDataExport", Viewer(link.account_id, link.credential_id), subjects=link.export_id
        )
        return await self._units.run(call, lambda work: use_link(work, link))

    async def _pieces(self, row: ExportRow) -> AsyncIterator[bytes]:
        self._running += 1
        try:
            for position in range(row.chunks):
                read = partial(reads.chunk, export_id=row.id, position=position)
                piece = await self._units.read(read)
                if piece is None:
                    return  # it was deleted meanwhile: the length tells that there is less
                yield piece
        finally:
            self._running -= 1


def _refusal(refused: Refusal | PublicError) -> JSONResponse:
    if isinstance(refused, PublicError):
        status = 403 if refused.code == "UNAUTHENTICATED" else 503
    else:
        status = _STATUS[type(refused)]
    return JSONResponse({"code": refused.code, "message": refused.message}, status, headers=_PRIVATE)


def _busy() -> JSONResponse:
    body = {"code": "OVERLOADED", "message": "Too many downloads are running; try again."}
    return JSONResponse(body, 503, headers={**_PRIVATE, "Retry-After": str(_RETRY_AFTER_SECONDS)})
