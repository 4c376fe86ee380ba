"""/unsubscribe/…: a POST unsubscribes with one click, as mail programs send it (RFC 8058); a GET shows a button.

The link is the authority: no session is asked for, and no cookie is read or set. A GET changes nothing, because
scanners of mail follow every link.
"""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server.campaigns.actions.suppression import unsubscribe
from server.campaigns.reads.suppression import UNSUBSCRIBE_PATH, unsubscribing_of
from server.campaigns.rules.suppression import UnsubscribeLinkUnknown
from server.kit.problems import PublicError
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units

BODY_BYTES_MAX = 4096
BODY_SECONDS_MAX = 10.0
_RETRY_AFTER_SECONDS = "5"
_HEADERS = {
    "Cache-Control": "no-store",
    # Nothing is run or loaded, and the button leads nowhere but here.
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body><main><h1>{title}</h1>
<p>{text}</p>{form}</main></body>
</html>
"""
_FORM = """
<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">
<button type="submit">Unsubscribe</button></form>"""


def routes(units: Units) -> list[BaseRoute]:
    """The routes of the unsubscribe links."""
    unsubscribing = Unsubscribing(units)
    path = f"{UNSUBSCRIBE_PATH}/{{token}}"
    return [
        Route(path, unsubscribing.show, methods=["GET"]),
        Route(path, unsubscribing.act, methods=["POST"]),
    ]


class Unsubscribing:
    """Shows the button, and does what it says."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def show(self, request: Request) -> Response:
        token = request.path_params["token"]
        try:
            await self._units.read(lambda read: unsubscribing_of(read, token))
        except UnsubscribeLinkUnknown:
            return _unknown()
        return _page("Unsubscribe", "Press the button to get no more of these messages.", _FORM)

    async def act(self, request: Request) -> Response:
        """The request itself is the wish: what its body says is read within bounds and changes nothing."""
        token = request.path_params["token"]
        try:
            if not await _is_short(request):
                return PlainTextResponse("Too large.\n", 413, headers=_HEADERS)
            await self._units.run(Call("unsubscribe", SYSTEM), lambda work: unsubscribe(work, token))
        except TimeoutError:
            return PlainTextResponse("Too slow.\n", 408, headers=_HEADERS)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except UnsubscribeLinkUnknown:
            return _unknown()
        except PublicError:
            headers = {**_HEADERS, "Retry-After": _RETRY_AFTER_SECONDS}
            return PlainTextResponse("The server is busy; try again.\n", 503, headers=headers)
        return _page("Unsubscribed", "You will get no more of these messages.", "")


async def _is_short(request: Request) -> bool:
    """Raises TimeoutError or ClientDisconnect."""
    size = 0
    async with asyncio.timeout(BODY_SECONDS_MAX):
        async for piece in request.stream():
            size += len(piece)
            if size > BODY_BYTES_MAX:
                return False
    return True


def _page(title: str, text: str, form: str) -> Response:
    return HTMLResponse(_PAGE.format(title=title, text=text, form=form), headers=_HEADERS)


def _unknown() -> Response:
    return PlainTextResponse("Not found.\n", 404, headers=_HEADERS)
