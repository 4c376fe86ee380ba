"""Secrets of credentials: 256 random bits behind a mark that says what they are (and that scanners know)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from server.kit.work import Work

KEY_MARK = "pm_"
SESSION_MARK = "pms_"
INVITATION_MARK = "pmi_"
RESET_MARK = "pmr_"
DEVICE_MARK = "pmd_"
CHALLENGE_MARK = "pmc_"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential with its secret, which is shown this once (Q012)."""

    id: str
    secret: str = field(repr=False)
    device_token: str | None = field(default=None, repr=False)
    """Of a session: what its device is known by at the next sign-in. It gives no authority."""


def new_one_time_code(work: Work) -> str:
    """Eight digits, to be typed over from a message. Its few guesses must be counted."""
    return f"{int.from_bytes(work.entropy.bytes(16), 'big') % 10**8:08d}"


def new_recovery_code(work: Work) -> str:
    """80 random bits as four groups of four letters and digits, to be written down."""
    text = base64.b32encode(work.entropy.bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def new_secret(work: Work, mark: str) -> str:
    """The mark and 52 lower-case letters and digits."""
    return mark + base64.b32encode(work.entropy.bytes(_SECRET_BYTES)).decode().rstrip("=").lower()
