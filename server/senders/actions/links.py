"""Short-lived links: what they stand for, signed, so that nobody can make or change one."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from server.kit.work import Read
from server.senders.rules.documents import LinkUnknown

_LENGTH_MAX = 400


def link(read: Read, purpose: str, parts: Sequence[str]) -> str:
    """The parts (without dots) and their signature, as one word for a URL."""
    return ".".join([*parts, _signature(read, purpose, parts)])


def parts_of(read: Read, purpose: str, token: str, count: int) -> Sequence[str]:
    """The parts that were signed. Raises LinkUnknown for what was not made by `link` for this purpose."""
    *parts, signature = token[:_LENGTH_MAX].split(".")
    genuine = token.isascii() and hmac.compare_digest(signature, _signature(read, purpose, parts))
    if not genuine or len(parts) != count:
        raise LinkUnknown
    return parts


def _signature(read: Read, purpose: str, parts: Sequence[str]) -> str:
    return read.keyed_hash("sender_links", purpose.encode(), *(part.encode() for part in parts)).hex()
