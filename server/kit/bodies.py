"""Bodies of requests, read within a size and a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable


class BodyTooLarge(Exception):
    """There was more of it than is taken."""


async def read_body(stream: AsyncIterable[bytes], bytes_max: int, seconds_max: float) -> bytes:
    """The whole body, never holding more of it than the limit and one piece.

    Raises BodyTooLarge, TimeoutError, and what the stream raises when its sender goes.
    """
    body = bytearray()
    async with asyncio.timeout(seconds_max):
        async for piece in stream:
            body += piece
            if len(body) > bytes_max:
                raise BodyTooLarge
    return bytes(body)
