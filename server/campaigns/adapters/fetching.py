"""Small documents from hosts that were checked: over TLS, without redirects, within a size and a time."""

from __future__ import annotations

import asyncio
from typing import Protocol

import httpx

from server.campaigns.rules.connections import WebhookTerms


class FetchFailed(Exception):
    """There was no good answer."""


class Fetcher(Protocol):
    """Gets a document. The caller has checked the URL's scheme and host."""

    async def get(self, url: str) -> bytes:
        """Raises FetchFailed."""


class HttpsFetcher:
    """The internet."""

    def __init__(self, terms: WebhookTerms) -> None:
        self._terms = terms
        self._client = httpx.AsyncClient(follow_redirects=False, timeout=terms.fetch_seconds_max)

    async def get(self, url: str) -> bytes:
        body = bytearray()
        try:
            async with (
                asyncio.timeout(self._terms.fetch_seconds_max),
                self._client.stream("GET", url) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise FetchFailed
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > self._terms.fetched_bytes_max:
                        raise FetchFailed
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise FetchFailed from None
        return bytes(body)

    async def close(self) -> None:
        await self._client.aclose()
