"""Documents over plain HTTP: PUT to an upload link, GET of a view link. The link is the authority.

A refused upload is answered as JSON, with the refusal's code and message. Nothing of a document is ever logged.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server.kit.bodies import BodyTooLarge, read_body
from server.kit.problems import PublicError, Refusal
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from server.senders.actions.documents import (
    Expected,
    Shown,
    expected_upload,
    reviewer_of,
    store_document,
    take_upload,
    view_document,
)
from server.senders.rules import SenderNotFound, SenderStatusConflict, Terms
from server.senders.rules.documents import (
    UPLOADS_PATH,
    VIEWS_PATH,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    SenderDocumentNotFound,
    UploadContentInvalid,
    UploadLengthMissing,
    UploadSizeMismatch,
    UploadTooSlow,
    UploadTypeMismatch,
)

_RETRY_AFTER_SECONDS = 5
_STATUS: Mapping[type[Refusal], int] = {
    LinkUnknown: 404,
    LinkExpired: 410,
    LinkUsed: 410,
    SenderNotFound: 404,
    SenderDocumentNotFound: 404,
    SenderStatusConflict: 409,
    UploadLengthMissing: 411,
    UploadSizeMismatch: 400,
    UploadTypeMismatch: 415,
    UploadTooSlow: 408,
    UploadContentInvalid: 422,
}
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_ATTACHED = {
    **_PRIVATE,
    "Content-Disposition": "attachment",
    # Opened all the same, a document runs nothing and loads nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def routes(units: Units) -> list[BaseRoute]:
    """The routes of uploads and views."""
    uploads = Uploads(units)
    views = Views(units)
    return [
        Route(f"{UPLOADS_PATH}/{{token}}", uploads.put, methods=["PUT"]),
        Route(f"{VIEWS_PATH}/{{token}}", views.get, methods=["GET"]),
    ]


class Uploads:
    """Takes documents in, a bounded number at a time, each within its time and its announced size."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._terms = units.house.terms.get(Terms)
        self._running = 0

    async def put(self, request: Request) -> Response:
        if self._running >= self._terms.uploads_at_once_max:
            return _busy()
        self._running += 1
        try:
            await self._take_in(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except (Refusal, PublicError) as refused:
            return _refusal(refused)
        finally:
            self._running -= 1
        return JSONResponse({"stored": True}, 201, headers=_PRIVATE)

    async def _take_in(self, request: Request) -> None:
        """Raises a Refusal, PublicError, or ClientDisconnect; then nothing was kept."""
        token = request.path_params["token"]
        expected = await self._units.read(lambda read: expected_upload(read, token))
        _check_headers(request, expected)
        await self._units.run_unaudited(lambda work: take_upload(work, expected.document_id))
        content = await self._content(request, expected.size_bytes)
        call = Call("uploadSenderDocument", Viewer(expected.account_id, expected.requested_by))
        await self._units.run(call, lambda work: store_document(work, expected.document_id, content))

    async def _content(self, request: Request, size_bytes: int) -> bytes:
        """The body, never more of it than was announced and one piece. Raises UploadTooSlow, UploadSizeMismatch."""
        try:
            return await read_body(request.stream(), size_bytes, self._terms.upload_seconds_max)
        except BodyTooLarge:
            raise UploadSizeMismatch(size_bytes) from None
        except TimeoutError:
            raise UploadTooSlow from None


class Views:
    """Shows a document to the reviewer for whom its link was made, while their credential is good."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def get(self, request: Request) -> Response:
        try:
            shown = await self._shown(request.path_params["token"])
        except (Refusal, PublicError) as refused:
            return _refusal(refused)
        return Response(shown.content, media_type=shown.content_type.value, headers=_ATTACHED)

    async def _shown(self, token: str) -> Shown:
        reviewer = await self._units.read(lambda read: reviewer_of(read, token))
        call = Call("viewSenderDocument", Viewer(reviewer.account_id, reviewer.credential_id))
        return await self._units.run(call, lambda work: view_document(work, token))


def _check_headers(request: Request, expected: Expected) -> None:
    """Raises UploadTypeMismatch, UploadLengthMissing or UploadSizeMismatch, before the link is used up."""
    headers = request.headers
    if headers.get("content-type") != expected.content_type.value:
        raise UploadTypeMismatch
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or "content-encoding" in headers:
        raise UploadLengthMissing
    if len(length) > 19 or int(length) != expected.size_bytes:
        raise UploadSizeMismatch(expected.size_bytes)


def _refusal(refused: Refusal | PublicError) -> JSONResponse:
    """Raises a refusal that no upload and no view can meet: a bug."""
    if isinstance(refused, PublicError):
        status = 403 if refused.code == "UNAUTHENTICATED" else 503
    elif type(refused) in _STATUS:
        status = _STATUS[type(refused)]
    else:
        raise refused
    return JSONResponse({"code": refused.code, "message": refused.message}, status, headers=_PRIVATE)


def _busy() -> JSONResponse:
    body = {"code": "OVERLOADED", "message": "Too many uploads are running; try again."}
    return JSONResponse(body, 503, headers={**_PRIVATE, "Retry-After": str(_RETRY_AFTER_SECONDS)})
