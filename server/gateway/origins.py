"""Defence against other sites: cross-site request forgery and cross-site WebSocket hijacking.

A browser attaches the session cookie by itself, so a request that carries it must prove that it comes from
our own pages. A bearer token is attached by the client's code, which is proof enough.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

Headers = Mapping[bytes, bytes]


def may_use_cookie(headers: Headers, allowed_origins: Collection[str]) -> bool:
    """Whether a request may act with its session cookie.

    An `Origin` decides when there is one; without it the browser must say by `Sec-Fetch-Site` that the
    request is same-origin or typed by the user. A client that says neither should use a bearer token.
    """
    if b"origin" in headers:
        return may_connect(headers, allowed_origins)
    return headers.get(b"sec-fetch-site") in (b"same-origin", b"none")


def may_connect(headers: Headers, allowed_origins: Collection[str]) -> bool:
    """Whether a page of this origin may open a WebSocket. No `Origin`: not a browser."""
    origin = headers.get(b"origin")
    if origin is None:
        return True
    text = origin.decode("latin-1")
    return text in allowed_origins or _same_host(text, headers.get(b"host", b"").decode("latin-1"))


def _same_host(origin: str, host: str) -> bool:
    """Compares host and port. Not the scheme, which a proxy that terminates TLS may hide from us."""
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"//{host}")
        if theirs.scheme not in ("http", "https") or not theirs.hostname:
            return False
        default_port = 443 if theirs.scheme == "https" else 80
        same_port = (theirs.port or default_port) == (ours.port or default_port)
    except ValueError:
        return False
    return same_port and theirs.hostname == ours.hostname
