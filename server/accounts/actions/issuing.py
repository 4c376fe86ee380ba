"""Secrets of credentials: 256 random bits behind a mark that says what they are (and that scanners know)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from server.kit.work import Work

KEY_MARK = "pm_"
SESSION_MARK = "pms_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential with its secret, which is shown this once (Q012)."""

    id: str
    secret: str = field(repr=False)


def new_secret(work: Work, mark: str) -> str:
    """The mark and 52 lower-case letters and digits."""
    return mark + base64.b32encode(work.entropy.bytes(_SECRET_BYTES)).decode().rstrip("=").lower()
