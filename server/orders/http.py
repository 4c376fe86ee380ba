"""GET /documents/…: invoices, credit notes and receipts as a page or a PDF, through signed links."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server.kit.problems import PublicError
from server.kit.work import Read, Units
from server.orders.adapters.page import content_security_policy, page
from server.orders.adapters.printer import RETRY_AFTER_SECONDS, Printer, PrintFailed
from server.orders.adapters.sheet import Sheet, sheet_of
from server.orders.reads.invoices import invoice
from server.orders.reads.links import Form, LinkFault, followed

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_UNSAFE_IN_NAME = re.compile(r"[^A-Za-z0-9-]")


def documents(units: Units, printer: Printer) -> list[BaseRoute]:
    """The route of all documents. No session is asked for: the link's signature is the permission."""

    async def answer(request: Request) -> Response:
        query = request.query_params
        name, expires, signature = (
            request.path_params["name"],
            query.get("expires", ""),
            query.get("signature", ""),
        )
        found = await units.read(lambda read: _find(read, name, expires, signature))
        if isinstance(found, LinkFault):
            return _refusal(found)
        form, sheet = found
        return _page(sheet) if form is Form.HTML else await _pdf(sheet, printer)

    return [Route("/documents/{name}", answer, methods=["GET"])]


def _find(read: Read, name: str, expires: str, signature: str) -> tuple[Form, Sheet] | LinkFault:
    link = followed(read, name, expires, signature)
    if isinstance(link, LinkFault):
        return link
    row = invoice(read, link.invoice_id)
    return LinkFault.UNKNOWN if row is None else (link.form, sheet_of(read, row))


def _refusal(fault: LinkFault) -> Response:
    if fault is LinkFault.EXPIRED:
        return PlainTextResponse("This link has expired.\n", 410, headers=_HEADERS)
    return PlainTextResponse("Not found.\n", 404, headers=_HEADERS)


def _page(sheet: Sheet) -> Response:
    headers = {
        **_HEADERS,
        "Content-Security-Policy": content_security_policy(),
        "Content-Disposition": _disposition("inline", sheet, Form.HTML),
        "Content-Language": sheet.language,
    }
    return Response(page(sheet), media_type="text/html", headers=headers)


async def _pdf(sheet: Sheet, printer: Printer) -> Response:
    try:
        made = await printer.pdf(sheet)
    except (PrintFailed, PublicError):
        headers = {**_HEADERS, "Retry-After": str(RETRY_AFTER_SECONDS)}
        return PlainTextResponse("The document cannot be printed now; try again.\n", 503, headers=headers)
    disposition = _disposition("attachment", sheet, Form.PDF)
    headers = {**_HEADERS, "Content-Disposition": disposition, "Content-Language": sheet.language}
    return Response(made, media_type="application/pdf", headers=headers)


def _disposition(kind: str, sheet: Sheet, form: Form) -> str:
    name = _UNSAFE_IN_NAME.sub("", sheet.number)
    return f'{kind}; filename="{name}.{form.value}"'
