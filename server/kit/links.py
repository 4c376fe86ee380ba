"""Short-lived links: what they stand for, signed, so that nobody can make or change one."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from server.kit.work import Read

_LENGTH_MAX = 400


def link(read: Read, secret: str, purpose: str, parts: Sequence[str]) -> str:
    """The parts (without dots) and their signature by that secret of the server, as one word for a URL."""
    return ".".join([*parts, _signature(read, secret, purpose, parts)])


def parts_of(read: Read, secret: str, purpose: str, token: str, count: int) -> Sequence[str] | None:
    """The parts that were signed; None for what was not made by `link` for this purpose."""
    *parts, signature = token[:_LENGTH_MAX].split(".")
    genuine = token.isascii() and hmac.compare_digest(signature, _signature(read, secret, purpose, parts))
    return parts if genuine and len(parts) == count else None


def _signature(read: Read, secret: str, purpose: str, parts: Sequence[str]) -> str:
    return read.keyed_hash(secret, purpose.encode(), *(part.encode() for part in parts)).hex()
