"""`/policy` and `/policy/api-changes`: the policy, and what changed in the API, as pages without a sign-in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from server.kit.work import Units
from server.policy.adapters.api_page import API_PATH, CHANGES_SHOWN_MAX, api_page
from server.policy.adapters.page import PATH, content_security_policy, page
from server.policy.reads.api_changes import changes
from server.policy.rules.publishing import Published


def routes(units: Units) -> list[BaseRoute]:
    """GET and HEAD of the page, with `document` and `language` in the query."""
    methods = ["GET", "HEAD"]
    return [
        Route(PATH, PolicyPage(units), methods=methods),
        Route(API_PATH, ApiChangesPage(units), methods=methods),
    ]


class PolicyPage:
    """Answers from the profile in memory; nothing is read from the database."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        published = self._units.house.terms.get(Published)
        profile = published.profile
        document = profile.document(request.query_params.get("document", profile.policy.name))
        language = request.query_params.get("language") or _preferred(request, profile.languages)
        if document is None or (language is not None and language not in profile.languages):
            return PlainTextResponse(
                "There is no such document, or not in this language.\n", 404, headers=_HEADERS
            )
        html = page(published, document, language or profile.authentic)
        return HTMLResponse(html, headers=_HEADERS | {"Content-Security-Policy": content_security_policy()})


class ApiChangesPage:
    """Answers with the newest changes of the API (M142)."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        published = self._units.house.terms.get(Published)
        preferred = _preferred(Request(scope), published.profile.languages)
        rows = await self._units.read(lambda read: changes(read, CHANGES_SHOWN_MAX))
        html = api_page(rows, published.wordings.of(preferred or published.profile.authentic))
        headers = _HEADERS | {"Content-Security-Policy": content_security_policy()}
        await HTMLResponse(html, headers=headers)(scope, receive, send)


def _preferred(request: Request, languages: tuple[str, ...]) -> str | None:
    """The first language of the browser that the policy is published in; weights are not heeded."""
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag = part.strip()[:2].lower()
        if tag in languages:
            return tag
    return None


_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
}
