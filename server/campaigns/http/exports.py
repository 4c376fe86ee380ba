"""GET /exports/…: statistics, lists and messages as CSV or XLSX, through signed links, streamed in constant memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from server.campaigns.reads.exports import HEADERS, Page, followed, rows_after
from server.campaigns.rules.exports import EXPORTS_PATH, Export, ExportFault, ExportFormat, ExportTerms
from server.kit.sheets import Workbook, csv_lines
from server.kit.work import Units

_MEDIA_TYPE = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_PIECE_BYTES = 64 * 1024
_RETRY_AFTER_SECONDS = 5


def routes(units: Units) -> list[BaseRoute]:
    """The route of all exports. No session is asked for: the link's signature is the permission."""
    return [Route(f"{EXPORTS_PATH}/{{name}}", Exports(units).get, methods=["GET"])]


class Exports:
    """Writes files, a bounded number at a time."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._terms = units.house.terms.get(ExportTerms)
        self._running = 0

    async def get(self, request: Request) -> Response:
        name, query = request.path_params["name"], request.query_params
        export = await self._units.read(lambda read: followed(read, name, query))
        if isinstance(export, ExportFault):
            return _refusal(export)
        if self._running >= self._terms.exports_at_once_max:
            headers = {**_HEADERS, "Retry-After": str(_RETRY_AFTER_SECONDS)}
            return PlainTextResponse("Too many exports are running; try again.\n", 503, headers=headers)
        pieces = self._csv(export) if export.format is ExportFormat.CSV else self._xlsx(export)
        disposition = f'attachment; filename="{export.kind.value.lower()}.{export.format.value}"'
        return StreamingResponse(
            self._counted(pieces),
            media_type=_MEDIA_TYPE[export.format],
            headers={**_HEADERS, "Content-Disposition": disposition},
        )

    async def _counted(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        self._running += 1
        try:
            async for piece in pieces:
                yield piece
        finally:
            self._running -= 1

    async def _pages(self, export: Export) -> AsyncIterator[Page]:
        after: str | None = None
        while True:
            page = await self._units.read(partial(rows_after, export=export, after=after))
            yield page
            after = page.after
            if after is None:
                return

    async def _csv(self, export: Export) -> AsyncIterator[bytes]:
        yield csv_lines([HEADERS[export.kind]])
        async for page in self._pages(export):
            yield csv_lines(page.rows)

    async def _xlsx(self, export: Export) -> AsyncIterator[bytes]:
        """The file is written to a folder of its own first: its directory of parts comes last."""
        with tempfile.TemporaryDirectory(prefix="export") as folder:
            path = Path(folder, "export.xlsx")
            book = Workbook(path, HEADERS[export.kind], self._terms.sheet_rows_max)
            async for page in self._pages(export):
                await asyncio.to_thread(book.add, page.rows)
            await asyncio.to_thread(book.close)
            with await asyncio.to_thread(path.open, "rb") as file:
                while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                    yield piece


def _refusal(fault: ExportFault) -> Response:
    if fault is ExportFault.EXPIRED:
        return PlainTextResponse("This link has expired.\n", 410, headers=_HEADERS)
    return PlainTextResponse("Not found.\n", 404, headers=_HEADERS)
