"""The links of documents: signed, so that nobody can make or change one."""

from __future__ import annotations

from collections.abc import Sequence

from server.kit import links
from server.kit.work import Read
from server.senders.rules.documents import LinkUnknown

_SECRET = "sender_links"  # noqa: S105 - its name


def link(read: Read, purpose: str, parts: Sequence[str]) -> str:
    """The parts (without dots) and their signature, as one word for a URL."""
    return links.link(read, _SECRET, purpose, parts)


def parts_of(read: Read, purpose: str, token: str, count: int) -> Sequence[str]:
    """The parts that were signed. Raises LinkUnknown for what was not made by `link` for this purpose."""
    parts = links.parts_of(read, _SECRET, purpose, token, count)
    if parts is None:
        raise LinkUnknown
    return parts
