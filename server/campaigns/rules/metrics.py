"""What is counted of a campaign, and how an instant and its facets become one number. No I/O.

A *moment* is the second of an event with its facets (receiving domain, country, device) below it: the smaller of two
moments is the earlier event, and for two events of one second the choice does not depend on their order of arrival.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from enum import IntEnum

from server.campaigns.rules.events import BounceClass, Device, EventKind

BUCKET_SECONDS = 15 * 60
"""Quarter hours in UTC: the zones at :30 and :45 begin their days and hours on one too."""
FACET_BITS = 30
FACET_MASK = (1 << FACET_BITS) - 1
_DOMAIN_SHIFT, _COUNTRY_SHIFT = 13, 3
STATE_HASH_BYTES = 16
"""Of the hash of an address: enough to tell the recipients of one campaign apart."""
_DOMAIN_MASK = (1 << (FACET_BITS - _DOMAIN_SHIFT)) - 1
DOMAINS_MAX = _DOMAIN_MASK // 2
"""Receiving domains of one campaign that are told apart; later ones are counted without one."""

COUNTS = (
    "accepted",
    "dropped",
    "delivered",
    "deferred",
    "bounced_hard",
    "bounced_soft",
    "bounced_block",
    "bounced_undetermined",
    "opened",
    "opened_machine",
    "opened_bot",
    "clicked",
    "clicked_machine",
    "clicked_bot",
    "unsubscribed",
    "complained",
)
"""Columns that count events. Those by machines and by suspected bots are among `opened` and `clicked` too."""
UNIQUES = (
    "accepted_unique",
    "delivered_unique",
    "opened_unique",
    "opened_human_unique",
    "clicked_unique",
    "clicked_human_unique",
    "unsubscribed_unique",
    "complained_unique",
    "bounced_hard_unique",
    "bounced_soft_unique",
    "bounced_block_unique",
    "bounced_undetermined_unique",
)
"""Columns that count recipients, each at its first event of the kind; a bounced one by the class of its first."""
COLUMNS = (*COUNTS, *UNIQUES, "segments")
"""All that is counted. `segments` are those of accepted SMS."""
WIDTH = len(COLUMNS)
COLUMN: Mapping[str, int] = {name: position for position, name in enumerate(COLUMNS)}

FIRSTS = tuple(name for name in UNIQUES if not name.startswith("bounced"))
"""What is kept of each recipient: the moment of its first event of these kinds. First bounces are kept apart, because
they are deleted sooner (M094, M095)."""

CLASSES = tuple(BounceClass)
DEVICES = (None, *Device)
KIND_COLUMN: Mapping[EventKind, int] = {
    EventKind.ACCEPTED: COLUMN["accepted"],
    EventKind.DROPPED: COLUMN["dropped"],
    EventKind.DELIVERED: COLUMN["delivered"],
    EventKind.DEFERRED: COLUMN["deferred"],
    EventKind.OPENED: COLUMN["opened"],
    EventKind.CLICKED: COLUMN["clicked"],
    EventKind.UNSUBSCRIBED: COLUMN["unsubscribed"],
    EventKind.COMPLAINED: COLUMN["complained"],
}
KIND_FIRST: Mapping[EventKind, int] = {
    EventKind.ACCEPTED: FIRSTS.index("accepted_unique"),
    EventKind.DELIVERED: FIRSTS.index("delivered_unique"),
    EventKind.OPENED: FIRSTS.index("opened_unique"),
    EventKind.CLICKED: FIRSTS.index("clicked_unique"),
    EventKind.UNSUBSCRIBED: FIRSTS.index("unsubscribed_unique"),
    EventKind.COMPLAINED: FIRSTS.index("complained_unique"),
}


class Dimension(IntEnum):
    """By what totals are kept, besides those of the whole."""

    ALL = 0
    DOMAIN = 1
    COUNTRY = 2
    DEVICE = 3
    LINK = 4
    BOUNCE_CODE = 5


def second_of(at: datetime) -> int:
    """Whole seconds since 1970."""
    return int(at.timestamp() // 1)


def from_seconds(second: int) -> datetime:
    """The instant in UTC, the inverse of `second_of`."""
    return datetime.fromtimestamp(second, UTC)


def bucket_of(at: datetime) -> int:
    """The quarter hour since 1970 that the instant is in."""
    return second_of(at) // BUCKET_SECONDS


def bucket_start(bucket: int) -> datetime:
    """When a quarter hour begins."""
    return from_seconds(bucket * BUCKET_SECONDS)


def moment(second: int, domain: int, country: int, device: int) -> int:
    """The number of an instant with its facets; 0 stands for an unknown facet."""
    return second << FACET_BITS | domain << _DOMAIN_SHIFT | country << _COUNTRY_SHIFT | device


def moment_bucket(moment: int) -> int:
    """The quarter hour of a moment."""
    return (moment >> FACET_BITS) // BUCKET_SECONDS


def moment_at(moment: int) -> datetime:
    """The instant of a moment, to the second."""
    return from_seconds(moment >> FACET_BITS)


def facet_values(facets: int) -> tuple[tuple[Dimension, int], ...]:
    """The known facets, by dimension."""
    domain, country, device = facets >> _DOMAIN_SHIFT, facets >> _COUNTRY_SHIFT & 0x3FF, facets & 0x7
    found = ((Dimension.DOMAIN, domain), (Dimension.COUNTRY, country), (Dimension.DEVICE, device))
    return tuple((dimension, value) for dimension, value in found if value)


def free_number(digest: bytes, taken: Collection[int]) -> int:
    """The number under which a text is counted: of its hash, so that it says nothing of who came first."""
    number = int.from_bytes(digest[:4], "big") & _DOMAIN_MASK
    while number == 0 or number in taken:
        number = (number + 1) & _DOMAIN_MASK
    return number


def country_number(country: str | None) -> int:
    """1 to 676 for an ISO 3166-1 alpha-2 code, 0 for none and for what is no such code."""
    if country is None or len(country) != 2 or not (country.isascii() and country.isalpha()):
        return 0
    first, second = country.upper()
    return (ord(first) - 65) * 26 + ord(second) - 64


def country_code(number: int) -> str:
    """The inverse of `country_number`, of a known country."""
    first, second = divmod(number - 1, 26)
    return chr(65 + first) + chr(65 + second)


def code_number(code: str | None) -> int:
    """An enhanced status code (RFC 3463) as a number, 0 for none and for what is none: "5.1.10" is 5001010."""
    parts = (code or "").split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        return 0
    major, subject, detail = (int(part) for part in parts)
    return major * 1_000_000 + subject * 1_000 + detail if major in (2, 4, 5) else 0


def status_code(number: int) -> str:
    """The inverse of `code_number`, of a known code."""
    return f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}"
