"""What a client is answered where an endpoint raises: the fault if it is public, and else only that there was one."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.gateway.errors import TransportError, internal_error, log_bug, refusal_of
from server.gateway.identity import request_id_of
from server.kit.problems import PublicError


class LastResort:
    """Wraps the routes, inside of all that adds headers to answers: Starlette's own answer to a bug would miss them.

    A database that is locked, full or away is 503 with the code that `/graphql` gives it. A bug is 500 without a word
    of it; the log has the trace, under the request's id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as failure:
            if has_begun:
                raise  # what was sent is a promise of the rest: the server cuts the connection
            await _answer(failure, scope)(scope, receive, send)


def _answer(failure: Exception, scope: Scope) -> Response:
    if isinstance(failure, PublicError):
        refusal = refusal_of(failure)
    else:
        request_id = request_id_of(dict(scope["headers"])) or ""
        log_bug(failure, request_id)
        error = internal_error(request_id)
        refusal = TransportError(500, "INTERNAL", error.message, extensions=error.extensions or {})
    headers = {name.decode("ascii"): value.decode("ascii") for name, value in refusal.headers}
    return Response(refusal.body, refusal.status, headers, media_type="application/json")
