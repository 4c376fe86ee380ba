"""gzip for answers that are large enough to gain by it (RFC 9110 §8.4.1.3).

Compression tells a little of what it compresses by the length (BREACH): a secret leaks when somebody can have it
sent over and over beside texts that he chose. So a mutation's answer, which alone carries tokens, keys and codes, is
never compressed. Nobody else can make a browser send a query under the session of its user (`origins.py`), and a
bearer token is attached by the client's own code.
"""

from __future__ import annotations

import asyncio
import gzip
from functools import lru_cache, partial

from server.gateway.negotiate import weights

_LEVEL = 1
"""The quickest: it takes a list of orders to a sixth of its size, the slowest to an eighth in four times the time."""
_ON_THE_LOOP_BYTES_MAX = 32 * 1024
"""About a millisecond; more is compressed on a thread."""

GZIP = (b"content-encoding", b"gzip")


@lru_cache(maxsize=64)
def accepts_gzip(accept_encoding: bytes) -> bool:
    """Whether a client takes gzip by name, or anything."""
    given = weights(accept_encoding)
    return given.get("gzip", given.get("*", 0.0)) > 0


async def compressed(body: bytes) -> bytes:
    """The body as gzip, without a time in it."""
    work = partial(gzip.compress, body, _LEVEL, mtime=0)
    return work() if len(body) <= _ON_THE_LOOP_BYTES_MAX else await asyncio.to_thread(work)
