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
        self._opened: httpx.AsyncClient | None = None

    async def get(self, url: str) -> bytes:
        body, client = bytearray(), self._client
        try:
            async with (
                asyncio.timeout(self._terms.fetch_seconds_max),
                client.stream("GET", url) as response,
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
        if self._opened is not None:
            await self._opened.aclose()

    @property
    def _client(self) -> httpx.AsyncClient:
        """Made when it is first needed: reading the authorities' certificates takes a while."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(follow_redirects=False, timeout=self._terms.fetch_seconds_max)
        return self._opened
