"""Whether an answer under load is the right one."""

from __future__ import annotations

_EXTENSIONS = b',"extensions":'


class Same:
    """Every answer's data is, byte for byte, the first one's.

    Behind the data Postmeter reports what the query cost and what is left, which differs.
    """

    def __init__(self) -> None:
        self._expected: bytes | None = None

    def __call__(self, body: bytes) -> bool:
        data = body.partition(_EXTENSIONS)[0]
        if self._expected is None and b'"errors"' not in body:
            self._expected = data
        return data == self._expected


def charged(body: bytes) -> bool:
    """A debit that was made now, and is not the repetition of another."""
    return b'"__typename":"UsageRecorded"' in body and b'"replayed":false' in body
