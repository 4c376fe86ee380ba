"""Who sent a request: its headers, credentials and facts, and the cookies that answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import Any

from server.gateway.negotiate import preferred_language
from server.gateway.ports import RequestFacts, Scope
from server.kit.card_numbers import holds_card_number
from server.kit.graph.context import Cookie
from server.kit.viewer import Credentials

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
_TOKEN_LENGTH_MAX = 512
_MALFORMED = ""
"""Credentials that are no token at all: no authenticator accepts them, so the client is told 401."""


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers by lower-case name; repeated ones are joined (RFC 9110 §5.3; cookies: RFC 9113 §8.2.3)."""
    pairs: list[tuple[bytes, bytes]] = scope["headers"]
    headers = dict(pairs)
    if len(headers) != len(pairs):
        headers = {}
        for name, value in pairs:
            separator = b"; " if name == b"cookie" else b", "
            headers[name] = headers[name] + separator + value if name in headers else value
    return headers


def is_secure(scope: Scope) -> bool:
    return scope["scheme"] in ("https", "wss")


def credentials_of(headers: dict[bytes, bytes], cookie_name: str, secure: bool) -> Credentials:
    """`Authorization: Bearer …`, `X-Api-Key: …`, or both where both are asked for; else the session cookie.

    `X-On-Behalf-Of` names an account that the sender's manages.
    """
    behalf = headers.get(b"x-on-behalf-of")
    found = _credentials_of(headers, cookie_name, secure)
    return found if behalf is None else replace(found, on_behalf_of=_token(behalf.decode("latin-1").strip()))


def _credentials_of(headers: dict[bytes, bytes], cookie_name: str, secure: bool) -> Credentials:
    authorization = headers.get(b"authorization")
    bearer = _bearer(authorization.decode("latin-1")) if authorization is not None else None
    key = _token(headers[b"x-api-key"].decode("latin-1").strip()) if b"x-api-key" in headers else None
    if bearer is not None or key is not None:
        return _of_tokens(bearer, key)
    if b"cookie" in headers:
        return Credentials(session_cookie=_cookie(headers[b"cookie"], _wire_name(cookie_name, secure)))
    return Credentials()


def credentials_of_init(payload: dict[str, Any]) -> Credentials:
    """From the payload of `connection_init`: `authorization: "Bearer …"`, `apiKey: "…"` or both, in any case.

    `onBehalfOf` beside them names an account that the sender's manages. What is named but null is refused as
    any other wrong value is: a client that lost its key must not go on as somebody else.
    """
    said = {name.lower(): value for name, value in payload.items()}
    found = _of_tokens(_said(said, "authorization", _bearer), _said(said, "apikey", _token))
    behalf = _said(said, "onbehalfof", _token)
    return found if behalf is None else replace(found, on_behalf_of=behalf)


def _of_tokens(bearer: str | None, key: str | None) -> Credentials:
    """A key alone is as good as the same key as bearer token."""
    return Credentials(bearer=key) if bearer is None else Credentials(bearer=bearer, api_key=key)


def _said(said: dict[str, Any], name: str, read: Callable[[str], str]) -> str | None:
    if name not in said:
        return None
    return read(said[name]) if isinstance(said[name], str) else _MALFORMED


def _token(text: str) -> str:
    return text if len(text) <= _TOKEN_LENGTH_MAX else _MALFORMED


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and len(token) <= _TOKEN_LENGTH_MAX else _MALFORMED


def _cookie(header: bytes, name: str) -> str | None:
    for part in header.decode("latin-1").split(";"):
        key, _, value = part.partition("=")
        if key.strip() == name:
            value = value.strip()
            return value if len(value) <= _TOKEN_LENGTH_MAX else _MALFORMED
    return None


def _wire_name(name: str, secure: bool) -> str:
    """Over TLS, `__Host-` has browsers refuse the cookie from other hosts and paths (RFC 6265bis §4.1.3)."""
    return f"__Host-{name}" if secure else name


def set_cookie_headers(cookies: Iterable[Cookie], secure: bool) -> list[tuple[bytes, bytes]]:
    return [(b"set-cookie", _set_cookie(cookie, secure)) for cookie in cookies]


def expired_cookie_headers(name: str, secure: bool) -> list[tuple[bytes, bytes]]:
    """Have the browser forget a cookie."""
    return set_cookie_headers([Cookie(name, "", 0)], secure)


def _set_cookie(cookie: Cookie, secure: bool) -> bytes:
    try:
        jar: SimpleCookie = SimpleCookie({_wire_name(cookie.name, secure): cookie.value})
    except CookieError as error:
        raise ValueError(f"{cookie.name!r} is not a cookie name") from error
    (morsel,) = jar.values()
    morsel["path"] = "/"
    morsel["samesite"] = "Strict"
    morsel["httponly"] = True
    morsel["secure"] = secure
    morsel["max-age"] = cookie.max_age_seconds if cookie.value else 0
    return morsel.OutputString().encode("latin-1")


def request_id_of(headers: dict[bytes, bytes]) -> str | None:
    """The id that a proxy or client chose, when it is short and plain enough to appear in logs."""
    value = headers.get(b"x-request-id")
    if value is None or not _REQUEST_ID.match(value):
        return None
    text = value.decode("ascii")
    return None if holds_card_number(text) else text


def address_of(scope: Scope) -> str | None:
    """Where the request comes from, as the HTTP server or a proxy that it trusts says."""
    client = scope.get("client")
    return client[0] if client else None


def facts_of(scope: Scope, headers: dict[bytes, bytes], request_id: str) -> RequestFacts:
    user_agent = headers.get(b"user-agent")
    return RequestFacts(
        request_id=request_id,
        language=preferred_language(headers.get(b"accept-language")),
        remote_address=address_of(scope),
        user_agent=user_agent.decode("latin-1")[:512] if user_agent is not None else None,
        channel="WEBSOCKET" if scope["type"] == "websocket" else "HTTP",
    )
