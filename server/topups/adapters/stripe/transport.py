"""How the library's requests travel: httpx on the event loop, with our limits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx
import stripe

CONNECT_SECONDS_MAX = 4.0
ANSWER_SECONDS_MAX = 12.0
CONNECTIONS_MAX = 20


class Transport(stripe.HTTPClient):
    """The library has one for httpx, too; it sends bodies in a way that httpx is about to drop.

    A broken connection may be tried again, under the same idempotency key. No answer in time may not: the charge would
    outlive the patience of whoever waits for it.
    """

    name = "httpx"

    def __init__(self) -> None:
        super().__init__()
        self.client = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX),
        )

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: str | None = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            response = await self.client.request(method, url, headers=headers, content=post_data)
        except httpx.TimeoutException as error:
            raise _failed(retry=False) from error
        except httpx.HTTPError as error:
            raise _failed(retry=True) from error
        return response.content, response.status_code, response.headers

    async def sleep_async(self, secs: float) -> None:
        """Between two tries."""
        await asyncio.sleep(secs)

    async def close_async(self) -> None:
        await self.client.aclose()


def _failed(*, retry: bool) -> stripe.APIConnectionError:
    return stripe.APIConnectionError("no answer", should_retry=retry)  # type: ignore[no-untyped-call]
