"""Why a message came back: its enhanced status code (RFC 3463, RFC 5248), read and classified. No I/O."""

from __future__ import annotations

import re

from server.campaigns.rules.events import BounceClass

_TEXT_LENGTH_MAX = 2_000
_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)", re.ASCII)

# Class, subject and detail, each None for any; the first line that fits decides. What no line names is undetermined:
# an address is given up for certain reasons only.
_TABLE: tuple[tuple[tuple[int | None, int | None, int | None], BounceClass], ...] = (
    ((5, 7, None), BounceClass.BLOCK),  # security or policy: the sender's fault, and never the address's
    ((4, None, None), BounceClass.SOFT),
    ((None, 2, 2), BounceClass.SOFT),  # mailbox full
    ((None, 3, None), BounceClass.SOFT),  # the mail system: full, too big, not accepting
    ((5, 1, 1), BounceClass.HARD),  # no such mailbox
    ((5, 1, 2), BounceClass.HARD),  # no such system
    ((5, 1, 3), BounceClass.HARD),  # bad syntax of the address
    ((5, 1, 6), BounceClass.HARD),  # mailbox has moved
    ((5, 1, 10), BounceClass.HARD),  # null MX (RFC 7505)
    ((5, 4, 4), BounceClass.HARD),  # no route
)


def enhanced_code(*texts: str | None) -> str | None:
    """The first enhanced status code of a failure in the texts, such as "5.1.1"; None where none has one."""
    for text in texts:
        found = _ENHANCED.search(text[:_TEXT_LENGTH_MAX]) if text else None
        if found:
            return ".".join(str(int(part)) for part in found.groups())
    return None


def classify(code: str | None, told: BounceClass | None = None) -> BounceClass:
    """The class of a bounce with this enhanced status code.

    `told` is the provider's own class, which decides only where the code leaves it open.
    """
    decided = None if code is None else _by_table(code)
    return decided or told or BounceClass.UNDETERMINED


def _by_table(code: str) -> BounceClass | None:
    found = _ENHANCED.fullmatch(code)
    if found is None:
        return None
    parts = [int(part) for part in found.groups()]
    for pattern, decided in _TABLE:
        if all(wanted in (None, part) for wanted, part in zip(pattern, parts, strict=True)):
            return decided
    return None
