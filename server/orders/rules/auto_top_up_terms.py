"""The numbers of automatic top-ups, as profile `mailpro` sets them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Channel(Enum):
    """How an account sends: through the API, or through the SMTP relay (M050)."""

    API = "API"
    SMTP = "SMTP"


@dataclass(frozen=True, slots=True)
class AutoTopUpTerms:
    """M050 to M054. Money is in minor units of the rule's currency, other quantities in parts of its unit."""

    channels: frozenset[Channel] = frozenset(Channel)
    """What an account must send through; without any, every account may have automatic top-ups (M050)."""
    refundable: bool = False
    """Whether automatically added credits can be given back (M054)."""
    below_default: int = 100
    add_default: int = 2_000
    """What a rule is when it says nothing else (M051)."""
    add_max: int = 10_000_000
    """The most credits of one automatic top-up. What may be paid at once limits it too."""
    retry_delays_seconds: tuple[int, ...] = (15 * 60, 3600, 6 * 3600, 24 * 3600)
    """How long to wait after each failure in a row; one failure more suspends the rule."""
    tries_a_day_max: int = 10
    """Automatic top-ups of one rule in one day (UTC), failed ones too, whatever its own limits say."""
    sweep_seconds: int = 3600
    """How often to look for rules that nobody woke."""
